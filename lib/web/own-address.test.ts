import type { IncomingHttpHeaders, Server } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { nameHostOfPage } from './foreign'
import { createFront } from './front'
import { trustedProxies } from './request-headers'

const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

const lab = 'https://oneway.lab.example'
const local = 'http://127.0.0.1:3000'

/** What the front of a lab at `baseUrl` answers to these lines, and who got to see the request. */
async function ask(baseUrl: string, lines: string[], proxies: string[] = []) {
  const seen: string[] = []
  const server = createFront({
    baseUrl,
    https: baseUrl.startsWith('https:'),
    dev: false,
    isTrusted: trustedProxies(proxies),
    icon: Buffer.from('<svg/>'),
    isReady: async () => undefined,
    webhook: (_request, response) => {
      seen.push('webhook')
      response.end()
    },
    page: (_request, response) => {
      seen.push('page')
      response.end()
    },
    refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const text = await new Promise<string>((resolve, reject) => {
    let back = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(`${[...lines, 'Connection: close'].join('\r\n')}\r\n\r\n`),
    )
    socket.on('data', (chunk) => {
      back += String(chunk)
    })
    socket.on('close', () => resolve(back)).on('error', reject)
  })
  return { status: Number(text.slice(9, 12)), text, seen }
}

const get = (host: string) => ['GET /devices HTTP/1.1', `Host: ${host}`]

test.each([
  [lab, 'oneway.lab.example'],
  [lab, 'OneWay.Lab.Example:443'],
  [lab, 'oneway.lab.example:3000'],
  [local, '127.0.0.1:3000'],
  [local, 'localhost:3000'],
  [local, '[::1]:3000'],
  ['http://localhost:3000', '127.0.0.1:3000'],
  ['http://[::1]:3000', 'localhost:3000'],
  ['http://192.0.2.7:3000', '192.0.2.7:3000'],
])('a lab at %s answers as %s', async (baseUrl, host) => {
  expect(await ask(baseUrl, get(host))).toMatchObject({ status: 200, seen: ['page'] })
})

test.each([
  [lab, 'evil.example'],
  [lab, 'localhost:3000'],
  [lab, '127.0.0.1'],
  [lab, 'a.oneway.lab.example'],
  [lab, 'oneway.lab.example.evil.example'],
  [lab, 'lab.example'],
  [lab, 'evil.example@oneway.lab.example'],
  [lab, 'oneway.lab.example/evil'],
  [local, 'evil.example:3000'],
  [local, '127.0.0.1.evil.example:3000'],
  [local, '192.0.2.7:3000'],
  ['http://192.0.2.7:3000', 'localhost:3000'],
])('a lab at %s does not answer as %s, and says where it does', async (baseUrl, host) => {
  for (const path of ['/', '/api/v1/devices', '/api/auth/get-session', '/favicon.ico']) {
    const { status, text, seen } = await ask(baseUrl, [`GET ${path} HTTP/1.1`, `Host: ${host}`])
    expect([status, seen]).toEqual([403, []])
    expect(text).toContain(`Open this lab at ${baseUrl}, or set ONEWAY_BASE_URL`)
    expect(text).toContain('Content-Type: text/plain')
  }
})

test('a request that names no host is refused', async () => {
  expect(await ask(lab, ['GET / HTTP/1.0'])).toMatchObject({ status: 403, seen: [] })
})

test('an MDM server may reach its webhook under any name', async () => {
  const lines = ['POST /api/webhook/x HTTP/1.1', 'Host: oneway.internal:3000', 'Content-Length: 0']
  expect(await ask(lab, lines)).toMatchObject({ status: 200, seen: ['webhook'] })
})

test('only a trusted proxy may say under which name it was asked', async () => {
  const through = (host: string) => [...get('upstream:3000'), `X-Forwarded-Host: ${host}`]
  const proxied = (host: string) => ask(lab, through(host), ['127.0.0.1'])
  expect(await proxied('oneway.lab.example')).toMatchObject({ status: 200 })
  expect(await proxied('evil.example')).toMatchObject({ status: 403, seen: [] })
  expect(await ask(lab, through('oneway.lab.example'))).toMatchObject({ status: 403, seen: [] })
})

const post = (baseUrl: string, path: string, origin: string) =>
  ask(baseUrl, [
    `POST ${path} HTTP/1.1`,
    `Host: ${new URL(baseUrl).host}`,
    `Origin: ${origin}`,
    'Content-Length: 0',
  ])

test.each(['http://localhost:3000', 'http://127.0.0.1:3000', 'https://localhost', 'http://[::1]'])(
  'a lab with a public address takes no change from a page at %s, and says where to open it',
  async (origin) => {
    for (const path of ['/devices', '/api/auth/sign-in/email', '/one-time-link']) {
      const { status, text, seen } = await post(lab, path, origin)
      expect([status, seen]).toEqual([403, []])
      expect(text).toContain(`Open this lab at ${lab}, or set ONEWAY_BASE_URL`)
    }
  },
)

test('a change from the lab’s own pages goes on, on loopback under each of its names', async () => {
  expect(await post(lab, '/devices', lab)).toMatchObject({ status: 200, seen: ['page'] })
  for (const origin of ['http://localhost:3000', local])
    expect(await post(local, '/devices', origin)).toMatchObject({ status: 200, seen: ['page'] })
})

test.each([
  ['https://lab.example:8443', 'lab.example', 'https://lab.example:8443', 'lab.example:8443'],
  [local, 'localhost', 'http://localhost:3000', 'localhost:3000'],
  ['https://lab.example:8443', 'lab.example', 'https://lab.example', undefined],
])(
  'Next is told the host of the page where a proxy leaves out the port (%s, %s)',
  (base, host, origin, reported) => {
    const headers: IncomingHttpHeaders = { host, origin }
    nameHostOfPage({ headers }, base)
    expect(headers['x-forwarded-host']).toBe(reported)
  },
)
