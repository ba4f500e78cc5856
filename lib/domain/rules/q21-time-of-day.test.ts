import { expect, test } from 'vitest'
import { type Change, contextWith, judge, testNow } from '../testing'
import { timeOfDay } from './q21-time-of-day'
import { qualify } from './qualify'

test.each<[string, Change, string]>([
  ['no arm asks', {}, 'notApplicable'],
  ['the quarter of the day that it is', { conditions: { hour: 'from12' } }, 'pass'],
  ['another quarter', { conditions: { hour: 'from18' } }, 'fail'],
])('Q21 time of day: %s', (_, change, verdict) => {
  expect(judge(timeOfDay, change).verdict).toBe(verdict)
})

test('Q21 time of day: both ends of a quarter, and what is said', () => {
  const at = (time: string) =>
    timeOfDay.judge({
      ...contextWith({ conditions: { hour: 'from06' } }),
      now: new Date(`2026-11-23T${time}Z`),
    })
  expect(at('06:00:00').verdict).toBe('pass')
  expect(at('11:59:59').verdict).toBe('pass')
  expect(at('12:00:00')).toMatchObject({
    verdict: 'fail',
    remedy: expect.stringContaining('06:00'),
  })
  expect(at('05:59:59')).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('05:59'),
  })
  expect(at('00:00:00').verdict).toBe('fail')
})

test('a verdict goes stale with its quarter of the day, and only where an arm asks for one', () => {
  const near = new Date(testNow)
  near.setUTCHours(17, 59, 30)
  const judgedAt = (hour: 'from12' | undefined) => {
    const given = contextWith(hour && { conditions: { hour } })
    return qualify({ ...given, now: near, settings: given.settings })
  }
  expect(judgedAt('from12').staleAt).toEqual(new Date('2026-11-23T18:00:00Z'))
  expect(judgedAt(undefined).staleAt).not.toEqual(new Date('2026-11-23T18:00:00Z'))
})
