import { expect, test } from 'vitest'
import { type Change, declared, judge } from '../testing'
import { nothingUnderWay } from './q16-nothing-under-way'

const cases: [what: string, change: Change, verdict: string][] = [
  ['none', {}, 'pass'],
  ['idle', { values: { updateActivity: 'idle' } }, 'pass'],
  ['downloading', { values: { updateActivity: 'downloading' } }, 'fail'],
  ['installing', { values: { updateActivity: 'installing' } }, 'fail'],
  ['a status nobody knows', { values: { updateActivity: 'other' } }, 'unknown'],
  ['never asked', { without: ['updateActivity'] }, 'unknown'],
  ['stale', { stale: ['updateActivity'] }, 'unknown'],
  ['a declaration on 17', declared, 'pass'],
  ['a declaration on 17, never asked', { ...declared, without: ['updateActivity'] }, 'unknown'],
  [
    'a declaration on 27, which has no OSUpdateStatus',
    { ...declared, values: { osVersion: '27.0' }, without: ['updateActivity'] },
    'notApplicable',
  ],
  [
    'a declaration on 27, a command is open',
    { ...declared, values: { osVersion: '27.0' }, device: { openCommand: 'sent' } },
    'fail',
  ],
  ['a declaration, OS unknown', { ...declared, without: ['osVersion'] }, 'unknown'],
  ['a command is open', { device: { openCommand: 'a probe (SecurityInfo) sent 10:02' } }, 'fail'],
]

test.each(cases)('Q16 nothing under way: %s', (_, change, verdict) => {
  expect(judge(nothingUnderWay, change).verdict).toBe(verdict)
})

test('Q16 nothing under way: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(nothingUnderWay, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})

test('an open command is named', () => {
  const openCommand = 'a probe (SecurityInfo) sent at 10:02'
  expect(judge(nothingUnderWay, { device: { openCommand } }).reason).toContain(openCommand)
})
