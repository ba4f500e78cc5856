import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { noOpenAlarm } from './q19-no-open-alarm'

const cases: [what: string, change: Change, verdict: string][] = [
  ['none', {}, 'pass'],
  ['none is open', { device: { alarms: [] } }, 'pass'],
  ['one', { device: { alarms: ['a foreign update command'] } }, 'fail'],
  ['two', { device: { alarms: ['one', 'two'] } }, 'fail'],
]

test.each(cases)('Q19 no open alarm: %s', (_, change, verdict) => {
  expect(judge(noOpenAlarm, change).verdict).toBe(verdict)
})

test('Q19 no open alarm: the first alarm is named, the others counted', () => {
  const { reason, remedy } = judge(noOpenAlarm, { device: { alarms: ['one', 'two', 'three'] } })
  expect(reason).toBe('one (and 2 more)')
  expect(remedy).toContain('lead')
})
