import { expect, test } from 'vitest'
import {
  isFiltered,
  queryOf,
  readColumns,
  readDeviceParams,
  readFields,
  writeFields,
} from './device-query'

test('an address is read into the query it means', () => {
  const given = {
    verdict: 'notYet',
    model: 'iPad7,5',
    sort: 'osVersion',
    dir: 'desc',
    retired: '1',
  }
  expect(queryOf(readDeviceParams(given), 'real', 'e1')).toEqual({
    environment: 'real',
    filter: { verdict: 'notYet', modelIdentifier: 'iPad7,5', retired: true },
    sort: 'osVersion',
    direction: 'desc',
    cursor: undefined,
  })
})

test('what makes no sense in an address is left out, the rest is kept', () => {
  const given = {
    verdict: 'maybe',
    platform: ['iOS', 'tvOS'],
    sort: 'colour',
    version: 'a\u0000b',
    model: 'x'.repeat(300),
  }
  expect(readDeviceParams(given)).toEqual({ platform: 'iOS' })
})

test('F48 a search term is cut where it is longer than anything that can be found', () => {
  expect(readDeviceParams({ text: 'x'.repeat(1_000_000) }).text).toHaveLength(200)
  expect(readDeviceParams({ text: 'a\u0000' }).text).toBeUndefined()
})

test('an order is no filter', () => {
  expect(isFiltered(readDeviceParams({ sort: 'name', cursor: 'x' }))).toBe(false)
  expect(isFiltered(readDeviceParams({ text: 'x' }))).toBe(true)
})

test('the values of custom fields survive an address, whatever is in them', () => {
  const fields = {
    '0b6f2a50-0000-4000-8000-000000000001': 'a=b&c, "d"',
    '0b6f2a50-0000-4000-8000-000000000002': '',
  }
  const params = readDeviceParams({ fields: writeFields(fields), columns: 'x' })
  expect(queryOf(params, 'real', 'e1').filter?.fields).toEqual(fields)
  expect(readFields('nothing=x')).toEqual({})
  // A column is no filter.
  expect([readColumns('x'), isFiltered(readDeviceParams({ columns: 'x' }))]).toEqual([[], false])
})

test('whose a device is, is asked for the person who looks', () => {
  const filter = (custody: string) => queryOf(readDeviceParams({ custody }), 'real', 'e1').filter
  expect(filter('mine')).toMatchObject({ heldBy: 'e1' })
  expect(filter('offered')).toMatchObject({ offeredTo: 'e1' })
  expect(filter('nobody')).toMatchObject({ unheld: true })
  expect(filter('somebody')).not.toHaveProperty('heldBy')
})
