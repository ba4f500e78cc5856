import { expect, test } from 'vitest'
import type { Verifiable, VerificationPlan } from './verification-calendar'
import {
  suggestedReservation,
  verifiableInWords,
  verificationEntry,
  wayInWords,
} from './verification-words'

const today = '2026-11-29'
const estimated: Verifiable = {
  ...{ state: 'estimated', on: '2026-12-11', from: '2026-12-06', to: '2026-12-20' },
  ...{ gaps: 14, major: 26, overdue: false },
}

test.each<[Verifiable, string]>([
  [{ state: 'known', on: '2026-11-01', target: '26.5' }, 'Since 2026-11-01, when 26.5 came out.'],
  [{ state: 'known', on: '2026-12-01', target: '26.5' }, 'From 2026-12-01, with 26.5.'],
  [
    estimated,
    'About 2026-12-11, by quartiles 2026-12-06 to 2026-12-20: the median of 14 gaps between releases of 26.',
  ],
  [{ state: 'unknown', reason: 'no fix is claimed yet' }, 'Not known: no fix is claimed yet.'],
])('%o is said as “%s”', (verifiable, words) => {
  expect(verifiableInWords(verifiable, today)).toBe(words)
})

test('an overdue estimate says that no release is known', () => {
  expect(verifiableInWords({ ...estimated, overdue: true }, today)).toContain('No newer release')
})

const way = { device: 'd1', labTag: 'iPad-1', suggestReservation: true }
const hop = { from: '26.1', to: '26.4', observesBug: true }
const radar = {
  ...{ id: 'r1', number: 4, title: 'It fails', platform: 'iOS', claimedFix: '26.4' },
  changedAt: new Date('2026-11-28T10:00:00Z'),
}
const dayOf = (plan: Partial<VerificationPlan>) =>
  verificationEntry(radar, { radar: 'r1', verifiable: estimated, devices: [], ...plan }, today)

test('a day names the fix, how sure it is and the devices; without a date there is none', () => {
  expect(wayInWords({ ...way, hop })).toBe('26.1 to 26.4, one more trial of the bug')
  expect(dayOf({ devices: [{ ...way, hop: undefined }] })).toMatchObject({
    uid: 'radar-r1@oneway',
    when: { day: '2026-12-11' },
    title: 'R-4: check the fix in iOS 26.4, estimated',
    status: 'tentative',
    notes: expect.arrayContaining(['iPad-1: is there']),
  })
  expect(dayOf({})?.notes).toContain('No unused device can be there.')
  expect(dayOf({ verifiable: { state: 'unknown', reason: 'none' } })).toBeUndefined()
})

test.each<[Verifiable, string]>([
  [{ state: 'known', on: '2026-11-01', target: '26.5' }, '2026-12-29'],
  [{ state: 'known', on: '2026-12-10', target: '26.5' }, '2027-01-09'],
  [estimated, '2027-01-19'],
  [{ ...estimated, to: '2026-10-01', overdue: true }, '2026-12-29'],
  // No reservation may be longer than two years.
  [{ state: 'known', on: '2030-01-01', target: '26.5' }, '2028-11-28'],
  [{ state: 'unknown', reason: 'no fix is claimed yet' }, ''],
])('a reservation for %o is suggested until %s', (verifiable, until) => {
  expect(suggestedReservation(radar, verifiable, today)).toEqual({
    reason: 'Check the fix of R-4 in iOS 26.4',
    until,
  })
})
