import { expect, test } from 'vitest'
import { parseVersion } from '../device/os-version'
import type { FeedFacts, FeedKind } from './feed'
import { factsOf, type Sample, sampleText } from './feed.testing'
import { shippedReleases } from './shipped-versions'
import type { Catalogue } from './sourced'
import { listVersions } from './versions'

const read = (name: Sample): FeedFacts => factsOf(sampleText(name))
const sourced = <Row>(rows: readonly Row[], kind: FeedKind) =>
  rows.map((row) => ({ ...row, source: { kind, readOn: '2026-08-22' } }))

const [pmv, sofa, ipsw, appledb] = [
  read('apple-pmv.json'),
  read('sofa-v2-ios.json'),
  read('ipswme-device.json'),
  read('appledb-ios-list.json'),
]
const catalogue: Catalogue = {
  listings: sourced(pmv.listings, 'pmv'),
  signings: [...sourced(ipsw.signings, 'ipswDevice'), ...sourced(appledb.signings, 'appledbOs')],
  releases: [
    ...shippedReleases,
    ...sourced(sofa.releases, 'sofa'),
    ...sourced(ipsw.releases, 'ipswDevice'),
    ...sourced(appledb.releases, 'appledbOs'),
  ],
  names: new Map(),
  listReadOn: '2026-08-22',
}
const version = (wanted: string, model?: string) =>
  listVersions(catalogue, 'iOS', model).find((one) => one.version === wanted)

test('a build of SOFA counts where Apple lists it for a device of the release: 26.6 is no watch', () => {
  expect(version('26.6')?.builds).toEqual(['23G71'])
  expect(version('26.6')?.released).toContainEqual(
    expect.objectContaining({
      builds: ['23G71'],
      source: expect.objectContaining({ kind: 'sofa' }),
    }),
  )
})

test('without Apple’s list, none of the builds that SOFA joins is known', () => {
  const alone = { ...catalogue, listings: [], releases: sourced(sofa.releases, 'sofa') }
  const found = listVersions(alone, 'iOS').find((one) => one.version === '26.6')
  expect(found).toMatchObject({ builds: [], released: [{ date: { text: '2026-07-27' } }] })
})

test('dates of several sources stand side by side and are not merged', () => {
  expect(version('26.6.1')?.released.map(({ date, source }) => [date?.text, source.kind])).toEqual([
    ['2026-08-17', 'sofa'],
    ['2026-08-17T17:00:31Z', 'ipswDevice'],
    ['2026-08-17', 'appledbOs'],
  ])
})

test('a listing, a signature and a release do not follow from each other', () => {
  expect(version('26.5')?.signings).toMatchObject([
    { build: '23F77', signed: [], not: ['iPhone14,2'] },
  ])
  const listed = catalogue.listings.filter(
    ({ build, set }) => build === '23F77' && set === 'managed',
  )
  expect(listed).toHaveLength(2)
  expect(version('18.7.8')?.signings).toEqual([])
})

test('of a device that the list of signed ones leaves out nothing is said', () => {
  expect(version('18.7.10', 'iPhone11,6')?.signings).toMatchObject([{ signed: ['iPhone11,6'] }])
  expect(version('18.7.10', 'iPhone11,4')?.signings).toEqual([])
})

test('signed and not signed in one answer is no answer', () => {
  const [first] = catalogue.signings
  const both = first ? [first, { ...first, signed: false }] : []
  const found = listVersions({ ...catalogue, signings: both }, 'iOS')
  expect(found.flatMap(({ signings }) => signings)).toEqual([])
})

test('marks and odd versions are kept; what is no dotted version comes last', () => {
  expect(version('26.3 beta (a)')).toMatchObject({ marks: ['beta', 'response'] })
  expect(version('16.5.1 (a)')).toMatchObject({ builds: ['20F770750b'], marks: ['response'] })
  const all = listVersions(catalogue, 'iOS').map((one) => one.version)
  expect(all[0]).toBe('27.0.1')
  expect(all.at(-1)).toBe('6.0 GM')
})

test('the shipped table has each build once, and only versions and days', () => {
  const builds = shippedReleases.flatMap(({ build }) => build ?? [])
  expect(new Set(builds).size).toBe(builds.length)
  for (const { version, build, released } of shippedReleases) {
    expect(parseVersion(version), version).toBeDefined()
    expect(build ?? '14E277').toMatch(/^\d\d[A-Z]\d{1,4}$/)
    expect(released?.text).toMatch(/^20\d\d-\d\d-\d\d$/)
  }
  expect(version('11.4.1')).toMatchObject({
    builds: ['15G77'],
    released: [{ date: { text: '2018-07-09' } }],
  })
  expect(version('10.11')).toBeUndefined()
})
