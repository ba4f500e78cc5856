import { expect, test } from 'vitest'
import { webhookCapture } from './captures.testing'
import { isSigned } from './webhook-proof'

const { body, headers } = webhookCapture('webhook-filekv-11-hmac-binary-plist-ack.json')
const header = headers.get('x-hmac-signature')
const key = 'lab-hmac-key'

test('what NanoMDM signed is accepted', () => {
  expect(isSigned(body, header, key)).toBe(true)
})

test('a body with one byte changed is refused', () => {
  const changed = Uint8Array.from(body)
  changed[10] = (changed[10] ?? 0) ^ 1
  expect(isSigned(changed, header, key)).toBe(false)
})

test.each([
  ['another key', header, 'other'],
  ['an empty key', header, ''],
  ['no header', null, key],
  ['an empty header', '', key],
  ['a shorter header', header?.slice(0, -1) ?? null, key],
  ['a longer header', `${header}=`, key],
  ['hex in place of base64', Buffer.from(header ?? '', 'base64').toString('hex'), key],
])('%s is refused', (_, given, withKey) => {
  expect(isSigned(body, given, withKey)).toBe(false)
})
