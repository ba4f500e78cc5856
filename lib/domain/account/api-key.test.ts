import { expect, test } from 'vitest'
import { keyRefusalFor, keyScopes } from './api-key'
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
