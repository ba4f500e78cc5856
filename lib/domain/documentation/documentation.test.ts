import { expect, test } from 'vitest'
import { wholeReply } from '../contradiction/finding'
import { parentOf } from '../contradiction/walk'
import { atLeast, version } from '../device/os-version'
import { requestTypes } from '../trial/command-slot'
import {
  documentation,
  documentationName,
  snapshotFor,
  snapshots,
  standingAt,
} from './documentation'
import { envelope } from './envelope'

const all = requestTypes.flatMap((requestType) =>
  documentation[requestType].keys.map((key) => ({ requestType, ...key })),
)

test('every key occurs once, has a citation, and is inside a documented key', () => {
  for (const requestType of requestTypes) {
    const paths = documentation[requestType].keys.map(({ path }) => path)
    expect(new Set(paths).size).toBe(paths.length)
    for (const path of paths) expect([wholeReply, ...paths]).toContain(parentOf(path))
  }
  for (const { cites, disputes } of [...all, ...envelope]) {
    expect(cites.length).toBeGreaterThan(0)
    for (const dispute of disputes) expect(dispute.cites.length).toBeGreaterThan(1)
  }
})

test('a word that is disputed is not also listed', () => {
  for (const { allowed, disputes } of all)
    for (const { when } of disputes)
      if (typeof when === 'object' && 'word' in when && allowed && 'words' in allowed)
        expect(allowed.words).not.toContain(when.word)
})

test.each(['ScheduleOSUpdate', 'OSUpdateStatus', 'AvailableOSUpdates'] as const)(
  '%s is documented from iOS 9.0 and tvOS 12.0 up to, and not with, 27.0',
  (requestType) => {
    const { iOS, tvOS } = documentation[requestType].lives
    const standings = (life: typeof iOS, ...versions: string[]) =>
      versions.map((text) => standingAt(life, version(text)))
    expect(standings(iOS, '8.4', '9.0', '26.5', '27.0', '27.0.1')).toEqual([
      'notYet',
      'documented',
      'documented',
      'removed',
      'removed',
    ])
    expect(standings(tvOS, '11.4.1', '12.0', '27.0')).toEqual(['notYet', 'documented', 'removed'])
    expect(standingAt(undefined, version('12'))).toBe('never')
  },
)

test('DeviceInformation and SecurityInfo remain after the update commands are removed; the query of the update device ID does not', () => {
  const on27 = version('27.0')
  expect(standingAt(documentation.DeviceInformation.lives.iOS, on27)).toBe('documented')
  expect(standingAt(documentation.SecurityInfo.lives.iOS, on27)).toBe('documented')
  const id = all.find(({ path }) => path === 'QueryResponses.SoftwareUpdateDeviceID')
  expect(standingAt(id?.lives.iOS, version('26.5'))).toBe('documented')
  expect(standingAt(id?.lives.iOS, on27)).toBe('removed')
})

test('the snapshots are in order, and each version has exactly one', () => {
  const bounds = snapshots.map(({ from }) => from)
  for (const [i, bound] of bounds.slice(1).entries())
    expect(atLeast(version(bound), bounds[i] ?? '')).toBe(true)
  expect(documentationName(snapshotFor(version('9.3.5')))).toContain('schema 18.1 (b6202ca)')
})
