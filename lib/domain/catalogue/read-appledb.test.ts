import { expect, test } from 'vitest'
import { changed, factsOf, problemsOf, sampleText } from './feed.testing'

const list = factsOf(sampleText('appledb-ios-list.json'))
const release = (build: string) => list.releases.filter((one) => one.build === build)
const signing = (build: string) => list.signings.filter((one) => one.build === build)

test('a device that the list of signed ones leaves out is not known, and not unsigned', () => {
  expect(signing('22H374')).toMatchObject([
    { devices: ['iPhone11,2', 'iPhone11,6', 'iPhone11,8'], signed: true },
  ])
  expect(release('22H374')).toMatchObject([{ devices: expect.arrayContaining(['iPhone11,4']) }])
  expect(signing('20F770750b')).toEqual([])
})

test('iOS and iPadOS have an entry each for one build, each with its devices', () => {
  expect(release('23G83').map(({ family, devices }) => [family, devices])).toEqual([
    ['iOS', ['iPad13,16']],
    ['iOS', ['iPhone14,2']],
  ])
})

test.each([
  ['20F770750b', { version: '16.5.1', extra: '(a)', marks: ['response'] }],
  ['23D770890b', { version: '26.3 beta (a)', marks: ['beta', 'response'] }],
  ['10A403', { version: '6.0 GM', marks: ['candidate'] }],
  ['10A101', { version: '6.0', marks: ['internal'] }],
  ['22A302', { version: '18.0', marks: ['internal'], devices: [] }],
  ['23D8128', { version: '26.3', marks: ['preinstalled'], devices: ['iPhone18,5'] }],
  ['22D8075', { version: '18.3.1', devices: ['iPhone17,5'] }],
])('%s is read for what it is', (build, expected) => {
  expect(release(build)).toMatchObject([expected])
})

test('a date of only a year stays one, and an empty one or none is not known', () => {
  const sample = list.releases.filter(({ family }) => family === 'Sample OS')
  expect(sample).toMatchObject([
    { version: '1.0', released: { text: '1988', precision: 'year' } },
    { version: '1.1' },
  ])
  expect(sample[1]).not.toHaveProperty('released')
  expect(sample.every(({ build }) => build === undefined)).toBe(true)
  expect(release('22A302')[0]).not.toHaveProperty('released')
})

test('one entry by itself is read as a list of one, and has its own scope', () => {
  const [first] = JSON.parse(sampleText('appledb-ios-list.json'))
  expect(factsOf(first)).toMatchObject({ scope: 'iOS;22H374', releases: [{ build: '22H374' }] })
})

test('a build twice with the same facts counts once', () => {
  const entries = JSON.parse(sampleText('appledb-ios-list.json'))
  const twice = factsOf([...entries, entries[0]])
  expect(twice.releases).toEqual(list.releases)
  expect(twice.remarks.join()).toContain('stand there twice')
  const other = factsOf([...entries, { ...entries[0], released: '2026-08' }])
  expect(other.remarks.join()).toContain('iOS 22H374 stands there twice for one device')
})

test.each([
  [[0, 'released'], 'last week', '[0].released', 'a date such as'],
  [[0, 'signed'], 'maybe', '[0].signed', 'true or false'],
  [[0, 'signed'], [1], '[0].signed[0]', 'a text'],
  [[0, 'deviceMap'], 'iPhone11,2', '[0].deviceMap', 'a list'],
  [[0, 'version'], undefined, '[0].version', 'is missing'],
  [[3, 'osStr'], 4, '[3].osStr', 'a text that is not empty'],
  [[1], 'iOS;23G83', '[1]', 'an object'],
])('with %j as %j it is refused, and the field is named', (path, value, named, reason) => {
  expect(problemsOf(changed('appledb-ios-list.json', path, value))).toContainEqual({
    path: named,
    reason: expect.stringContaining(reason),
  })
})

test('devices have a name for each identifier, one or several', () => {
  expect(factsOf(sampleText('appledb-device.json')).names).toEqual([
    { device: 'iPhone8,1', name: 'iPhone 6s' },
    { device: 'iPhone17,5', name: 'iPhone 16e' },
  ])
  const several = changed('appledb-device.json', [0, 'identifier'], ['iPhone8,1', 'iPhone8,2'])
  expect(factsOf(several).names).toHaveLength(3)
})
