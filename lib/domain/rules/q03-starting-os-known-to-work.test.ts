import { expect, test } from 'vitest'
import { type Change, judge } from '../testing'
import { startingOsKnownToWork } from './q03-starting-os-known-to-work'

const cases: [what: string, change: Change, verdict: string][] = [
  ['iOS 11.2.6', {}, 'pass'],
  ['iOS 10.3', { values: { osVersion: '10.3' } }, 'pass'],
  ['iOS 10.10 is after 10.3', { values: { osVersion: '10.10' } }, 'pass'],
  ['iOS 10.2.1 with DEP and a passcode', { values: { osVersion: '10.2.1' } }, 'fail'],
  [
    'iOS 10.2.1 with DEP and no passcode',
    { values: { osVersion: '10.2.1', passcodePresent: false } },
    'pass',
  ],
  [
    'iOS 10.2.1 without DEP',
    { values: { osVersion: '10.2.1', passcodePresent: false, depEnrolled: false } },
    'fail',
  ],
  [
    'iOS 10.2.1, DEP never typed',
    { values: { osVersion: '10.2.1', passcodePresent: false }, without: ['depEnrolled'] },
    'unknown',
  ],
  [
    'iOS 9.0, passcode stale',
    { values: { osVersion: '9.0' }, stale: ['passcodePresent'] },
    'unknown',
  ],
  [
    'iOS 9 with DEP and no passcode',
    { values: { osVersion: '9', passcodePresent: false } },
    'pass',
  ],
  ['iOS 8.4.1', { values: { osVersion: '8.4.1', passcodePresent: false } }, 'fail'],
  ['iPadOS 18.6', { device: { platform: 'iPadOS' }, values: { osVersion: '18.6' } }, 'pass'],
  ['tvOS 12', { device: { platform: 'tvOS' }, values: { osVersion: '12' } }, 'pass'],
  ['tvOS 11.4.1', { device: { platform: 'tvOS' }, values: { osVersion: '11.4.1' } }, 'fail'],
  ['a build where the version belongs', { values: { osVersion: '15D100' } }, 'unknown'],
  ['a blank', { values: { osVersion: ' ' } }, 'unknown'],
  ['never read', { without: ['osVersion'] }, 'unknown'],
]

test.each(cases)('Q3 lower bound: %s', (_, change, verdict) => {
  expect(judge(startingOsKnownToWork, change).verdict).toBe(verdict)
})

test('Q3 lower bound: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(startingOsKnownToWork, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
