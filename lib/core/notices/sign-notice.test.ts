import { expect, test } from 'vitest'
import { makeNoticeSecret, signedHeaders } from './sign-notice'

// The example of Svix's documentation, whose form Standard Webhooks describes:
// https://docs.svix.com/receiving/verifying-payloads/how-manual
const example = {
  secret: 'whsec_plJ3nmyCDGBKInavdOK15jsl',
  id: 'msg_loFOjxBNrRLzqYUf',
  at: new Date(1731705121_000),
  body: '{"event_type":"ping","data":{"success":true}}',
  signature: 'v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0=',
}

test('the signature is the one that other implementations compute', () => {
  const { secret, signature, ...message } = example
  expect(signedHeaders(message, [secret])).toEqual({
    'webhook-id': message.id,
    'webhook-timestamp': '1731705121',
    'webhook-signature': signature,
  })
})

test('the test vector of the reference library', () => {
  // https://github.com/standard-webhooks/standard-webhooks/blob/03f5f8c/libraries/javascript/src/webhook.test.ts
  const message = {
    id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
    at: new Date(1614265330_000),
    body: '{"test": 2432232314}',
  }
  const headers = signedHeaders(message, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('while a secret is renewed, both sign', () => {
  const { secret, signature, ...message } = example
  const fresh = makeNoticeSecret()
  const both = signedHeaders(message, [fresh, secret])['webhook-signature']?.split(' ')
  expect(both).toHaveLength(2)
  expect(both?.[1]).toBe(signature)
})

test('a secret is random, and as long as the specification wants', () => {
  const secret = makeNoticeSecret()
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]+=*$/)
  expect(Buffer.from(secret.slice(6), 'base64')).toHaveLength(32)
  expect(makeNoticeSecret()).not.toBe(secret)
})
