import { expect, test } from 'vitest'
import { changed, factsOf, problemsOf, sampleText } from './feed.testing'

const pmv = factsOf(sampleText('apple-pmv.json'))
const of = (set: string, build: string) =>
  pmv.listings.filter((one) => one.set === set && one.build === build)

test('one build with two ends is two entries, each of its own devices', () => {
  expect(of('managed', '23F77')).toEqual([
    expect.objectContaining({
      devices: ['iPad13,16', 'iPhone14,2'],
      until: { text: '2026-09-27', precision: 'day' },
    }),
    expect.objectContaining({
      devices: ['iPhone18,1'],
      until: { text: '2026-08-30', precision: 'day' },
    }),
  ])
})

test('the list "iOS" holds other systems, which the devices tell apart', () => {
  expect(of('public', '23U67')).toMatchObject([{ family: 'watchOS', version: '26.6' }])
  expect(of('public', '23L773').map(({ family, devices }) => [family, devices])).toEqual([
    ['tvOS', ['AppleTV14,1']],
    ['audioOS', ['AudioAccessory5,1']],
  ])
  expect(of('public', '20G1443')).toMatchObject([
    { family: 'macOS', devices: ['J132AP', 'Mac-7BA5B2DFE22DDD8C'] },
  ])
})

test('the days of posting of both sets are kept, and neither is a release day', () => {
  expect(of('public', '22H352')).toMatchObject([{ posted: { text: '2026-08-06' } }])
  expect(of('managed', '22H352')).toMatchObject([{ posted: { text: '2026-04-22' } }])
  expect(pmv.releases).toEqual([])
  expect(pmv.signings).toEqual([])
})

test('a background improvement has its letter apart, and the build it is for', () => {
  expect(of('background', '23D771330a')).toMatchObject([
    { version: '26.3.1', extra: '(a)', prerequisite: '23D8133' },
  ])
})

test('a version "26.3.1 (a)" in one field is the same', () => {
  const path = ['PublicBackgroundSecurityImprovements', 'iOS', 0]
  const whole = changed('apple-pmv.json', [...path, 'ProductVersion'], '26.3.1 (a)')
  expect(factsOf(whole).listings).toEqual(pmv.listings)
})

test('as SOFA keeps it, under data with an etag beside it, it reads the same', () => {
  const kept = { data: JSON.parse(sampleText('apple-pmv.json')), etag: '"1"' }
  expect(factsOf(kept).listings).toEqual(pmv.listings)
})

const first = ['AssetSets', 'iOS', 0]

test('an entry twice, word for word, counts once; with another end both are kept, and it is said', () => {
  const entries: unknown[] = JSON.parse(sampleText('apple-pmv.json')).AssetSets.iOS
  const twice = factsOf(changed('apple-pmv.json', ['AssetSets', 'iOS'], [...entries, entries[0]]))
  expect(twice.listings).toEqual(pmv.listings)
  expect(twice.remarks.join()).toContain('twice, word for word')
  const other = { ...Object(entries[0]), ExpirationDate: '2027-01-01' }
  const both = factsOf(changed('apple-pmv.json', ['AssetSets', 'iOS'], [...entries, other]))
  expect(both.listings.length).toBe(pmv.listings.length + 1)
  expect(both.remarks.join()).toContain('23F77 stands in the managed set twice for iPad13,16')
})

test('an end of only a year stays a year; one that is missing is none', () => {
  const year = factsOf(changed('apple-pmv.json', [...first, 'ExpirationDate'], '2026'))
  expect(year.listings).toContainEqual(
    expect.objectContaining({ build: '23F77', until: { text: '2026', precision: 'year' } }),
  )
  const none = factsOf(changed('apple-pmv.json', [...first, 'ExpirationDate'], undefined))
  const without = none.listings.find(({ set, build }) => set === 'managed' && build === '23F77')
  expect(without).not.toHaveProperty('until')
})

test.each([[[]], [null], [undefined]])('devices of %j are not known, which is said', (devices) => {
  const facts = factsOf(changed('apple-pmv.json', [...first, 'SupportedDevices'], devices))
  expect(facts.listings).toContainEqual(expect.objectContaining({ build: '23F77', devices: [] }))
  expect(facts.remarks.join()).toContain('26.5 (23F77) names no device')
})

test('an entry without a build is kept without one', () => {
  const facts = factsOf(changed('apple-pmv.json', [...first, 'Build'], undefined))
  expect(facts.listings).toHaveLength(pmv.listings.length)
  expect(facts.listings.filter(({ build }) => build === undefined)).toHaveLength(1)
})

test.each([
  [[...first, 'ExpirationDate'], '30.08.2026', 'AssetSets.iOS[0].ExpirationDate', 'a date such as'],
  [[...first, 'PostingDate'], 20260518, 'AssetSets.iOS[0].PostingDate', 'a date such as'],
  [
    [...first, 'ProductVersion'],
    '26.x',
    'AssetSets.iOS[0].ProductVersion',
    'a version as Settings',
  ],
  [[...first, 'ProductVersion'], undefined, 'AssetSets.iOS[0].ProductVersion', 'is missing'],
  [[...first, 'ProductVersion'], 26.5, 'AssetSets.iOS[0].ProductVersion', 'is 26.5'],
  [[...first, 'Build'], 'twenty-six', 'AssetSets.iOS[0].Build', 'a build such as'],
  [[...first, 'SupportedDevices'], 'iPhone14,2', 'AssetSets.iOS[0].SupportedDevices', 'a list'],
  [[...first, 'SupportedDevices', 1], {}, 'AssetSets.iOS[0].SupportedDevices[1]', 'a text'],
  [['AssetSets', 'iOS'], {}, 'AssetSets.iOS', 'a list'],
  [['AssetSets'], undefined, 'AssetSets', 'is missing'],
  [['PublicAssetSets'], [], 'PublicAssetSets', 'an object of systems'],
])('with %j as %j it is refused, and the field is named', (path, value, named, reason) => {
  expect(problemsOf(changed('apple-pmv.json', path, value))).toContainEqual({
    path: named,
    reason: expect.stringContaining(reason),
  })
})

test('a list without any entry is refused: it would look like the end of every target', () => {
  expect(problemsOf({ PublicAssetSets: { iOS: [] }, AssetSets: { iOS: [] } })).toMatchObject([
    { path: 'AssetSets' },
  ])
})
