import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { type IncomingMessage, request as plainRequest, type ServerResponse } from 'node:http'
import { request as secureRequest } from 'node:https'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect as connectTls } from 'node:tls'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { selfMadeCertificate } from '@/scripts/certificate'
import { answering, type Front } from './front'
import { trustedProxies } from './request-headers'
import { createTlsFront } from './tls-front'

let ca: Buffer
let port: number
let baseUrl: string
let folder: string
let server: ReturnType<typeof createTlsFront>
let seen: { what: string; encrypted: boolean }[]

const noted = (what: string) => (request: IncomingMessage, response: ServerResponse) => {
  seen.push({ what, encrypted: 'encrypted' in request.socket })
  request.resume()
  response.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8' })
  response.end(what)
}

beforeEach(async () => {
  seen = []
  folder = mkdtempSync(join(tmpdir(), 'oneway-tls-'))
  const { certFile, keyFile } = await selfMadeCertificate(folder, 'https://localhost', new Date())
  ca = readFileSync(certFile)
  // The port is chosen by the system, and the front must know its own address.
  baseUrl = 'https://localhost:8443'
  const front = {
    ...{ baseUrl, https: true, dev: false, isTrusted: trustedProxies([]), icon: Buffer.from('') },
    isReady: async () => undefined,
    webhook: noted('webhook'),
    page: noted('page'),
    refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
  } satisfies Front
  const certificate = { cert: ca, key: readFileSync(keyFile) }
  server = createTlsFront(front, certificate, answering(front))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  port = typeof address === 'object' && address ? address.port : 0
})
afterEach(async () => {
  const closed = new Promise((resolve) => server.close(resolve))
  server.closeAllConnections()
  await closed
  rmSync(folder, { recursive: true })
})

type Asked = { method?: string; headers?: Record<string, string>; tls?: boolean }

function ask(path: string, { method = 'GET', headers = {}, tls = true }: Asked = {}) {
  return new Promise<{ status: number; headers: IncomingMessage['headers']; body: string }>(
    (resolve, reject) => {
      const given = { port, path, method, headers: { host: 'localhost:8443', ...headers } }
      const take = (answer: IncomingMessage) => {
        let body = ''
        answer.on('data', (chunk) => {
          body += String(chunk)
        })
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body }),
        )
      }
      const sent = tls
        ? secureRequest({ ...given, host: 'localhost', ca, agent: false }, take)
        : plainRequest({ ...given, host: '127.0.0.1', agent: false }, take)
      sent.on('error', reject).end()
    },
  )
}

test('a page comes by TLS with its headers, and says so to browsers', async () => {
  const { status, headers } = await ask('/devices')
  expect(status).toBe(200)
  expect(seen).toEqual([{ what: 'page', encrypted: true }])
  expect(headers['strict-transport-security']).toMatch(/max-age/)
  expect(headers['content-security-policy']).toContain("'strict-dynamic'")
})

test.each([
  ['https://localhost:8443', 200],
  ['http://localhost:8443', 403],
  ['https://evil.example', 403],
])('a change from a page at %s is answered %i', async (origin, status) => {
  expect((await ask('/devices', { method: 'POST', headers: { origin } })).status).toBe(status)
})

test.each([
  ['/trials/1?view=bench', 'https://localhost:8443/trials/1?view=bench'],
  ['//evil.example/', 'https://localhost:8443//evil.example/'],
])('%s asked for without TLS is sent to the https address', async (path, location) => {
  const { status, headers } = await ask(path, { tls: false, headers: { host: 'evil.example' } })
  expect([status, headers.location]).toEqual([307, location])
  expect(headers['strict-transport-security']).toBeUndefined()
  expect(seen).toEqual([])
})

test('nothing is changed without TLS, and the events of an MDM server on this machine are heard', async () => {
  const change = { method: 'POST', tls: false, headers: { origin: 'https://localhost:8443' } }
  expect(await ask('/devices', change)).toMatchObject({
    status: 403,
    body: expect.stringContaining('Open this lab at https://localhost:8443'),
  })
  expect((await ask('/api/webhook/lab', { method: 'POST', tls: false })).status).toBe(200)
  expect(seen).toEqual([{ what: 'webhook', encrypted: false }])
})

test('what is neither TLS nor HTTP is answered and closed', async () => {
  const back = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () => socket.write('\u0000\u0001\r\n\r\n'))
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('close', () => resolve(text)).on('error', reject)
  })
  expect(back).toMatch(/^HTTP\/1\.1 400 /)
})

test('connections are counted, so that their limits hold and an idle one is closed at the end', async () => {
  const text = 'GET /devices HTTP/1.1\r\nHost: localhost:8443\r\n\r\n'
  const closed = new Promise<void>((resolve, reject) => {
    const socket = connectTls({ port, host: 'localhost', ca }, () => socket.write(text))
    // Once it is answered nothing is under way on it.
    socket.on('data', () => server.closeIdleConnections())
    socket.on('close', () => resolve()).on('error', reject)
  })
  await closed
  expect(seen).toEqual([{ what: 'page', encrypted: true }])
})
