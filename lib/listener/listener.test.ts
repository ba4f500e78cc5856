import { mkdtempSync, rmSync } from 'node:fs'
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  request as send,
} from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createFront } from '@/lib/web/front'
import { keepConnection } from '@/lib/web/keep-connection'
import { trustedProxies } from '@/lib/web/request-headers'
import { hearing } from './listener'
import { createPassOn } from './pass-on'

let folder: string
const open: Server[] = []
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oneway-listener-'))
})
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
  rmSync(folder, { recursive: true })
})

const started = (server: Server, place: string | number) => {
  open.push(server)
  return new Promise<void>((resolve) => server.listen(place, resolve))
}

/** A web server on a socket, behind a listener; `page` answers what is no event. */
async function lab(page?: RequestListener, { proxies = [] as string[], apart = false } = {}) {
  const isTrusted = trustedProxies(proxies)
  const socketPath = join(folder, 'web')
  const baseUrl = 'http://127.0.0.1:3000'
  if (page) {
    const front = createFront({
      ...{ baseUrl, https: false, dev: false, icon: Buffer.from(''), page },
      isTrusted: (address) => isTrusted(address) || address === '',
      isReady: async () => undefined,
      onRequest: (_request, response) => keepConnection(response),
      webhook: (_request, response) => void response.writeHead(500).end(),
      refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
    })
    await started(front, socketPath)
  }
  const listener = createServer(
    hearing({
      ...{ https: false, isTrusted },
      isReady: async () => undefined,
      webhook: (_request, response, slug) => void response.writeHead(200).end(slug),
      passOn: apart ? undefined : createPassOn({ socketPath, isTrusted, https: false }),
    }),
  )
  await started(listener, 0)
  const address = listener.address()
  return typeof address === 'object' && address ? address.port : 0
}

type Asked = { method?: string; headers?: Record<string, string>; body?: string }

/** A request under the lab's own name, which `fetch` may not set. */
const ask = (port: number, path: string, { method = 'GET', headers = {}, body }: Asked = {}) =>
  new Promise<{ status: number; headers: NodeJS.Dict<string | string[]>; body: string }>(
    (resolve, reject) => {
      const asked = send(
        { port, path, method, headers: { host: '127.0.0.1:3000', ...headers } },
        (answer) => {
          let text = ''
          answer.on('data', (chunk) => {
            text += String(chunk)
          })
          answer.on('error', reject)
          answer.on('end', () =>
            resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: text }),
          )
        },
      )
      asked.on('error', reject).end(body)
    },
  )

const echo: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (chunk) => {
    body += String(chunk)
  })
  request.on('end', () => {
    response.writeHead(200, { 'Content-Type': 'application/json' })
    response.end(JSON.stringify({ headers: request.headers, body, url: request.url }))
  })
}

test('a page is answered by the web server, with its headers once and with the address of the client', async () => {
  const port = await lab(echo)
  const { status, headers, body } = await ask(port, '/devices?q=1')
  expect(status).toBe(200)
  expect(JSON.parse(body)).toMatchObject({
    url: '/devices?q=1',
    headers: { 'x-forwarded-for': expect.stringMatching(/127\.0\.0\.1$/) },
  })
  expect(headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers['content-security-policy']).toMatch(/^default-src/)
})

test('an answer keeps each of its headers, as often as it has them', async () => {
  const cookies = ['a=1; HttpOnly', 'b=2; HttpOnly']
  const port = await lab((_request, response) => {
    response.writeHead(201, 'Made', { 'Set-Cookie': cookies, 'Content-Type': 'text/plain' })
    response.end('made')
  })
  const { status, headers, body } = await ask(port, '/devices')
  expect({ status, body, cookies: headers['set-cookie'] }).toEqual({
    ...{ status: 201, body: 'made', cookies },
  })
})

test('what a client says of its own address, host and id is left out', async () => {
  const port = await lab(echo)
  const said = { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': 'evil.example' }
  const { status, headers, body } = await ask(port, '/devices', {
    headers: { ...said, 'x-request-id': 'chosen-by-me' },
  })
  expect(status).toBe(200)
  expect(JSON.parse(body).headers).not.toHaveProperty('x-forwarded-host')
  expect(body).not.toContain('9.9.9.9')
  expect(headers['x-request-id']).not.toBe('chosen-by-me')
})

test('what a trusted proxy says of its client arrives', async () => {
  const port = await lab(echo, { proxies: ['127.0.0.1', '::ffff:127.0.0.1', '::1'] })
  const { headers, body } = await ask(port, '/devices', {
    headers: { 'x-forwarded-for': '9.9.9.9', 'x-request-id': 'proxy-0001', host: 'inner' },
  })
  expect(headers['x-request-id']).toBe('proxy-0001')
  expect(body).toContain('does not answer')
  const named = await ask(port, '/devices', {
    headers: { 'x-forwarded-for': '9.9.9.9', 'x-forwarded-host': '127.0.0.1:3000', host: 'inner' },
  })
  expect(JSON.parse(named.body).headers['x-forwarded-for']).toBe('9.9.9.9')
})

test('a body arrives whole, however it is framed', async () => {
  const port = await lab(echo)
  const body = 'x'.repeat(200_000)
  const framed = { method: 'POST', body, headers: { origin: 'http://127.0.0.1:3000' } }
  expect(JSON.parse((await ask(port, '/devices', framed)).body).body).toBe(body)
  const chunked = { ...framed, headers: { ...framed.headers, 'transfer-encoding': 'chunked' } }
  expect(JSON.parse((await ask(port, '/devices', chunked)).body).body).toBe(body)
})

test('the body of a GET is no second request', async () => {
  const seen: string[] = []
  const port = await lab((request, response) => {
    seen.push(request.url ?? '')
    echo(request, response)
  })
  const body = 'GET /smuggled HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n'
  const headers = { 'transfer-encoding': 'chunked' }
  expect((await ask(port, '/first', { headers, body })).status).toBe(200)
  await ask(port, '/second')
  expect(seen).toEqual(['/first', '/second'])
})

test('an event is answered here, on the connection of a page too, while the web server does nothing', async () => {
  const port = await lab(() => undefined)
  const waiting = send({ port, path: '/devices', headers: { host: '127.0.0.1:3000' } })
  waiting.on('error', () => undefined).end()
  expect(await ask(port, '/api/webhook/lab', { method: 'POST', body: '{}' })).toMatchObject({
    status: 200,
    body: 'lab',
  })
  waiting.destroy()
})

test('without the web server pages say that they are starting, and a form that it may have done something', async () => {
  const port = await lab()
  const page = await ask(port, '/devices')
  expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '2', refresh: '3' } })
  expect(page.headers['content-security-policy']).toMatch(/^default-src 'none'/)
  expect(page.body).toContain('starting')
  const form = await ask(port, '/devices', { method: 'POST', body: 'a=1' })
  expect(form.headers).not.toHaveProperty('refresh')
  expect(form).toMatchObject({ status: 503, body: expect.stringContaining('before you repeat it') })
  expect((await ask(port, '/api/webhook/lab', { method: 'POST' })).status).toBe(200)
})

test('a form whose web server is gone is not sent a second time', async () => {
  let seen = 0
  const port = await lab((request) => {
    seen += 1
    request.socket.destroy()
  })
  const form = { method: 'POST', body: 'a=1', headers: { origin: 'http://127.0.0.1:3000' } }
  expect((await ask(port, '/devices', form)).status).toBe(503)
  expect(seen).toBe(1)
})

test('a page that ends its web server is not asked for again by itself', async () => {
  const port = await lab((request) => void request.socket.destroy())
  const { status, headers } = await ask(port, '/devices')
  expect(status).toBe(503)
  expect(headers).not.toHaveProperty('refresh')
})

test('an answer that was cut off is no whole one', async () => {
  const port = await lab((request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/plain' })
    response.write('half', () => request.socket.destroy())
  })
  await expect(ask(port, '/devices')).rejects.toThrow()
})

test('a refusal of a large body is read by its sender', async () => {
  const port = await lab(echo)
  const body = 'x'.repeat(700_000)
  const refused = await ask(port, '/devices', { method: 'POST', body })
  expect(refused).toMatchObject({ status: 413, body: expect.stringContaining('at most') })
})

test('events of a page stream as they come, and end with the page', async () => {
  let ended: (value: unknown) => void = () => undefined
  const end = new Promise((resolve) => {
    ended = resolve
  })
  const port = await lab((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' })
    response.write('data: 1\n\n')
    response.once('close', ended)
  })
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () =>
      socket.write('GET /api/events HTTP/1.1\r\nHost: 127.0.0.1:3000\r\n\r\n'),
    )
    socket.on('error', reject).on('data', (chunk) => {
      if (!String(chunk).includes('data: 1')) return
      socket.destroy()
      resolve()
    })
  })
  await end
})

test('a listener by itself has its health and no pages', async () => {
  const port = await lab(undefined, { apart: true })
  expect((await ask(port, '/healthz')).status).toBe(200)
  expect((await ask(port, '/devices')).status).toBe(404)
  expect((await ask(port, '/api/webhook/lab', { method: 'POST' })).body).toBe('lab')
})

test('a refusal that leaves the body unread arrives, every time', async () => {
  const port = await lab(echo)
  const foreign = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }
  const form = { method: 'POST', headers: foreign, body: 'a=1' }
  const statuses: number[] = []
  for (let n = 0; n < 300; n += 1) statuses.push((await ask(port, '/devices', form)).status)
  expect(new Set(statuses)).toEqual(new Set([403]))
})

test.each<[string, (request: IncomingMessage) => void]>([
  ['closes the connection', (request) => void setTimeout(() => request.destroy(), 20)],
  ['reads no more', (request) => void request.once('data', () => request.pause())],
])('the rest of a refused body is dropped where the web server %s', async (_how, stopReading) => {
  const port = await lab((request, response) => {
    stopReading(request)
    response.writeHead(409, { 'Content-Type': 'text/plain' }).end('not wanted')
  })
  const written = await new Promise<number | undefined>((resolve, reject) => {
    // An address that takes bodies of this size.
    const form = {
      port,
      path: '/reports/verify',
      method: 'POST',
      headers: { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' },
    }
    const asked = send(form, (answer) => {
      answer.resume()
      // The sender goes on as if nothing had been said.
      asked.once('finish', () => resolve(answer.statusCode))
    })
    asked.on('error', reject).end('x'.repeat(20_000_000))
  })
  expect(written).toBe(409)
})
