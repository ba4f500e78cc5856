import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { addDays, type Release } from './release-gaps'
import {
  type CalendarDevice,
  firstVerifiable,
  type OpenRadar,
  verificationPlans,
} from './verification-calendar'

const today = '2026-11-29'
const radar: OpenRadar = {
  id: 'radar 1',
  platform: 'iOS',
  startVersion: '26.1',
  claimedFix: '26.4',
}
const release = (version: string, releasedOn?: string): Release => ({
  platform: 'iOS',
  version,
  releasedOn,
})

/** Releases of one major version with these gaps between them, the last of them on a day. */
function history(gaps: number[], last: string, version: string): Release[] {
  const days = [last]
  for (const gap of gaps.toReversed()) days.unshift(addDays(days[0] ?? last, -gap))
  return days.map((day, index) =>
    index === days.length - 1 ? release(version, day) : release(`26.0.${index}`, day),
  )
}

test('a fix is verifiable from the first release after it', () => {
  const releases = [
    release('26.4', '2026-03-02'),
    release('26.4.1', '2026-03-20'),
    release('26.5', '2026-04-01'),
  ]
  expect(firstVerifiable(radar, releases, today)).toEqual({
    state: 'known',
    on: '2026-03-20',
    target: '26.4.1',
  })
})

test('a newer version that was out before the fix makes it verifiable on the day of the fix', () => {
  const releases = [release('18.7.9', '2026-07-20'), release('26.6', '2026-07-01')]
  const old = { ...radar, claimedFix: '18.7.9' }
  expect(firstVerifiable(old, releases, today)).toEqual({
    state: 'known',
    on: '2026-07-20',
    target: '26.6',
  })
})

test('without a release it is a median gap after the fix, from quartile to quartile', () => {
  const releases = history([10, 16, 21, 30, 40], '2026-11-20', '26.4')
  expect(firstVerifiable(radar, releases, today)).toEqual({
    state: 'estimated',
    on: '2026-12-11',
    from: '2026-12-06',
    to: '2026-12-20',
    gaps: 5,
    major: 26,
    overdue: false,
  })
  const late = firstVerifiable(radar, releases, '2026-12-21')
  expect(late).toMatchObject({ state: 'estimated', overdue: true })
})

test('a young major version is estimated by the one before, and too few releases by none', () => {
  const before = history([10, 10, 10, 10, 10], '2026-09-01', '26.4')
  const young = { ...radar, claimedFix: '27.0.1' }
  const releases = [...before, release('27.0', '2026-09-14'), release('27.0.1', '2026-09-28')]
  expect(firstVerifiable(young, releases, today)).toMatchObject({
    state: 'estimated',
    on: '2026-10-08',
    major: 26,
    overdue: true,
  })
  const few = releases.slice(3)
  expect(firstVerifiable(young, few, today)).toMatchObject({
    state: 'unknown',
    reason: 'the catalogue has too few releases of iOS for an estimate',
  })
})

test.each([
  [undefined, 'no fix is claimed yet'],
  ['soon', 'the claimed fix "soon" is not a version'],
  ['26.9', 'the catalogue has no release day of iOS 26.9'],
  ['26.3', 'the catalogue has no release day of iOS 26.3'],
])('a claimed fix of %s is not estimated', (claimedFix, reason) => {
  const releases = [
    release('26.3'),
    { ...release('26.9', '2026-01-01'), platform: 'tvOS' as const },
  ]
  expect(firstVerifiable({ ...radar, claimedFix }, releases, today)).toEqual({
    state: 'unknown',
    reason,
  })
})

const device = (
  labTag: string,
  version: string,
  offered: string[],
  reserved = false,
): CalendarDevice => ({
  id: `id of ${labTag}`,
  labTag,
  platform: 'iOS',
  version,
  offered,
  reserved,
})

test('devices at the fix come first, then those that hop there and see the bug once more', () => {
  const [plan] = verificationPlans(
    [radar],
    [release('26.4', '2026-11-20')],
    [
      device('iPad-4', '26.2', ['26.4']),
      device('iPad-3', '26.1', ['26.5', '26.4', '26.3']),
      device('iPad-10', '26.5', [], true),
      device('iPad-2', '26.4', []),
      device('iPad-5', '26.1', ['26.3']),
      device('iPad-6', 'unreadable', ['26.4']),
      { ...device('TV-1', '26.4', []), platform: 'tvOS' },
    ],
    today,
  )
  expect(plan?.devices).toEqual([
    { device: 'id of iPad-2', labTag: 'iPad-2', hop: undefined, suggestReservation: true },
    { device: 'id of iPad-10', labTag: 'iPad-10', hop: undefined, suggestReservation: false },
    {
      device: 'id of iPad-3',
      labTag: 'iPad-3',
      hop: { from: '26.1', to: '26.4', observesBug: true },
      suggestReservation: true,
    },
    {
      device: 'id of iPad-4',
      labTag: 'iPad-4',
      hop: { from: '26.2', to: '26.4', observesBug: false },
      suggestReservation: true,
    },
  ])
})

test('an estimate is never before the fix, and its quartiles are in order', () => {
  const gaps = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 5, maxLength: 25 })
  fc.assert(
    fc.property(gaps, (drawn) => {
      const estimate = firstVerifiable(radar, history(drawn, '2026-11-20', '26.4'), today)
      expect(estimate.state).toBe('estimated')
      if (estimate.state !== 'estimated') return
      expect(estimate.gaps).toBe(drawn.length)
      const { from, on, to } = estimate
      expect(['2026-11-20', from, on, to].toSorted()).toEqual(['2026-11-20', from, on, to])
    }),
  )
})

test('a fix waits for no device whose version lacks the mechanism that proves it', () => {
  const device = (labTag: string, version: string, offered: string[] = []): CalendarDevice => ({
    ...{ id: labTag, labTag, platform: 'iOS', version, offered, reserved: false },
  })
  const devices = [device('A', '26.4'), device('B', '27.0'), device('C', '26.3', ['27.0'])]
  const tags = (fixMechanism: OpenRadar['fixMechanism'], claimedFix = '26.4') =>
    verificationPlans([{ ...radar, claimedFix, fixMechanism }], [], devices, today)[0]?.devices.map(
      ({ labTag }) => labTag,
    )
  expect(tags('command')).toEqual(['A'])
  expect(tags('declaration')).toEqual(['A', 'B', 'C'])
  expect(tags(undefined)).toEqual(['A', 'B', 'C'])
  const late = { ...radar, claimedFix: '27.1', fixMechanism: 'command' } as const
  expect(firstVerifiable(late, [release('27.1', '2026-11-01')], today)).toEqual({
    state: 'unknown',
    reason: 'no command can be sent from 27 on, so no trial by command can show it',
  })
})
