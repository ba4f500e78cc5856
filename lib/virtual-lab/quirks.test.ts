import { expect, test } from 'vitest'
import type { Platform } from '@/lib/domain/device/device'
import type { QuirkId } from './quirks'
import { hasQuirk, listQuirks, quirkIds, quirkPacks } from './quirks'
import { deviceTagged } from './testing'

const on = (osVersion: string, platform: Platform = 'iOS', passcode = false) => ({
  osVersion,
  platform,
  passcode,
})

test.each<[QuirkId, ReturnType<typeof on>, boolean]>([
  ['integerIsDownloaded', on('11.3'), true],
  ['integerIsDownloaded', on('11.3.1'), false],
  ['integerIsDownloaded', on('11.2.6'), false],
  ['errorThoughStarted', on('11.4', 'iOS', true), true],
  ['errorThoughStarted', on('11.4'), false],
  ['errorThoughStarted', on('11.4.1', 'iOS', true), false],
  ['errorWhenNothingIsOffered', on('11.2.6'), false],
  ['errorWhenNothingIsOffered', on('11.3'), true],
  ['errorWhenNothingIsOffered', on('26.5'), true],
  ['errorWhenNothingIsOffered', on('18.5', 'tvOS'), false],
  ['silentForInstalledVersion', on('11.3.1'), true],
  ['silentForInstalledVersion', on('11.3'), false],
  ['capacityInGib', on('10.3.3'), true],
  ['capacityInGib', on('13.7'), true],
  ['capacityInGib', on('14.0'), false],
  ['productVersionUnderstood', on('11.2.6'), false],
  ['productVersionUnderstood', on('11.3'), true],
  ['productVersionUnderstood', on('12.1.2', 'tvOS'), false],
  ['productVersionUnderstood', on('12.2', 'tvOS'), true],
  ['secondCommandStartsTonight', on('10.3.3'), true],
  ['secondCommandStartsTonight', on('18.5', 'tvOS'), false],
  ['noResultsAfterRestart', on('10.3.3'), true],
  ['noResultsAfterRestart', on('27.0'), false],
  ['updateCommandsRemoved', on('26.6.1'), false],
  ['updateCommandsRemoved', on('27.0'), true],
  ['updateCommandsRemoved', on('27.0', 'tvOS'), true],
])('%s on %o: %s', (id, subject, expected) => {
  expect(hasQuirk(subject, id)).toBe(expected)
})

test('every quirk is told of and cited', () => {
  const quirks = quirkPacks.flatMap((pack) => pack.quirks)
  expect(new Set(quirks.map(({ id }) => id))).toEqual(new Set(quirkIds))
  for (const { what, cites } of quirks) {
    expect(what).not.toBe('')
    expect(cites.length).toBeGreaterThan(0)
    for (const { url } of cites) expect(url).toMatch(/^https:\/\//)
  }
})

test('a device lists the quirks it has now', () => {
  const ids = listQuirks(deviceTagged('B-07')).map(({ id }) => id)
  expect(ids).toContain('errorThoughStarted')
  expect(listQuirks(deviceTagged('B-07', { passcode: false })).map(({ id }) => id)).not.toContain(
    'errorThoughStarted',
  )
})

test('a quirk of one version shows on that version alone', () => {
  const versions = ['10.3.3', '11.2.6', '11.3', '11.3.1', '11.4', '11.4.1', '12.0.1', '26.5']
  const shownOn = (id: QuirkId) => versions.filter((at) => hasQuirk(on(at, 'iOS', true), id))
  expect(shownOn('integerIsDownloaded')).toEqual(['11.3'])
  expect(shownOn('silentForInstalledVersion')).toEqual(['11.3.1'])
  expect(shownOn('errorThoughStarted')).toEqual(['11.4'])
})

test('packs have names of their own, and a version range that can hold something', () => {
  expect(new Set(quirkPacks.map(({ id }) => id)).size).toBe(quirkPacks.length)
  for (const { platforms, quirks } of quirkPacks)
    expect(Math.min(platforms.length, quirks.length)).toBeGreaterThan(0)
})
