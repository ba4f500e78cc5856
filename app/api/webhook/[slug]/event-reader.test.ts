import { expect, test } from 'vitest'
import { createEventReader } from './event-reader'

test('events are read one at a time, in the order they came', async () => {
  const seen: string[] = []
  const { readSoon } = createEventReader(async (id) => {
    seen.push(`begin ${id}`)
    await Promise.resolve()
    seen.push(`end ${id}`)
  }, expect.fail)
  readSoon(1)
  await readSoon(2)
  await readSoon(3)
  expect(seen).toEqual(['begin 1', 'end 1', 'begin 2', 'end 2', 'begin 3', 'end 3'])
})

test('an event that cannot be read now holds up no other one', async () => {
  const failed: number[] = []
  const read: number[] = []
  const { readSoon } = createEventReader(
    async (id) => {
      if (id === 1) throw new Error('the connection was lost')
      read.push(id)
    },
    (_, id) => failed.push(id),
  )
  readSoon(1)
  await readSoon(2)
  expect({ failed, read }).toEqual({ failed: [1], read: [2] })
})

test('what waits has a bound; the rest is left to the worker', async () => {
  let count = 0
  const { readSoon } = createEventReader(async () => {
    count += 1
  }, expect.fail)
  const all = Array.from({ length: 2_000 }, (_, id) => readSoon(id))
  await Promise.all(all)
  expect(count).toBeLessThan(600)
  expect(count).toBeGreaterThanOrEqual(500)
})
