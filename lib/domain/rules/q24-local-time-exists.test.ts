import { expect, test } from 'vitest'
import { type Change, declared, judge, testNow } from '../testing'
import { labClock } from '../text/lab-time'
import { localTimeExists } from './q24-local-time-exists'

const at = (clock: string, daysLater = 1, timeZone = 'Europe/Berlin'): Change => ({
  ...declared,
  slot: {
    mechanism: 'declaration',
    targetVersion: '18.2',
    when: { kind: 'atLocalTime', daysLater, clock },
  },
  values: { timeZone },
})
const clockIn = (seconds: number) =>
  labClock(new Date(testNow.getTime() + seconds * 1000), 'Europe/Berlin')

const cases: [what: string, change: Change, verdict: string][] = [
  ['as soon as possible', declared, 'pass'],
  ['tomorrow at nine', at('09:00'), 'pass'],
  ['now', at(clockIn(0), 0), 'fail'],
  ['during the hold', at(clockIn(60), 0), 'fail'],
  ['an hour ago', at(clockIn(-3600), 0), 'fail'],
  ['zone never read', { ...declared, without: ['timeZone'] }, 'unknown'],
  ['zone read a year ago', { ...declared, stale: ['timeZone'] }, 'unknown'],
  ['a zone that is none', at('09:00', 1, 'Mars/Olympus'), 'fail'],
]

test.each(cases)('Q24 local time: %s', (_, change, verdict) => {
  const judged = judge(localTimeExists, change)
  expect(judged.verdict).toBe(verdict)
  if (verdict !== 'pass') expect(judged.remedy).toBeTruthy()
})

test('a time that clocks put back over is said with both instants and passes with a warning', () => {
  const days = Math.round((Date.parse('2027-10-31') - testNow.getTime()) / 86_400_000)
  const found = [days - 1, days, days + 1]
    .map((later) => judge(localTimeExists, at('02:30', later)))
    .filter(({ warning }) => warning !== undefined)
  expect(found).toHaveLength(1)
  expect(found[0]).toMatchObject({ verdict: 'pass', reason: expect.stringContaining('twice, at') })
})

test('a time that clocks skip fails', () => {
  const days = Math.round((Date.parse('2027-03-28') - testNow.getTime()) / 86_400_000)
  const reasons = [days - 1, days, days + 1].map(
    (later) => judge(localTimeExists, at('02:30', later)).reason,
  )
  expect(reasons.filter((reason) => reason.includes('does not exist'))).toHaveLength(1)
})
