import { expect, test } from 'vitest'
import { changed, factsOf, problemsOf, sampleText } from './feed.testing'

const sofa = factsOf(sampleText('sofa-v2-ios.json'))
const of = (version: string) => sofa.releases.filter((one) => one.version === version)

test('a release has its day and its devices, and no build: SOFA joins builds by version number', () => {
  expect(of('26.6')).toEqual([
    {
      family: 'iOS',
      version: '26.6',
      devices: ['iPad13,16', 'iPhone14,2', 'iPhone18,1'],
      released: { text: '2026-07-27', precision: 'day' },
      marks: [],
      claimedBuilds: ['23G6071', '23G71', '23L6773', '23L773', '23U6067', '23U67'],
    },
  ])
  expect(sofa.releases.every((one) => one.build === undefined)).toBe(true)
  expect(sofa.listings).toEqual([])
})

test('an empty list of devices says that they are not known', () => {
  expect(of('26.3.1')).toContainEqual(expect.objectContaining({ devices: [] }))
})

test('equal releases count once, those with different days are both kept', () => {
  expect(of('18.7.7')).toHaveLength(1)
  expect(of('17.0.2').map(({ released }) => released?.text)).toEqual(['2023-09-21', '2023-09-26'])
})

test('the newest of a major need not be its Latest: all of its releases are read', () => {
  expect(of('18.7.10')).toMatchObject([{ devices: ['iPad7,11', 'iPhone11,4', 'iPhone11,6'] }])
  expect(of('18.7.8')).toHaveLength(1)
})

test('a background improvement has its letter, and its day of listing is no release day', () => {
  const [improvement] = sofa.releases.filter(({ extra }) => extra === '(a)')
  expect(improvement).toMatchObject({ family: 'iOS', version: '26.3.1', marks: ['response'] })
  expect(improvement).not.toHaveProperty('released')
})

test('names, schema and the time of its own check are kept', () => {
  expect(sofa.names).toContainEqual({ device: 'iPhone14,2', name: 'iPhone 13 Pro' })
  expect(sofa).toMatchObject({
    schemaVersion: '2026.04.11.2',
    checked: { text: '2026-08-22T18:45:03.083466422+00:00', precision: 'time' },
  })
})

const release = ['OSVersions', 0, 'SecurityReleases', 0]

test.each([
  [['SchemaVersion'], '2027.01.02.1', 'SchemaVersion', '2026.…'],
  [['SchemaVersion'], 'next', 'SchemaVersion', '2026.…'],
  [['SchemaVersion'], 2026, 'SchemaVersion', 'a text'],
  [['Version'], '3.0', 'Version', 'only the v2 feeds'],
  [['Version'], undefined, 'Version', 'is missing'],
  [['OSVersions'], {}, 'OSVersions', 'a list'],
  [['OSVersions'], [], 'OSVersions', 'at least one release'],
  [[...release, 'ReleaseDate'], '17 Aug 2026', `${at(release)}.ReleaseDate`, 'a date such as'],
  [[...release, 'SupportedDevices'], [{ id: 1 }], `${at(release)}.SupportedDevices[0]`, 'a text'],
  [[...release, 'ProductVersion'], 'Tahoe', `${at(release)}.ProductVersion`, 'a version'],
  [[...release, 'ProductName'], 'Safari', `${at(release)}.ProductName`, 'the name of a system'],
])('with %j as %j it is refused, and the field is named', (path, value, named, reason) => {
  expect(problemsOf(changed('sofa-v2-ios.json', path, value))).toContainEqual({
    path: named,
    reason: expect.stringContaining(reason),
  })
})

function at(path: readonly (string | number)[]): string {
  return path
    .map((one) => (typeof one === 'number' ? `[${one}]` : `.${one}`))
    .join('')
    .slice(1)
}

test('without a SchemaVersion, as before March 2026, it is read by the same rules', () => {
  const old = factsOf(changed('sofa-v2-ios.json', ['SchemaVersion'], undefined))
  expect(old.releases).toEqual(sofa.releases)
  expect(old).not.toHaveProperty('schemaVersion')
})

test('a release day of only a year stays a year, and an empty one is none', () => {
  const read = (to: unknown) =>
    factsOf(changed('sofa-v2-ios.json', [...release, 'ReleaseDate'], to)).releases
  expect(read('2026')).toContainEqual(
    expect.objectContaining({ released: { text: '2026', precision: 'year' } }),
  )
  expect(
    read('').filter(({ version, released }) => version === '26.6.1' && !released),
  ).toHaveLength(1)
})

test('a v1 feed is refused: its builds are placeholders', () => {
  const { SchemaVersion: _, Version: __, ...v1 } = JSON.parse(sampleText('sofa-v2-ios.json'))
  expect(problemsOf(v1)).toMatchObject([{ path: 'Version' }])
})
