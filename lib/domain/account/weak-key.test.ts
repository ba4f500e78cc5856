import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { weakKeyProblem } from './weak-key'

test.each([
  'nanomdm',
  'NanoMDM',
  'nanomdm-1234567890',
  'secret',
  'secretsecretsecret',
  'nanomdm-secret-key-2026',
  'changeme!changeme!',
  'lab-hmac-key',
  'nanomdm-test-api-key',
  'aaaaaaaaaaaaaaaaaaaaaaaa',
  'ababababababababababab',
  'aabbccddaabbccddaabbccdd',
  'Zk3xYp9Zk3xYp9Zk3xYp9',
  'abcdefghijklmnopqrstuvwxyz',
  '9876543210987654',
  'short-but-fine',
  '',
])('%j is refused as a key', (key) => {
  expect(weakKeyProblem(key)).toBeDefined()
})

test('no random key of 32 bytes is refused', () => {
  const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 })
  const spread = bytes.filter((key) => new Set(key).size > 16)
  fc.assert(
    fc.property(spread, (key) => {
      expect(weakKeyProblem(Buffer.from(key).toString('base64url'))).toBeUndefined()
    }),
  )
})

test('the reason never repeats the key', () => {
  for (const key of ['nanomdm', 'zzzzzzzzzzzzzzzzzzzz', 'abcdefghijklmnopqrst'])
    expect(weakKeyProblem(key)).not.toContain(key)
})
