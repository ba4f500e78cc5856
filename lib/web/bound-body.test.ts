import {
  request as ask,
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { connect } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { createByteBudget } from './body-budgets'
import { bodyBudgetBytes } from './body-limits'
import { boundBody } from './bound-body'
import { createFront, type Front } from './front'
import { trustedProxies } from './request-headers'

const own = 'http://127.0.0.1:3000'
const open: Server[] = []
afterEach(() => {
  for (const server of open.splice(0)) server.close().closeAllConnections()
})

/** A page that takes all of a body into memory, as a sign-in does, and what it got to see. */
function reader() {
  const seen: { bytes: number; ended: 'whole' | 'cut' }[] = []
  const page = async (request: IncomingMessage, response: ServerResponse) => {
    const one = { bytes: 0, ended: 'whole' as 'whole' | 'cut' }
    seen.push(one)
    try {
      for await (const chunk of request) one.bytes += Buffer.from(chunk).byteLength
    } catch {
      one.ended = 'cut'
    }
    response.writeHead(one.ended === 'whole' ? 200 : 500, { 'Content-Type': 'text/plain' })
    response.end('the page')
  }
  return { seen, page: (...given: Parameters<Front['page']>) => void page(...given) }
}

async function listen(given: Partial<Front> = {}) {
  const { seen, page } = reader()
  const server = createFront({
    baseUrl: own,
    https: false,
    dev: false,
    isTrusted: trustedProxies([]),
    icon: Buffer.from('<svg/>'),
    isReady: async () => undefined,
    webhook: (_request, response) => void response.end(),
    page,
    refuseForeign: (_request, response, reason) => void response.writeHead(403).end(reason),
    ...given,
  })
  return { seen, port: await started(server) }
}

/** @returns its port */
async function started(server: Server): Promise<number> {
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address ? address.port : 0
}

type Answer = { status: number; text: string }

/** Posts so many bytes, with a Content-Length or without, as fast as they are taken. */
const post = (port: number, path: string, bytes: number, chunked: boolean) =>
  new Promise<Answer>((resolve, reject) => {
    const length = chunked ? {} : { 'Content-Length': String(bytes) }
    const headers = { Origin: own, ...length }
    const sent = ask({ port, host: '127.0.0.1', method: 'POST', path, headers })
    sent.on('error', reject)
    sent.on('response', (response) => {
      let text = ''
      response.on('data', (chunk) => {
        text += String(chunk)
        // All of the answer is here; what was still to be sent is not needed.
        if (text.length >= Number(response.headers['content-length'] ?? Number.NaN)) {
          resolve({ status: response.statusCode ?? 0, text: text.trim() })
          sent.on('error', () => undefined).destroy()
        }
      })
      response.on('error', () => undefined)
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: text.trim() }))
    })
    const piece = Buffer.alloc(64 * 1024, 'x')
    let left = bytes
    const write = () => {
      while (left > 0 && !sent.destroyed) {
        const part = piece.subarray(0, Math.min(left, piece.byteLength))
        left -= part.byteLength
        if (!sent.write(part)) return void sent.once('drain', write)
      }
      sent.end()
    }
    write()
  })

const kibibyte = 1024
const limits = [
  ['/api/auth/sign-in/email', 64, 'A sign-in, a password, a passkey or a code has at most 64 KiB.'],
  ['/trials/new', 512, 'A form of a page has at most 512 KiB.'],
  ['/devices/import', 6 * 1024, 'A file of devices has at most 6 MiB.'],
  ['/api/v1/devices', 64, 'A request to the API has at most 64 KiB.'],
] as const
const ways = [
  ['with its length', false],
  ['without a length', true],
] as const

test.each(limits.flatMap((limit) => ways.map((way) => [...limit, ...way] as const)))(
  '%s takes %i KiB and refuses more (%#)',
  async (path, max, words, _, chunked) => {
    const { port, seen } = await listen()
    expect(await post(port, path, max * kibibyte, chunked)).toEqual({
      status: 200,
      text: 'the page',
    })
    expect(await post(port, path, max * kibibyte + 1, chunked)).toEqual({
      status: 413,
      text: words,
    })
    // Of the second body the page saw nothing, or no more than the limit and then a cut.
    await expect.poll(() => seen.slice(1).every(({ ended }) => ended === 'cut')).toBe(true)
    expect(seen.slice(1).every(({ bytes }) => bytes <= max * kibibyte)).toBe(true)
  },
)

test('300 MB are not taken into memory, and the sender gets to read why', async () => {
  const { port, seen } = await listen()
  const before = process.memoryUsage().rss
  const flood = Array.from({ length: 4 }, () => post(port, '/api/auth/sign-in/email', 3e8, true))
  for (const { status } of await Promise.all(flood)) expect(status).toBe(413)
  expect(seen.every(({ bytes }) => bytes <= 64 * kibibyte)).toBe(true)
  expect(process.memoryUsage().rss - before).toBeLessThan(200e6)
})

test('a body that comes too slowly is answered 408 and cut', async () => {
  const { port, seen } = await listen({ limitOf: (limit) => ({ ...limit, withinMs: 50 }) })
  const back = await new Promise<string>((resolve, reject) => {
    let text = ''
    const socket = connect(port, '127.0.0.1', () =>
      socket.write(
        `POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: ${own}\r\nContent-Length: 10\r\n\r\nab`,
      ),
    )
    socket.on('data', (chunk) => {
      text += String(chunk)
      if (text.includes('within')) {
        resolve(text)
        socket.destroy()
      }
    })
    socket.on('error', reject)
  })
  expect(back).toMatch(/^HTTP\/1\.1 408 /)
  expect(back).toContain('must have arrived within 0.05 s.')
  await expect.poll(() => seen).toEqual([{ bytes: 2, ended: 'cut' }])
})

test('more than the budget at once is answered 503, and there is room again afterwards', async () => {
  const { port } = await listen()
  const each = 6 * kibibyte * kibibyte
  const held = Array.from({ length: Math.floor(bodyBudgetBytes / each) }, () => {
    const socket = connect(port, '127.0.0.1')
    socket.write(
      `POST /devices/import HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: ${own}\r\nContent-Length: ${each}\r\n\r\n`,
    )
    return socket
  })
  const tryOne = async () => (await post(port, '/devices/import', each, false)).status
  await expect.poll(tryOne).toBe(503)
  for (const socket of held) socket.destroy()
  await expect.poll(tryOne).toBe(200)
})

test('a body that is here in time is answered by its page, however late that begins to read', async () => {
  const withinMs = 1_000
  const reading = reader()
  // Timers of one length end in the order in which they were set: this one after the limit's.
  const page: Front['page'] = (...given) => void setTimeout(() => reading.page(...given), withinMs)
  const { port } = await listen({ page, limitOf: (limit) => ({ ...limit, withinMs }) })
  const answer = await fetch(`http://127.0.0.1:${port}/sign-in`, {
    method: 'POST',
    headers: { Origin: own },
    body: 'ab',
  })
  expect(answer.status).toBe(200)
  expect(reading.seen).toEqual([{ bytes: 2, ended: 'whole' }])
})

test('a large body that its page reads late is not said to have come late', async () => {
  const withinMs = 1_000
  const { port } = await listen({
    page: () => undefined,
    limitOf: (limit) => ({ ...limit, withinMs }),
  })
  const late = await post(port, '/trials/new', 500 * kibibyte, false)
  expect(late).toEqual({
    status: 503,
    text: 'Oneway is busy and did not read the request in time. Try again in a few seconds.',
  })
})

test.each([
  ['ended', true],
  ['begun', false],
])(
  'a body that an answer leaves unread is late without an error, the answer %s',
  async (_how, ends) => {
    const limit = { what: 'a form', path: /^/, shown: '', maxBytes: 50_000_000, withinMs: 500 }
    const uncaught: unknown[] = []
    const note = (error: unknown) => void uncaught.push(error)
    process.prependOnceListener('uncaughtException', note)
    const server = createServer((request, response) => {
      boundBody(request, response, limit, createByteBudget(60_000_000))
      request.once('data', () => request.pause())
      response.writeHead(200).write('an answer')
      if (ends) response.end()
    })
    open.push(server)
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const status = await new Promise((resolve, reject) => {
      const sent = ask({ port, host: '127.0.0.1', method: 'POST' }, (answer) => {
        answer.on('error', () => undefined).resume()
        resolve(answer.statusCode)
      })
      sent.on('error', reject).end('x'.repeat(20_000_000))
    })
    await new Promise((waited) => setTimeout(waited, 1_000))
    process.off('uncaughtException', note)
    expect([status, uncaught]).toEqual([200, []])
  },
)
