import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createFront, type Front } from './front'
import { trustedProxies } from './request-headers'

const own = 'http://127.0.0.1:3000'
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

const page = (response: ServerResponse, type: string, headers: Record<string, string> = {}) => {
  response.writeHead(200, { 'Content-Type': type, ...headers })
  response.end('x')
}

/** What Next would have been given. */
let asked: IncomingHttpHeaders[] = []

const listen = async (given: Partial<Front> = {}): Promise<number> => {
  asked = []
  const server = createFront({
    baseUrl: own,
    https: false,
    dev: false,
    isTrusted: trustedProxies([]),
    icon: Buffer.from('<svg/>'),
    isReady: async () => undefined,
    webhook: (_request, response) => page(response, 'text/plain'),
    page: (request, response) => {
      asked.push(request.headers)
      page(response, 'text/html; charset=utf-8')
    },
    refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
    ...given,
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

const get = async (path: string, given: Partial<Front> = {}, init: RequestInit = {}) =>
  fetch(`http://127.0.0.1:${await listen(given)}${path}`, { redirect: 'manual', ...init })

/** Everything that comes back on one raw connection. */
const raw = (port: number, text: string) =>
  new Promise<string>((resolve, reject) => {
    let back = ''
    const socket = connect(port, '127.0.0.1', () => socket.write(text))
    socket.on('data', (chunk) => {
      back += String(chunk)
    })
    socket.on('close', () => resolve(back)).on('error', reject)
  })

const nonceOf = (policy: string | null) => /'nonce-([^']+)'/.exec(policy ?? '')?.[1]

test('a page gets a policy without inline script, whose nonce Next is told and nobody else chooses', async () => {
  const response = await get(
    '/devices',
    {},
    {
      headers: { 'content-security-policy': "script-src 'nonce-mine'", 'x-oneway-nonce': 'mine' },
    },
  )
  const policy = response.headers.get('content-security-policy')
  expect(policy).not.toMatch(/script-src[^;]*unsafe/)
  expect(policy).toContain("'strict-dynamic'")
  expect(policy).not.toContain('mine')
  expect(asked[0]?.['content-security-policy']).toBe(policy)
  expect(asked[0]?.['x-oneway-nonce']).toBe(nonceOf(policy))
})

test('no two responses share a nonce', async () => {
  const port = await listen()
  const nonces = await Promise.all(
    Array.from({ length: 50 }, async () => {
      const response = await fetch(`http://127.0.0.1:${port}/`)
      return nonceOf(response.headers.get('content-security-policy'))
    }),
  )
  expect(new Set(nonces).size).toBe(50)
  expect(nonces).not.toContain(undefined)
})

test.each([
  ['/devices', 'no-store'],
  ['/_next/static/chunks/a.js', 'public, max-age=31536000, immutable'],
])('%s is answered with Cache-Control %s', async (path, expected) => {
  const cached = { 'Cache-Control': 'public, max-age=31536000, immutable' }
  const response = await get(path, {
    page: (_request, answer) => page(answer, 'application/javascript', cached),
  })
  expect(response.headers.get('cache-control')).toBe(expected)
})

test('the service worker is answered here, may ask this lab alone, and is never cached', async () => {
  const response = await get('/sw.js', { worker: 'self' })
  expect(await response.text()).toBe('self')
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'content-type': 'text/javascript; charset=utf-8',
    'content-security-policy': expect.stringMatching(/^default-src 'none'; .*connect-src 'self'$/),
    'cache-control': 'no-store',
  })
  // The dev server has none: Next answers.
  await get('/sw.js')
  expect(asked).toHaveLength(1)
})

test('a missing static file is not kept by anybody', async () => {
  const response = await get('/_next/static/chunks/gone.js', {
    page: (_request, answer) => {
      answer.writeHead(404, { 'Cache-Control': 'public, max-age=31536000' }).end()
    },
  })
  expect(response.headers.get('cache-control')).toBe('no-store')
})

test('F47: a file that is handed out can be no page of this site, whatever type it claims', async () => {
  const attached = { 'Content-Disposition': 'attachment; filename="reply.plist"' }
  const response = await get('/x', {
    page: (_request, answer) => page(answer, 'text/html', attached),
  })
  expect(response.headers.get('content-security-policy')).toMatch(/default-src 'none'.*; sandbox$/)
})

test('headers set before, given as a list or not at all get the same guard', async () => {
  const writers: ((answer: ServerResponse) => void)[] = [
    (answer) => answer.setHeader('X-Powered-By', 'Next.js').end('x'),
    (answer) => answer.writeHead(200, ['Content-Type', 'text/plain', 'X-Powered-By', 'x']).end('x'),
    (answer) => answer.writeHead(200, 'fine', { 'X-Powered-By': 'x' }).end('x'),
    (answer) => {
      answer.write('x')
      answer.end()
    },
  ]
  for (const write of writers) {
    const { headers } = await get('/x', { page: (_request, answer) => void write(answer) })
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('referrer-policy')).toBe('same-origin')
    expect(headers.get('cross-origin-opener-policy')).toBe('same-origin')
    expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
  }
})

test('text says its charset', async () => {
  const response = await get('/x', { page: (_request, answer) => page(answer, 'text/plain') })
  expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
})

test.each([
  [true, 'max-age=63072000'],
  [false, null],
])('over HTTPS (%s) browsers are told to stay there', async (https, expected) => {
  const response = await get('/', { https })
  expect(response.headers.get('strict-transport-security')).toBe(expected)
})

const forged = {
  'x-forwarded-for': '203.0.113.9',
  'x-forwarded-host': 'evil.example',
  'x-forwarded-proto': 'https',
  forwarded: 'for=203.0.113.9',
  'x-middleware-subrequest': 'middleware:middleware:middleware',
  'x-oneway-path': '//evil.example',
}

test('what only a proxy may say is not believed from anybody else', async () => {
  await get('/devices?q=a&_rsc=1', {}, { headers: forged })
  expect(asked[0]).toMatchObject({
    'x-forwarded-for': '127.0.0.1',
    'x-oneway-path': '/devices?q=a',
  })
  for (const name of ['x-forwarded-host', 'x-forwarded-proto', 'forwarded'])
    expect(asked[0]).not.toHaveProperty(name)
  expect(asked[0]).not.toHaveProperty('x-middleware-subrequest')
})

test('a trusted proxy tells the client, and a hop that its client has made up is passed over', async () => {
  const isTrusted = trustedProxies(['127.0.0.0/8', '10.0.0.2'])
  await get(
    '/',
    { isTrusted, baseUrl: 'https://evil.example' },
    {
      headers: { ...forged, 'x-forwarded-for': '198.51.100.1, 203.0.113.9, 10.0.0.2' },
    },
  )
  expect(asked[0]).toMatchObject({
    'x-forwarded-for': '203.0.113.9',
    'x-forwarded-host': 'evil.example',
    'x-forwarded-proto': 'https',
  })
  expect(asked[0]).not.toHaveProperty('x-middleware-subrequest')
})

test.each(['/_next/image', '/_next/image?url=%2Ficon.svg&w=64&q=75', '/_next/image/x'])(
  '%s is answered 404 without Next: there is no image optimiser',
  async (path) => {
    expect((await get(path)).status).toBe(404)
    expect(asked).toEqual([])
  },
)

test('the favicon is the icon, without Next', async () => {
  const response = await get('/favicon.ico')
  expect(await response.text()).toBe('<svg/>')
  expect(response.headers.get('content-type')).toContain('image/svg+xml')
  expect(asked).toEqual([])
})

test.each(['TRACE', 'PUT', 'DELETE', 'PATCH', 'PROPFIND'])('%s is refused', async (method) => {
  const text = await raw(await listen(), `${method} / HTTP/1.1\r\nHost: localhost\r\n\r\n`)
  expect(text).toMatch(/^HTTP\/1.1 405 /)
  expect(asked).toEqual([])
})

const hidden = 'GET /hidden HTTP/1.1\r\nHost: localhost\r\n\r\n'
const chunked = `0\r\n\r\n${hidden}`

test.each([
  ['both lengths', `Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked`],
  ['both lengths, the other way', 'Transfer-Encoding: chunked\r\nContent-Length: 5'],
  ['two lengths', 'Content-Length: 5\r\nContent-Length: 6'],
  ['a length with a sign', 'Content-Length: +5'],
  ['a coding that is not the last', 'Transfer-Encoding: chunked, gzip'],
  ['a coding with a tab', 'Transfer-Encoding:\tchunked\r\nContent-Length: 3'],
  ['a space before the colon', 'Transfer-Encoding : chunked'],
  ['a folded header', 'X: y\r\n Transfer-Encoding: chunked'],
  ['a bare LF', 'X: y\nTransfer-Encoding: chunked'],
])('smuggling: %s is refused, and what follows it is no request', async (_, framing) => {
  const text = await raw(
    await listen(),
    `POST /api/webhook/x HTTP/1.1\r\nHost: localhost\r\n${framing}\r\n\r\n${chunked}`,
  )
  expect(text).toMatch(/^HTTP\/1.1 400 /)
  expect(text.match(/^HTTP\/1.1 /gm)).toHaveLength(1)
  expect(text).toContain('X-Content-Type-Options: nosniff')
  expect(asked).toEqual([])
})

test('a WebSocket is refused before Next', async () => {
  const upgrade =
    'GET / HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n'
  expect(await raw(await listen(), upgrade)).toMatch(/^HTTP\/1.1 404 /)
  expect(asked).toEqual([])
})

test('a head that grows for ever is refused', async () => {
  const text = await raw(await listen(), `GET / HTTP/1.1\r\nX: ${'a'.repeat(20_000)}\r\n\r\n`)
  expect(text).toMatch(/^HTTP\/1.1 431 /)
})

test('an unfinished request is cut after a while, but how long an answer takes is not limited', async () => {
  await listen()
  const [server = createServer()] = open
  expect(server.headersTimeout).toBe(15_000)
  expect(server.requestTimeout).toBe(120_000)
  expect(server.timeout).toBe(0)
  expect(server.keepAliveTimeout).toBeGreaterThan(90_000)
})
