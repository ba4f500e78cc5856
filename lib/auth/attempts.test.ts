import { expect, test } from 'vitest'
import { createAttemptLimit } from './attempts'

const at = (seconds: number) => new Date(1_000_000 + seconds * 1000)

test('guessing waits until the oldest failure has left the window', () => {
  const limit = createAttemptLimit({ max: 3, windowMs: 60_000 })
  for (const seconds of [0, 10, 20]) limit.failed('ada', at(seconds))
  expect(limit.waitSeconds('ada', at(25))).toBe(35)
  expect(limit.waitSeconds('ada', at(61))).toBeUndefined()
})

test('one person being guessed at does not stop another, and success forgets the failures', () => {
  const limit = createAttemptLimit({ max: 1, windowMs: 60_000 })
  limit.failed('ada', at(0))
  expect(limit.waitSeconds('grace', at(1))).toBeUndefined()
  limit.succeeded('ada')
  expect(limit.waitSeconds('ada', at(1))).toBeUndefined()
})

test('ten thousand made-up addresses do not stay in memory for ever', () => {
  const limit = createAttemptLimit({ max: 1, windowMs: 1000 })
  for (let i = 0; i <= 10_001; i++) limit.failed(`guess-${i}`, at(i === 10_001 ? 100 : 0))
  expect(limit.waitSeconds('guess-0', at(0))).toBeUndefined()
})
