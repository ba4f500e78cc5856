import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { commandNotRemoved } from './q04-command-not-removed'

const cases: [what: string, change: Change, verdict: string][] = [
  ['iOS 11.2.6', {}, 'pass'],
  ['iOS 26.7.1', { values: { osVersion: '26.7.1' } }, 'pass'],
  ['iOS 27', { values: { osVersion: '27' } }, 'fail'],
  ['iOS 27.0.1', { values: { osVersion: '27.0.1' } }, 'fail'],
  ['tvOS 26.6', { device: { platform: 'tvOS' }, values: { osVersion: '26.6' } }, 'pass'],
  ['tvOS 27.0', { device: { platform: 'tvOS' }, values: { osVersion: '27.0' } }, 'fail'],
  ['iOS 9 is below 27 by number', { values: { osVersion: '9' } }, 'pass'],
  ['never read', { without: ['osVersion'] }, 'unknown'],
  ['stale', { stale: ['osVersion'] }, 'unknown'],
]

test.each(cases)('Q4 upper bound: %s', (_, change, verdict) => {
  expect(judge(commandNotRemoved, change).verdict).toBe(verdict)
})

test('Q4 upper bound: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(commandNotRemoved, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
