import { createHmac } from 'node:crypto'
import { createServer, request, type Server } from 'node:http'
import { connect } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { keepEvents } from '@/lib/core/ingest/keep-events'
import { addServer } from '@/lib/core/testing/device'
import { openBody } from '@/lib/db/queries/events/sealed-bodies'
import { findServer, updateServer } from '@/lib/db/queries/servers/servers'
import { rawEvents } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { listCaptures, webhookCapture } from '@/lib/mdm/captures.testing'
import { bodyLimitBytes } from './body-budgets'
import { createServerLookup } from './server-lookup'
import { type Receiving, receive, webhookSlug } from './webhook'

const now = new Date('2026-03-02T09:00:00Z')
const key = 'lab-hmac-key'
let test_: TestDb
let slug: string
let serverId: string
const servers: Server[] = []

beforeAll(async () => {
  test_ = await createTestDb()
  serverId = await addServer(test_.db)
  slug = (await findServer(test_.db, serverId))?.slug ?? ''
})
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})
afterAll(() => test_.drop())

const sign = (body: Uint8Array, by = key) => createHmac('sha256', by).update(body).digest('base64')

/** The webhook behind a real HTTP server; `but` takes a part of it away. */
async function listen(but: Partial<Receiving> = {}) {
  const [toRead, errors]: [number[], unknown[]] = [[], []]
  const receiving: Receiving = {
    findServer: createServerLookup(test_.db),
    keep: async (received) => {
      const [kept] = await keepEvents(test_.db, [received])
      if (kept !== undefined) toRead.push(kept)
    },
    report: (error) => errors.push(error),
    clock: () => now,
    ...but,
  }
  const server = createServer((request, response) =>
    receive(request, response, webhookSlug(request.url) ?? '', receiving),
  )
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  const post = (body: Uint8Array, headers: Record<string, string> = {}, to = slug) =>
    fetch(`http://127.0.0.1:${port}/api/webhook/${to}`, {
      method: 'POST',
      headers,
      body: Uint8Array.from(body),
    })
  const signed = (body: Uint8Array, to = slug) => post(body, { 'x-hmac-signature': sign(body) }, to)
  return { port, post, signed, toRead, errors }
}

const countKept = () => test_.db.$count(rawEvents)

test.each(listCaptures('webhook'))(
  '%s is kept byte for byte before it is answered 200',
  async (name) => {
    const { body } = webhookCapture(name)
    const { signed, toRead } = await listen()
    const response = await signed(body)
    expect(response.status).toBe(200)
    const [id] = toRead
    const [kept] = await test_.db
      .select()
      .from(rawEvents)
      .where(eq(rawEvents.id, id ?? 0))
    if (!kept) throw new Error('nothing was kept')
    expect(Buffer.compare(await openBody(test_.db, kept), body)).toBe(0)
    expect(kept?.readState).toBe('unread')
  },
)

test.each([
  ['nothing', new Uint8Array()],
  ['no JSON', Buffer.from('<html>')],
  ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x00)],
])('a signed body of %s is kept too, and answered 200', async (_, body) => {
  const { signed, toRead } = await listen()
  expect((await signed(body)).status).toBe(200)
  expect(toRead).toHaveLength(1)
})

test.each([
  ['no signature', undefined],
  ['a signature by another key', sign(Buffer.from('{}'), 'another')],
  ['a signature that is too short', sign(Buffer.from('{}')).slice(0, -1)],
  ['a signature that is too long', `${sign(Buffer.from('{}'))}=`],
  ['a signature in hex', createHmac('sha256', key).update('{}').digest('hex')],
  ['an empty signature', ''],
])('F44: a body with %s is answered 401 and kept nowhere', async (_, signature) => {
  const before = await countKept()
  const headers: Record<string, string> =
    signature === undefined ? {} : { 'x-hmac-signature': signature }
  const { post } = await listen()
  const response = await post(Buffer.from('{}'), headers)
  expect(response.status).toBe(401)
  expect(await countKept()).toBe(before)
})

test('an unknown address is answered 404, and nothing is kept', async () => {
  const before = await countKept()
  const { signed } = await listen()
  expect((await signed(Buffer.from('{}'), 'nobody')).status).toBe(404)
  expect(await countKept()).toBe(before)
})

test('anything but POST is answered 405', async () => {
  const { port } = await listen()
  const got = await fetch(`http://127.0.0.1:${port}/api/webhook/${slug}`, { redirect: 'manual' })
  expect(got.status).toBe(405)
})

/** Posts chunks for as long as nobody answers; gives the status and how much was taken from us. */
function postEndlessly(port: number): Promise<{ status: number | undefined; sent: number }> {
  return new Promise((resolve, reject) => {
    let sent = 0
    const headers = { 'x-hmac-signature': sign(Buffer.from('{}')) }
    const sending = request({ port, path: `/api/webhook/${slug}`, method: 'POST', headers })
    sending.on('response', (answer) => {
      resolve({ status: answer.statusCode, sent })
      sending.destroy()
    })
    // The server closes with its answer: who is still writing may meet the closed connection first.
    sending.on('error', (error: NodeJS.ErrnoException) =>
      ['EPIPE', 'ECONNRESET'].includes(error.code ?? '')
        ? resolve({ status: undefined, sent })
        : reject(error),
    )
    const more = () => {
      if (sending.destroyed) return
      sent += 65_536
      if (sending.write(Buffer.alloc(65_536))) setImmediate(more)
      else sending.once('drain', more)
    }
    more()
  })
}

test('F23: a body over 8 MiB is answered 413 without taking much more than the limit', async () => {
  const { port, toRead } = await listen()
  const answers = []
  while (answers.at(-1) !== 413 && answers.length < 20) {
    const { status, sent } = await postEndlessly(port)
    expect(sent).toBeLessThan(2 * bodyLimitBytes)
    answers.push(status)
  }
  expect(answers.at(-1)).toBe(413)
  expect(toRead).toEqual([])
})

test('F23: a Content-Length over 8 MiB is refused before any of the body', async () => {
  const { port } = await listen()
  const status = await new Promise((resolve, reject) => {
    const headers = {
      'content-length': String(bodyLimitBytes + 1),
      'x-hmac-signature': sign(Buffer.from('{}')),
    }
    const sending = request({ port, path: `/api/webhook/${slug}`, method: 'POST', headers })
    sending.on('response', (answer) => resolve(answer.statusCode))
    sending.on('error', reject)
    sending.flushHeaders()
  })
  expect(status).toBe(413)
})

test('F23: a sender that reads nothing until it has sent a too large body still gets the 413', async () => {
  const { port } = await listen()
  const size = bodyLimitBytes + 4 * 1024 * 1024
  const head = `POST /api/webhook/${slug} HTTP/1.1\r\nhost: x\r\nx-hmac-signature: ${sign(Buffer.from('{}'))}\r\ncontent-length: ${size}\r\n\r\n`
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', reject).pause()
    socket.write(head)
    let sent = 0
    const more = () => {
      if (sent >= size) return void socket.once('data', (chunk) => resolve(String(chunk))).resume()
      sent += 65_536
      socket.write(Buffer.alloc(65_536), () => setTimeout(more, 1))
    }
    more()
  })
  expect(answer).toMatch(/^HTTP\/1\.1 413 /)
  expect(answer).toContain('a body has at most 8 MiB')
})

test('a body that cannot be committed is answered 503 without a word of why', async () => {
  const keep = () => Promise.reject(new Error('connection to 10.1.2.3 refused for user oneway'))
  const { signed, toRead, errors } = await listen({ keep })
  const response = await signed(Buffer.from('{}'))
  expect(response.status).toBe(503)
  expect(await response.text()).toBe('the event was not kept')
  expect(toRead).toEqual([])
  expect(errors).toHaveLength(1)
})

test('a changed key counts after three seconds, and a server is looked up once in between', async () => {
  let at = 0
  const findKnown = createServerLookup(test_.db, () => at)
  expect((await findKnown(slug))?.hmacKey).toBe(key)
  await updateServer(test_.db, serverId, { hmacKey: 'a-new-key' })
  at = 2_999
  expect((await findKnown(slug))?.hmacKey).toBe(key)
  at = 3_000
  expect((await findKnown(slug))?.hmacKey).toBe('a-new-key')
  await updateServer(test_.db, serverId, { hmacKey: key })
})

test('who comes while a server is looked up waits for that answer, and asks nothing', async () => {
  let questions = 0
  const counting = new Proxy(test_.db, {
    get(db, key) {
      if (key === 'select') questions += 1
      return Reflect.get(db, key, db)
    },
  })
  let at = 0
  const findKnown = createServerLookup(counting, () => at)
  const once = await Promise.all(Array.from({ length: 100 }, () => findKnown(slug)))
  expect(once.map((server) => server?.id)).toEqual(Array(100).fill(serverId))
  expect(questions).toBe(1)
  at = 3_000
  await Promise.all([findKnown(slug), findKnown(slug)])
  expect(questions).toBe(2)
})

test('a question that is never answered keeps nobody from asking anew after a second', async () => {
  let questions = 0
  const firstIsLost = new Proxy(test_.db, {
    get(db, key) {
      if (key === 'select' && ++questions === 1)
        return () => ({ from: () => ({ where: () => new Promise(() => undefined) }) })
      return Reflect.get(db, key, db)
    },
  })
  let at = 0
  const findKnown = createServerLookup(firstIsLost, () => at)
  void findKnown(slug)
  at = 999
  void findKnown(slug)
  expect(questions).toBe(1)
  at = 1_000
  expect((await findKnown(slug))?.id).toBe(serverId)
})

test.each([
  ['/api/webhook/main', 'main'],
  ['/api/webhook/main/', 'main'],
  ['/api/webhook/main?x=1', 'main'],
  ['/api/webhook/', undefined],
  ['/api/webhook/a/b', undefined],
  ['/api/webhook/..%2f', undefined],
  ['/devices?next=/api/webhook/main', undefined],
  [undefined, undefined],
])('the webhook of %s is %s', (target, slug) => {
  expect(webhookSlug(target)).toBe(slug)
})
