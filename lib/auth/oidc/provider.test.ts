import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { startProvider, type TestProvider } from '@/e2e/sign-on/provider'
import { createProvider, newFlow, problemOf } from './provider'
import type { OidcSettings } from './settings'

const redirectUri = 'http://127.0.0.1:3000/api/auth/oidc/callback'

let real: TestProvider
let elsewhere: { host: string; asked: number; close(): void }

beforeAll(async () => {
  real = await startProvider({ redirectUri })
  const server = createServer((_request, response) => {
    elsewhere.asked += 1
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // Listening on TCP, so that it is no path.
  elsewhere = { host: `localhost:${port}`, asked: 0, close: () => server.close() }
})

beforeEach(() => {
  real.discovery = {}
})

afterAll(async () => {
  elsewhere.close()
  await real.close()
})

const settings = (issuer = real.issuer): OidcSettings => ({
  issuer: new URL(issuer),
  clientId: real.clientId,
  clientSecret: real.clientSecret,
  scopes: 'openid email profile',
  hosts: [new URL(issuer).host],
  groupsClaim: 'groups',
  label: 'Test',
  policy: { emailDomains: [], groupRoles: undefined, signUp: false },
})

const begin = (issuer?: string) => createProvider(settings(issuer)).begin(newFlow(), redirectUri)
const problemWith = (promise: Promise<unknown>) => promise.then(() => 'none', problemOf)

test('a discovery document that names another issuer is refused', async () => {
  real.discovery = { issuer: 'http://localhost:1' }
  expect(await problemWith(begin())).toBe('notProven')
})

test('a browser is not sent to a host the issuer does not own', async () => {
  real.discovery = { authorization_endpoint: 'https://evil.example/auth' }
  await expect(begin()).rejects.toThrow('evil.example')
})

test('a host that only the discovery document names is never asked', async () => {
  real.discovery = { token_endpoint: `http://${elsewhere.host}/token` }
  const provider = createProvider(settings())
  const flow = newFlow()
  await provider.begin(flow, redirectUri)
  const back = new URL(
    `${redirectUri}?code=x&state=${flow.state}&iss=${encodeURIComponent(real.issuer)}`,
  )
  expect(await problemWith(provider.finish(flow, back))).toBe('notProven')
  expect(elsewhere.asked).toBe(0)
})

test('a redirect is not followed', async () => {
  const server = createServer((_request, response) =>
    response.writeHead(302, { location: `http://${elsewhere.host}/` }).end(),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // Listening on TCP, so that it is no path.
  expect(await problemWith(begin(`http://localhost:${port}`))).toBe('notProven')
  expect(elsewhere.asked).toBe(0)
  server.close()
})

test('a provider nobody listens for is unreachable, and asked again at the next try', async () => {
  const provider = createProvider(settings('http://localhost:9'))
  const tryOnce = () => problemWith(provider.begin(newFlow(), redirectUri))
  expect([await tryOnce(), await tryOnce()]).toEqual(['unreachable', 'unreachable'])
})
