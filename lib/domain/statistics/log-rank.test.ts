import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { logRank } from './log-rank'
import { timed, timedTrials } from './testing'

// Freireich et al. 1963, the 6-MP trial of Kalbfleisch & Prentice: weeks of remission.
const treated = timed('6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+')
const placebo = timed('1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23')

test('the 6-MP trial gives the chi-square of the textbooks, 16.79', () => {
  const result = logRank(treated, placebo)
  expect(result).toMatchObject({ tested: true, observed: [9, 21] })
  if (!result.tested) return
  expect(result.chiSquare).toBeCloseTo(16.79, 2)
  expect(result.expected[0]).toBeCloseTo(19.25, 2)
  expect(result.expected[1]).toBeCloseTo(10.75, 2)
  expect(result.p).toBeCloseTo(4.17e-5, 7)
})

test('groups that are alike give p = 1', () => {
  expect(logRank(timed('1 2 3'), timed('1 2 3'))).toMatchObject({ chiSquare: 0, p: 1 })
})

test.each([
  ['', '1 2', 'one of the groups is empty'],
  ['1+ 2+', '3+', 'seen in neither group'],
  ['5', '5', 'no variance'],
  ['1+ 1+', '2 3', 'no variance'],
])('%s against %s cannot be tested, which is no p', (first, second, reason) => {
  expect(logRank(timed(first), timed(second))).toEqual({
    tested: false,
    reason: expect.stringContaining(reason),
  })
})

test('a time below 0 is refused', () => {
  expect(() => logRank(timed('1'), [{ time: -1, happened: true }])).toThrow('a time from 0 on')
})

test('the test is the same whichever group is named first, and in any unit of time', () => {
  fc.assert(
    fc.property(timedTrials(1), timedTrials(1), (first, second) => {
      const [one, other] = [logRank(first, second), logRank(second, first)]
      expect(other.tested).toBe(one.tested)
      if (!one.tested || !other.tested) return
      expect(other.chiSquare).toBeCloseTo(one.chiSquare, 9)
      const hours = (trials: typeof first) =>
        trials.map((trial) => ({ ...trial, time: trial.time * 60 }))
      expect(logRank(hours(first), hours(second))).toEqual(one)
    }),
  )
})
