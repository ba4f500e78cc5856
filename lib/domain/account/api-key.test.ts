import { expect, test } from 'vitest'
import { keyRefusalFor, keyScopes, scopesProblem } from './api-key'
import { permissions } from './permissions'

test('a key with every scope can look and export, and nothing else', () => {
  const open = permissions.filter(
    (permission) => keyRefusalFor(keyScopes, permission) === undefined,
  )
  expect(open).toEqual(['look', 'export'])
})

test('for a key without the scope the missing one is named', () => {
  expect(keyRefusalFor(['read'], 'export')).toContain('“export”')
  expect(keyRefusalFor(['export'], 'look')).toContain('“read”')
  expect(keyRefusalFor(['read', 'export'], 'releaseTrial')).toContain('person who is signed in')
})

test('a key for the calendar opens nothing in a header, and no other key opens anything in an address', () => {
  const open = (scopes: Parameters<typeof keyRefusalFor>[0], place: 'header' | 'address') =>
    permissions.filter((permission) => keyRefusalFor(scopes, permission, place) === undefined)
  expect(open(['calendar'], 'header')).toEqual([])
  expect(open(['calendar'], 'address')).toEqual(['look'])
  expect(open(['read', 'export'], 'address')).toEqual([])
  expect(keyRefusalFor(['read'], 'look', 'address')).toContain('revoke it')
})

test('a key for the calendar is for nothing else', () => {
  expect(scopesProblem(['calendar'])).toBeUndefined()
  expect(scopesProblem(['calendar', 'calendar'])).toBeUndefined()
  expect(scopesProblem(['read', 'calendar'])).toContain('Make two keys')
})
