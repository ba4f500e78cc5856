import { expect, test } from 'vitest'
import { minutesBetweenQueries, windowProblem } from './query-run'

const now = new Date('2026-11-29T08:00:00Z')
const at = (text: string) => new Date(`2026-11-29T${text}:00Z`)

test.each([
  ['09:00', '11:00', undefined],
  ['07:00', '08:30', undefined],
  ['09:00', '13:00', undefined],
  ['09:00', '09:00', /ends before/],
  ['10:00', '09:00', /ends before/],
  ['06:00', '08:00', /is over/],
  ['09:00', '13:01', /at most 4 hours/],
])('a window from %s to %s', (from, until, problem) => {
  const found = windowProblem({ from: at(from), until: at(until) }, now)
  if (problem) expect(found).toMatch(problem)
  else expect(found).toBeUndefined()
})

test('a window begins within a week', () => {
  const from = new Date('2026-12-06T08:00:00Z')
  const until = new Date('2026-12-06T09:00:00Z')
  expect(windowProblem({ from, until }, now)).toBeUndefined()
  expect(windowProblem({ from: new Date(from.getTime() + 1), until }, now)).toMatch(/within 7 days/)
})

test('a device is queried again at half the shortest age, and never more often than each two minutes', () => {
  expect(minutesBetweenQueries({ batteryLevel: 10, osVersion: 1440 })).toBe(5)
  expect(minutesBetweenQueries({ batteryLevel: 15 })).toBe(7)
  expect(minutesBetweenQueries({ batteryLevel: 1 })).toBe(2)
})
