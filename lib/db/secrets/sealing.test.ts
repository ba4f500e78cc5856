import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { type Keyring, SealBroken, seal, sealingKey, sealStateOf, unseal } from './sealing'

const place = { table: 'mdm_servers', row: 'a', column: 'api_key' }
const ring: Keyring = [sealingKey('the key of this test, long enough')]
const newer: Keyring = [sealingKey('the key that came after it, as long'), ...ring]

test('what was sealed opens again, whatever it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
      expect(unseal(ring, seal(ring, text, place), place)).toBe(text)
    }),
  )
})

test('the same secret is never sealed to the same text, and the text does not hold it', () => {
  const sealed = Array.from({ length: 100 }, () => seal(ring, 'canary-canary-canary', place))
  expect(new Set(sealed).size).toBe(100)
  expect(sealed.filter((text) => text.includes('canary'))).toEqual([])
})

test.each([
  ['another row', { ...place, row: 'b' }],
  ['another column', { ...place, column: 'hmac_key' }],
  ['another table', { ...place, table: 'users' }],
])('a secret copied to %s does not open', (_, other) => {
  expect(() => unseal(ring, seal(ring, 'key', place), other)).toThrow(SealBroken)
})

test('no byte of a sealed secret can be changed unseen', () => {
  const sealed = Buffer.from(seal(ring, 'a key', place))
  for (let at = 0; at < sealed.length; at += 1) {
    const changed = Buffer.from(sealed)
    changed[at] = (changed[at] ?? 0) ^ 1
    // The last sign of base64 may hold bits that nothing reads; then it is the same secret.
    try {
      expect(unseal(ring, changed.toString(), place)).toBe('a key')
    } catch (error) {
      expect(error).toBeInstanceOf(SealBroken)
    }
  }
})

test('an old key still opens, and what it sealed is told from what the new one has', () => {
  const old = seal(ring, 'key', place)
  expect(unseal(newer, old, place)).toBe('key')
  expect(sealStateOf(newer, old)).toBe('old')
  expect(sealStateOf(newer, seal(newer, 'key', place))).toBe('sealed')
  expect(sealStateOf(newer, 'key')).toBe('open')
})

test('without its key a secret stays shut, and the error tells where but not what', () => {
  const sealed = seal(newer, 'canary', place)
  expect(() => unseal(ring, sealed, place)).toThrow(/mdm_servers\.api_key of a .* not here/)
  expect(() => unseal(ring, 'canary', place)).not.toThrow(/canary/)
})
