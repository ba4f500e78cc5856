import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { automaticUpdatesOff } from './q17-automatic-updates-off'

const cases: [what: string, change: Change, verdict: string][] = [
  ['off', {}, 'pass'],
  ['on', { values: { automaticUpdatesOff: false } }, 'fail'],
  ['never typed', { without: ['automaticUpdatesOff'] }, 'unknown'],
  ['stale', { stale: ['automaticUpdatesOff'] }, 'unknown'],
  [
    'the protocol wants them on, and they are',
    { values: { automaticUpdatesOff: false }, conditions: { automaticUpdates: 'on' } },
    'pass',
  ],
  [
    'the protocol wants them on, and they are off',
    { conditions: { automaticUpdates: 'on' } },
    'fail',
  ],
  [
    'the protocol wants them off, and they are on',
    { values: { automaticUpdatesOff: false }, conditions: { automaticUpdates: 'off' } },
    'fail',
  ],
]

test.each(cases)('Q17 automatic updates: %s', (_, change, verdict) => {
  expect(judge(automaticUpdatesOff, change).verdict).toBe(verdict)
})

test('Q17 automatic updates: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(automaticUpdatesOff, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
