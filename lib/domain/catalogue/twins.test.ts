import { expect, test } from 'vitest'
import type { Listing } from './feed'
import { factsOf, sampleText } from './feed.testing'
import { findTwins } from './twins'

const day = (text: string) => ({ text, precision: 'day' as const })
const listing = (build: string, but: Partial<Listing> = {}): Listing => ({
  ...{ set: 'managed', family: 'iOS', version: '26.6.1', build, devices: ['iPhone14,2'] },
  ...{ posted: day('2026-08-17'), until: day('2026-11-20'), ...but },
})
const twinsOf = (...listings: Listing[]) => Object.fromEntries(findTwins(listings))

test('23G83 and 23G6083 of the sample are one release, though one set has the first alone', () => {
  const twins = findTwins(factsOf(sampleText('apple-pmv.json')).listings)
  expect(Object.fromEntries(twins)).toEqual({
    '23G83': ['23G83', '23G6083'],
    '23G6083': ['23G83', '23G6083'],
  })
})

test.each([
  ['23D8133', '23D9133'],
  ['22H352', '22H6352'],
  ['23G83', '23G8083'],
])('%s and %s are twins where devices and dates are the same', (one, other) => {
  expect(twinsOf(listing(one), listing(other))[one]).toEqual([one, other])
})

test.each([
  ['other devices', '23G83', '23G6083', { devices: ['iPhone18,1'] }],
  ['no known devices', '23G83', '23G6083', { devices: [] }],
  ['another end', '23G83', '23G6083', { until: day('2026-11-21') }],
  ['another day of posting', '23G83', '23G6083', { posted: day('2026-08-18') }],
  ['another version', '23G83', '23G6083', { version: '26.6.2' }],
  ['another system', '23G83', '23G6083', { family: 'tvOS' }],
  ['another set', '23G83', '23G6083', { set: 'public' as const }],
  ['numbers 5000 apart', '23G83', '23G5083', {}],
  ['another train', '23G83', '23H6083', {}],
  ['18.3.1 on another device', '22D72', '22D8075', { devices: ['iPhone17,5'] }],
])('by %s %s and %s are none', (_, one, other, but) => {
  expect(twinsOf(listing(one), listing(other, but))).toEqual({})
})

test('builds that stand alike in one set and not in another are no twins', () => {
  const apart = listing('23G6083', { set: 'public', until: day('2027-01-01') })
  const alike = [listing('23G83'), listing('23G6083'), listing('23G83', { set: 'public' })]
  expect(twinsOf(...alike, apart)).toEqual({})
})
