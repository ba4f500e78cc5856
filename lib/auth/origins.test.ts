import { expect, test } from 'vitest'
import { crossSiteRefusal, originsOf, passkeyHost } from './origins'

test('a lab on loopback may be opened by any of its names, with its port', () => {
  expect(originsOf('http://127.0.0.1:3000')).toEqual([
    'http://127.0.0.1:3000',
    'http://localhost:3000',
    'http://[::1]:3000',
  ])
})

test('a lab with a name of its own is opened by that name only', () => {
  expect(originsOf('https://oneway.example.org')).toEqual(['https://oneway.example.org'])
})

const own = 'https://oneway.lab.example'
const asked = (headers: Record<string, string>, method = 'POST') =>
  crossSiteRefusal({ method, headers: new Headers(headers) }, own)

test('a change from this lab’s own pages is accepted', () => {
  expect(asked({ origin: own })).toBeUndefined()
  expect(asked({ origin: own, 'sec-fetch-site': 'same-origin' })).toBeUndefined()
})

// F40
test.each([
  ['no Origin', {}],
  ['Origin null', { origin: 'null' }],
  ['an empty Origin', { origin: '' }],
  ['another site', { origin: 'https://evil.example' }],
  ['a sub-domain', { origin: 'https://a.oneway.lab.example' }],
  ['the domain above', { origin: 'https://lab.example' }],
  ['the same name without TLS', { origin: 'http://oneway.lab.example' }],
  ['another port', { origin: 'https://oneway.lab.example:8443' }],
  ['a name that begins like ours', { origin: 'https://oneway.lab.example.evil.example' }],
  ['two origins', { origin: `${own}, https://evil.example` }],
  ['our Origin, and the browser says cross-site', { origin: own, 'sec-fetch-site': 'cross-site' }],
  ['our Origin, and the browser says same-site', { origin: own, 'sec-fetch-site': 'same-site' }],
  ['our Origin, and the browser says none', { origin: own, 'sec-fetch-site': 'none' }],
] as const)('F40 %s: a change is refused with its reason', (_name, headers) => {
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'post', 'ODD'])
    expect(asked(headers, method)).toMatch(/^The request /)
})

test('what changes nothing needs no Origin', () => {
  for (const method of ['GET', 'HEAD', 'OPTIONS'])
    expect(asked({ 'sec-fetch-site': 'cross-site' }, method)).toBeUndefined()
})

test.each([
  [
    'https://oneway.example.org',
    { rpId: 'oneway.example.org', origin: 'https://oneway.example.org' },
  ],
  ['http://127.0.0.1:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
  ['http://[::1]:3000', { rpId: 'localhost', origin: 'http://localhost:3000' }],
])('passkeys of a lab at %s belong to a host name', (baseUrl, place) => {
  expect(passkeyHost(baseUrl)).toEqual(place)
})
