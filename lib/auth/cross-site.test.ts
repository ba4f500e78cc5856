import { expect, test } from 'vitest'
import { crossSiteRefusal } from './cross-site'

const own = 'https://oneway.lab.example'
const asked = (headers: Record<string, string>, method = 'POST') =>
  crossSiteRefusal({ method, headers: new Headers(headers) }, own)

test('a change from this lab’s own pages is heard', () => {
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
