import { expect, test } from 'vitest'
import { clientAddress } from './client-address'

const of = (value: string) => clientAddress(new Headers({ 'x-forwarded-for': value }))

test.each([
  ['192.0.2.1', '192.0.2.1'],
  ['::ffff:192.0.2.1', '192.0.2.1'],
  ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
  ['2001:db8:1:2::9', '2001:db8:1:2::/64'],
  ['::1', '0:0:0:0::/64'],
  // The web server writes the last one; what stands before it is the client's own claim.
  ['10.0.0.1, 192.0.2.1', '192.0.2.1'],
])('a request from %s counts as one from %s', (given, network) => {
  expect(of(given)).toBe(network)
})

test('a request without an address has one limit with all of its kind', () => {
  expect(clientAddress(new Headers())).toBe('unknown')
})
