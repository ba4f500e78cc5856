import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { passcodeKnown } from './q14-passcode-known'

const cases: [what: string, change: Change, verdict: string][] = [
  ['set', {}, 'pass'],
  ['not set', { values: { passcodePresent: false } }, 'pass'],
  ['never read', { without: ['passcodePresent'] }, 'unknown'],
  ['stale', { stale: ['passcodePresent'] }, 'unknown'],
  ['Apple TV', { device: { platform: 'tvOS' } }, 'notApplicable'],
  [
    'the protocol wants it set, on an Apple TV',
    { device: { platform: 'tvOS' }, conditions: { passcode: 'set' } },
    'fail',
  ],
  [
    'the protocol wants none, on an Apple TV',
    { device: { platform: 'tvOS' }, conditions: { passcode: 'notSet' } },
    'notApplicable',
  ],
  ['the protocol wants it set, and it is', { conditions: { passcode: 'set' } }, 'pass'],
  [
    'the protocol wants it set, and it is not',
    { values: { passcodePresent: false }, conditions: { passcode: 'set' } },
    'fail',
  ],
  ['the protocol wants none, and there is one', { conditions: { passcode: 'notSet' } }, 'fail'],
  [
    'the protocol wants none, and there is none',
    { values: { passcodePresent: false }, conditions: { passcode: 'notSet' } },
    'pass',
  ],
  [
    "the protocol's own, never read",
    { conditions: { passcode: 'notSet' }, without: ['passcodePresent'] },
    'unknown',
  ],
]

test.each(cases)('Q14 passcode: %s', (_, change, verdict) => {
  expect(judge(passcodeKnown, change).verdict).toBe(verdict)
})

test('Q14 passcode: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(passcodeKnown, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
