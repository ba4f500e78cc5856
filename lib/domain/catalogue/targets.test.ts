import { expect, test } from 'vitest'
import type { OfferedUpdate } from '../reading/reading'
import type { Listing } from './feed'
import { factsOf, sampleText } from './feed.testing'
import { compareTargets, type Target, validTargets } from './targets'

const source = { kind: 'pmv' as const, readOn: '2026-08-22' }
const listings = factsOf(sampleText('apple-pmv.json')).listings.map((one) => ({ ...one, source }))
const catalogue = { listings, listReadOn: '2026-08-22' }

const targetsOf = (modelIdentifier: string, osVersion: string, today = '2026-09-01') => {
  const valid = validTargets({ modelIdentifier, osVersion }, catalogue, today)
  return valid.status === 'known' ? valid.targets.map(({ version }) => version) : valid.reason
}

test('the targets of a device are those of its own model, above what it runs, not ended', () => {
  expect(targetsOf('iPhone14,2', '26.4')).toEqual(['26.6.1', '26.6', '26.5.2', '26.5'])
  // 26.5 has ended for the group of this one.
  expect(targetsOf('iPhone18,1', '26.4')).toEqual(['26.6.1', '26.6', '26.5.2'])
  expect(targetsOf('iPhone14,2', '26.6')).toEqual(['26.6.1'])
  expect(targetsOf('iPhone14,2', '26.6.1')).toEqual([])
})

test('the newest of a device is the newest that names it, and not the newest of all', () => {
  expect(targetsOf('iPhone11,6', '18.0')).toEqual(['18.7.8'])
})

test('versions are compared by number: 18.7.10 is above 18.7.8', () => {
  expect(targetsOf('iPhone11,6', '18.7.10')).toEqual([])
})

test.each([
  ['iPhone9,1', '26.4', 'does not name iPhone9,1'],
  ['iPhone14,2', '', 'its OS version is not known'],
  ['iPhone14,2', '23G83', 'its OS version is not known'],
  ['A3094', '26.4', 'no model of a known system'],
])('of %s on "%s" nothing is known, and the reason is given', (model, version, reason) => {
  expect(targetsOf(model, version)).toContain(reason)
})

test('without a model, or without a copy of the list, nothing is known', () => {
  const device = { modelIdentifier: 'iPhone14,2', osVersion: '26.4' }
  expect(validTargets({ ...device, modelIdentifier: null }, catalogue, '2026-09-01').status).toBe(
    'unknown',
  )
  expect(validTargets(device, { listings: [] }, '2026-09-01').status).toBe('unknown')
})

test('a public entry alone, and one that names no device, make no target', () => {
  const only = (change: Partial<Listing>) => ({
    ...catalogue,
    listings: listings.filter(({ set }) => set === 'managed').map((one) => ({ ...one, ...change })),
  })
  const device = { modelIdentifier: 'iPhone14,2', osVersion: '26.4' }
  expect(validTargets(device, only({ set: 'public' }), '2026-09-01').status).toBe('unknown')
  expect(validTargets(device, only({ devices: [] }), '2026-09-01').status).toBe('unknown')
})

test('one row that has not ended is enough, and every end is shown', () => {
  const [first] = listings.filter(({ build }) => build === '23F77')
  const later = { ...first, until: { text: '2027-01-01', precision: 'day' as const } }
  const both = { ...catalogue, listings: [...listings, later as (typeof listings)[number]] }
  const device = { modelIdentifier: 'iPhone14,2', osVersion: '26.4' }
  const valid = validTargets(device, both, '2026-12-01')
  expect(valid).toMatchObject({
    targets: [{ version: '26.5', untils: [{ text: '2026-09-27' }, { text: '2027-01-01' }] }],
  })
})

const target = (version: string, builds: string[] = []): Target => ({
  ...{ version, builds, untils: [], standing: 'listed' },
})
const offer = (version?: string, build?: string): OfferedUpdate => ({
  productKey: build === undefined ? 'key' : `iOSUpdate${build}`,
  ...(version !== undefined && { version }),
})

test.each([
  ['the same version', target('26.6.1', ['23G83', '23G6083']), offer('26.6.1', '23G6083'), 'both'],
  ['a version with another zero', target('26.5'), offer('26.5.0'), 'both'],
  ['a build alone', target('26.5', ['23F77']), offer(undefined, '23F77'), 'both'],
  ['another build', target('26.5', ['23F77']), offer('26.5', '23F79'), 'otherBuild'],
])('%s is in both, or said to be another build', (_, one, other, agreement) => {
  expect(compareTargets([one], [other])).toMatchObject([{ agreement }])
})

test('what one side has alone is shown, the newest first', () => {
  const rows = compareTargets([target('26.5'), target('26.6')], [offer('26.6'), offer('27.0')])
  expect(rows.map(({ version, agreement }) => [version, agreement])).toEqual([
    ['27.0', 'deviceOnly'],
    ['26.6', 'both'],
    ['26.5', 'catalogueOnly'],
  ])
})

test('an offer whose version is a build or a blank is no version of the catalogue', () => {
  expect(compareTargets([target('26.5', ['23F77'])], [offer(' ')])).toMatchObject([
    { agreement: 'catalogueOnly' },
    { agreement: 'deviceOnly' },
  ])
})
