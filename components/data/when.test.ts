import { expect, test } from 'vitest'
import { exactTime } from '@/lib/domain/text/instant'
import { relativeTime } from './when'

const now = new Date('2026-03-02T09:00:00Z')
const secondsAgo = (seconds: number) => new Date(now.getTime() - seconds * 1000)

test.each([
  [0, 'just now'],
  [4, 'just now'],
  [-4, 'just now'],
  [5, '5 s ago'],
  [59.9, '59 s ago'],
  [60, '1 min ago'],
  [3599, '59 min ago'],
  [3600, '1 h ago'],
  [86_399, '23 h ago'],
  [86_400, '1 d ago'],
  [400 * 86_400, '400 d ago'],
  [-90, 'in 1 min'],
  [-7200, 'in 2 h'],
])('a time %d seconds back reads "%s", never older than it is', (seconds, words) => {
  expect(relativeTime(secondsAgo(seconds), now)).toBe(words)
})

test('the exact time is in UTC and says so', () => {
  expect(exactTime(new Date('2026-03-02T09:00:07.900+02:00'))).toBe('2026-03-02 07:00:07 UTC')
})
