import { expect, test } from 'vitest'
import { passkeyPlace } from './passkey-place'

test.each([
  [
    'https://oneway.example.org',
    { rpId: 'oneway.example.org', origin: 'https://oneway.example.org' },
  ],
  ['http://127.0.0.1:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
  ['http://[::1]:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
])('passkeys of a lab at %s belong to a host name', (baseUrl, place) => {
  expect(passkeyPlace(baseUrl)).toEqual(place)
})
