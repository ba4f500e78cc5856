import { expect, test } from 'vitest'
import { type Change, judge, minutesBefore } from '../testing'
import { deviceChannel } from './q10-device-channel'

const cases: [what: string, change: Change, verdict: string][] = [
  ['an iPhone on 11.2.6', {}, 'pass'],
  [
    'an iPhone, Shared iPad never read',
    { without: ['sharedIpad', 'userLoggedIn', 'userEnrollment'] },
    'pass',
  ],
  ['a user channel', { device: { enrollmentId: 'abc:someone' } }, 'fail'],
  [
    'an iPad that is not shared',
    { device: { modelIdentifier: 'iPad4,1' }, values: { osVersion: '12.5.7' } },
    'pass',
  ],
  [
    'an iPad, not asked',
    {
      device: { modelIdentifier: 'iPad4,1' },
      values: { osVersion: '12.5.7' },
      without: ['sharedIpad'],
    },
    'unknown',
  ],
  [
    'shared, nobody logged in',
    { device: { modelIdentifier: 'iPad4,1' }, values: { osVersion: '12.5.7', sharedIpad: true } },
    'pass',
  ],
  [
    'shared, somebody logged in',
    {
      device: { modelIdentifier: 'iPad4,1' },
      values: { osVersion: '12.5.7', sharedIpad: true, userLoggedIn: true },
    },
    'fail',
  ],
  [
    'shared, nobody looked',
    {
      device: { modelIdentifier: 'iPad4,1' },
      values: { osVersion: '12.5.7', sharedIpad: true },
      without: ['userLoggedIn'],
    },
    'unknown',
  ],
  [
    'a model that is not known, not asked',
    { device: { modelIdentifier: undefined }, without: ['sharedIpad'] },
    'unknown',
  ],
  [
    'an iPad before Shared iPad',
    {
      device: { modelIdentifier: 'iPad4,1' },
      values: { osVersion: '9.2' },
      without: ['sharedIpad'],
    },
    'pass',
  ],
  ['user-enrolled', { values: { osVersion: '13.1', userEnrollment: true } }, 'fail'],
  [
    '13, enrolment kind not known',
    { values: { osVersion: '13.0' }, without: ['userEnrollment'] },
    'unknown',
  ],
  ['Apple TV', { device: { platform: 'tvOS' }, values: { osVersion: '12.4' } }, 'notApplicable'],
  ['OS unknown', { without: ['osVersion'] }, 'unknown'],
]

const sharedIpad = (contactMinutesAgo: number): Change => ({
  device: { modelIdentifier: 'iPad4,1', userChannelAt: minutesBefore(contactMinutesAgo) },
  values: { osVersion: '12.5.7', sharedIpad: true, userLoggedIn: false },
})

// The ready device was read two minutes ago.
test.each([
  ['after', 1, 'fail'],
  ['within the skew of two clocks before', 2.5, 'fail'],
  ['well before', 30, 'pass'],
] as const)('a user heard %s the look at "nobody logged in"', (_, minutes, verdict) => {
  const judged = judge(deviceChannel, sharedIpad(minutes))
  expect(judged.verdict).toBe(verdict)
  if (verdict === 'fail') expect(judged.reason).toContain('its user channel was active')
})

test.each(cases)('Q10 device channel: %s', (_, change, verdict) => {
  expect(judge(deviceChannel, change).verdict).toBe(verdict)
})

test('Q10 device channel: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(deviceChannel, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
