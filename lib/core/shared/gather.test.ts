import { expect, test } from 'vitest'
import { gather } from './gather'

const light = { maxItems: 50, sizeOf: () => 1, maxSize: 1000 }

/** A write that ends when it is told to, and tells what it was given. */
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

test('what comes while two writes are under way goes together into the next one', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, light)
  const all = Promise.all([1, 2, 3, 4, 5].map(put))
  expect(written).toEqual([[1], [2]])
  await end()
  expect(written).toEqual([[1], [2], [3, 4, 5]])
  await end()
  await end()
  await all
})

test('nobody is told before the write that holds the item has ended', async () => {
  const { write, end } = slowWrite()
  const put = gather(write, light)
  let told = false
  const done = put(1).then(() => {
    told = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(told).toBe(false)
  await end()
  await done
  expect(told).toBe(true)
})

test('a write of many that fails is tried one by one, and only the bad one fails', async () => {
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

test('a write holds no more than it may weigh, and a heavy item goes alone', async () => {
  const { written, write, end } = slowWrite()
  const put = gather(write, { maxItems: 3, sizeOf: (item) => item, maxSize: 10 })
  const all = Promise.all([1, 1, 4, 5, 2, 99, 1, 1, 1, 1].map(put))
  for (let ended = 0; ended < 9; ended += 1) await end()
  await all
  expect(written).toEqual([[1], [1], [4, 5], [2], [99], [1, 1, 1], [1]])
})
