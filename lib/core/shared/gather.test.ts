import { expect, test } from 'vitest'
import { gather } from './gather'

const light = { maxItems: 50, sizeOf: () => 1, maxSize: 1000, slowMs: 60_000 }

/** A write that ends on request, and a list of its items. */
function slowWrite() {
  const written: number[][] = []
  const open: (() => void)[] = []
  const write = (items: readonly number[]) =>
    new Promise<void>((resolve) => {
      written.push([...items])
      open.push(resolve)
    })
  const end = async () => {
    open.shift()?.()
    await new Promise((resolve) => setImmediate(resolve))
  }
  return { written, write, end }
}

test('items that arrive during a write go into the next one together', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, light)
  const all = Promise.all([1, 2, 3, 4, 5].map(put))
  expect(written).toEqual([[1]])
  await end()
  expect(written).toEqual([[1], [2, 3, 4, 5]])
  await end()
  await all
})

test('beside a slow write one other goes on, and no third', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, { ...light, slowMs: 1 })
  const all = Promise.all([1, 2, 3].map(put))
  await expect.poll(() => written).toEqual([[1], [2, 3]])
  const more = [put(4), put(5)]
  await new Promise((resolve) => setTimeout(resolve, 20))
  expect(written).toHaveLength(2)
  await end()
  expect(written).toEqual([[1], [2, 3], [4, 5]])
  await end()
  await end()
  await Promise.all([all, ...more])
})

test('a write that was slow and ended makes no room for two', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, { ...light, slowMs: 50 })
  const slow = [put(1), put(2)]
  await expect.poll(() => written).toEqual([[1], [2]])
  await end()
  await end()
  await Promise.all(slow)
  const all = Promise.all([3, 4].map(put))
  expect(written).toEqual([[1], [2], [3]])
  await end()
  await end()
  await all
})

test('a promise settles only once the write of its item has ended', async () => {
  const { write, end } = slowWrite()
  const put = gather(write, light)
  let settled = false
  const done = put(1).then(() => {
    settled = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toBe(false)
  await end()
  await done
  expect(settled).toBe(true)
})

test('a failed write of many is retried one by one, and only the bad item fails', async () => {
  const kept: number[] = []
  const write = async (items: readonly number[]) => {
    await new Promise((resolve) => setImmediate(resolve))
    if (items.includes(4)) throw new Error('no such server')
    kept.push(...items)
  }
  const put = gather(write, light)
  const results = await Promise.allSettled([1, 2, 3, 4, 5].map(put))
  expect(results.map(({ status }) => status)).toEqual([
    'fulfilled',
    'fulfilled',
    'fulfilled',
    'rejected',
    'fulfilled',
  ])
  expect(kept.toSorted()).toEqual([1, 2, 3, 5])
})

test('a write is not larger than the limit, and a large item is written alone', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, { ...light, maxItems: 3, sizeOf: (item) => item, maxSize: 10 })
  const all = Promise.all([1, 1, 4, 5, 2, 99, 1, 1, 1, 1].map(put))
  for (let ended = 0; ended < 9; ended += 1) await end()
  await all
  expect(written).toEqual([[1], [1, 4, 5], [2], [99], [1, 1, 1], [1]])
})
