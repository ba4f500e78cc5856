import { expect, test } from 'vitest'
import { classOf, countdowns, standingOf } from './countdown'
import { factsOf, sampleText } from './feed.testing'
import { parseFeedDate } from './feed-date'

const source = { kind: 'pmv' as const, readOn: '2026-08-22' }
const listings = factsOf(sampleText('apple-pmv.json')).listings.map((one) => ({ ...one, source }))
const rows = countdowns(listings, '2026-09-01')
const of = (version: string) =>
  rows.filter((row) => row.family === 'iOS' && row.version === version)

test('one build with two ends counts down for each group of devices', () => {
  expect(of('26.5')).toMatchObject([
    { devices: ['iPad13,16', 'iPhone14,2'], standing: 'listed', daysLeft: 26 },
    { devices: ['iPhone18,1'], standing: 'ended', daysLeft: -2 },
  ])
})

test('both sets and both twins are one row, each day of posting with its set', () => {
  expect(of('26.6.1')).toMatchObject([
    {
      builds: ['23G83', '23G6083'],
      posted: [
        { set: 'public', posted: { text: '2026-08-17' } },
        { set: 'managed', posted: { text: '2026-08-17' } },
      ],
    },
  ])
  expect(of('18.7.8')[0]?.posted.map(({ posted }) => posted?.text)).toEqual([
    '2026-08-06',
    '2026-04-22',
  ])
})

test('a background improvement is a row of its own, with the build it is for', () => {
  expect(of('26.3.1 (a)')).toMatchObject([{ builds: ['23D771330a'], prerequisite: '23D8133' }])
})

test('the newest version comes first, by number', () => {
  const versions = rows.filter(({ family }) => family === 'iOS').map(({ version }) => version)
  expect([...new Set(versions)]).toEqual(
    '26.6.1 26.6 26.5.2 26.5 26.3.1 (a) 18.7.10 18.7.8'.match(/[\d.]+(?: \(a\))?/g),
  )
})

test.each([
  ['2026-09-01', 'listed'],
  ['2026-08-31', 'ended'],
  ['2026', 'unclear'],
  ['2026-09', 'listed'],
  ['2026-10', 'listed'],
  ['2025', 'ended'],
  ['2026-09-01T10:00:00Z', 'listed'],
])('on 2026-09-01 a listing until %s is %s', (until, standing) => {
  expect(standingOf(parseFeedDate(until), '2026-09-01')).toBe(standing)
})

test('without an end it is listed, and nothing is counted', () => {
  const [first] = listings
  const rows = first ? countdowns([{ ...first, until: undefined }], '2030-01-01') : []
  expect(rows).toMatchObject([{ standing: 'listed' }])
  expect(rows[0]).not.toHaveProperty('daysLeft')
})

test.each([
  ['iPhone14,2', 'iPhone'],
  ['AppleTV14,1', 'Apple TV'],
  ['AudioAccessory5,1', 'HomePod'],
  ['Mac-7BA5B2DFE22DDD8C', 'Mac'],
  ['J152FAP', 'Mac'],
  ['iBridge2,1', 'other'],
])('%s is of the class %s', (device, name) => expect(classOf(device)).toBe(name))
