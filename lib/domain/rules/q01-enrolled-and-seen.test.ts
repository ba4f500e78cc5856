import { expect, test } from 'vitest'
import { type Change, judge, minutesBefore } from '../testing'
import { enrolledAndSeen } from './q01-enrolled-and-seen'

const cases: [what: string, change: Change, verdict: string][] = [
  ['enrolled and seen five minutes ago', {}, 'pass'],
  ['not enrolled', { values: { mdmEnrolled: false } }, 'fail'],
  ['enrolment never read', { without: ['mdmEnrolled'] }, 'unknown'],
  ['enrolment read a year ago', { stale: ['mdmEnrolled'] }, 'unknown'],
  ['no enrollment ID', { device: { enrollmentId: undefined } }, 'unknown'],
  ['never seen', { device: { lastSeenAt: undefined } }, 'unknown'],
  ['seen 23 hours 59 minutes ago', { device: { lastSeenAt: minutesBefore(24 * 60 - 1) } }, 'pass'],
  ['seen 24 hours ago', { device: { lastSeenAt: minutesBefore(24 * 60) } }, 'fail'],
  [
    'seen 24 hours ago where the lab allows 48',
    { device: { lastSeenAt: minutesBefore(24 * 60) }, settings: { maxUnseenHours: 48 } },
    'pass',
  ],
  ['nothing offered, right typed', { values: { availableUpdates: [] } }, 'pass'],
  [
    'nothing offered, right typed as missing',
    { values: { availableUpdates: [], appInstallationRight: false } },
    'fail',
  ],
  [
    'nothing offered, right never typed',
    { values: { availableUpdates: [] }, without: ['appInstallationRight'] },
    'unknown',
  ],
  ['the right never typed, but updates were listed', { without: ['appInstallationRight'] }, 'pass'],
]

test.each(cases)('Q1 enrolled and seen: %s', (_, change, verdict) => {
  expect(judge(enrolledAndSeen, change).verdict).toBe(verdict)
})

test('Q1 enrolled and seen: every judgement says why, and every unknown how to learn it', () => {
  for (const [what, change, verdict] of cases) {
    const { reason, remedy } = judge(enrolledAndSeen, change)
    expect(reason, what).not.toBe('')
    if (verdict === 'unknown') expect(remedy, what).toBeTruthy()
  }
})
