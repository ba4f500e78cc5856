import { expect, test } from 'vitest'
import { changed, factsOf, problemsOf, sampleText } from './feed.testing'

const device = factsOf(sampleText('ipswme-device.json'))

test('each build is signed or not, and released when the answer says; nothing is listed by it', () => {
  expect(device.signings.map(({ build, signed }) => [build, signed])).toEqual([
    ['23G83', true],
    ['23G71', true],
    ['23F84', false],
    ['23F77', false],
  ])
  expect(device.releases[3]).toEqual({
    family: 'iOS',
    version: '26.5',
    build: '23F77',
    devices: ['iPhone14,2'],
    released: { text: '2026-05-11T17:00:31Z', precision: 'time' },
    marks: [],
  })
  expect(device.listings).toEqual([])
})

test('a null day and an absent signed are not known', () => {
  const first = ['firmwares', 0]
  const facts = factsOf(changed('ipswme-device.json', [...first, 'releasedate'], null))
  expect(facts.releases[0]).not.toHaveProperty('released')
  const unsigned = factsOf(changed('ipswme-device.json', [...first, 'signed'], undefined))
  expect(unsigned.signings.map(({ build }) => build)).not.toContain('23G83')
  expect(unsigned.releases).toHaveLength(4)
})

test('a build twice counts once, and by another signature it is said', () => {
  const { firmwares } = JSON.parse(sampleText('ipswme-device.json'))
  const twice = factsOf(changed('ipswme-device.json', ['firmwares'], [...firmwares, firmwares[0]]))
  expect(twice.signings).toEqual(device.signings)
  const other = [...firmwares, { ...firmwares[0], signed: false }]
  const both = factsOf(changed('ipswme-device.json', ['firmwares'], other))
  expect(both.signings.filter(({ build }) => build === '23G83')).toHaveLength(2)
  expect(both.remarks.join()).toContain('23G83 is signed by one row and not by another')
})

test('a version "26.3.1 (a)" is taken apart, and "26.3 beta (a)" stays as it is', () => {
  const read = (to: string) =>
    factsOf(changed('ipswme-device.json', ['firmwares', 0, 'version'], to)).releases[0]
  expect(read('26.3.1 (a)')).toMatchObject({ version: '26.3.1', extra: '(a)' })
  expect(read('26.3 beta (a)')).toMatchObject({ version: '26.3 beta (a)' })
})

test.each([
  [['firmwares', 0, 'signed'], 'yes', 'firmwares[0].signed', 'true or false'],
  [['firmwares', 0, 'releasedate'], 'August', 'firmwares[0].releasedate', 'a date such as'],
  [['firmwares', 0, 'buildid'], '', 'firmwares[0].buildid', 'a text that is not empty'],
  [['firmwares', 0, 'identifier'], 'iPad4,1', 'firmwares[0].identifier', 'iPhone14,2, as'],
  [['firmwares', 0, 'prerequisitebuildid'], '22A1', 'firmwares[0]', '?type=ipsw is read'],
  [['firmwares'], [], 'firmwares', 'at least one restore image'],
  [['firmwares'], 'none', 'firmwares', 'a list'],
  [['identifier'], undefined, 'identifier', 'is missing'],
])('with %j as %j it is refused, and the field is named', (path, value, named, reason) => {
  expect(problemsOf(changed('ipswme-device.json', path, value))).toContainEqual({
    path: named,
    reason: expect.stringContaining(reason),
  })
})

test('the list of devices has a name for each identifier', () => {
  expect(factsOf(sampleText('ipswme-devices.json')).names).toEqual([
    { device: 'iPhone8,1', name: 'iPhone 6s' },
    { device: 'iPhone11,6', name: 'iPhone XS Max' },
    { device: 'iPhone11,4', name: 'iPhone XS Max (China)' },
  ])
  expect(problemsOf(changed('ipswme-devices.json', [1, 'name'], null))).toMatchObject([
    { path: '[1].name' },
  ])
})
