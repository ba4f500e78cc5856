import { createHmac } from 'node:crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rawEvents } from '@/lib/db/schema'
import { findServer, updateServer } from '@/lib/db/servers'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { listCaptures, webhookCapture } from '@/lib/mdm/captures.testing'
import { keepEvent } from '@/lib/services/keep-event'
import { addServer } from '@/lib/services/testing'
import { createServerLookup } from './known-servers'
import { bodyLimitBytes } from './limited-body'
import { type Receiving, receive } from './receive'

const now = new Date('2026-03-02T09:00:00Z')
const key = 'lab-hmac-key'
let test_: TestDb
let slug: string
let serverId: string

beforeAll(async () => {
  test_ = await createTestDb()
  serverId = await addServer(test_.db)
  slug = (await findServer(test_.db, serverId))?.slug ?? ''
})
afterAll(() => test_.drop())

const sign = (body: Uint8Array, by = key) => createHmac('sha256', by).update(body).digest('base64')

function receiving(but: Partial<Receiving> = {}) {
  const toRead: number[] = []
  const errors: unknown[] = []
  const all: Receiving = {
    findServer: createServerLookup(test_.db),
    keep: async (id, body, at) => {
      const kept = await keepEvent(test_.db, id, body, at)
      if (kept !== undefined) toRead.push(kept)
      return kept
    },
    report: (error) => errors.push(error),
    ...but,
  }
  return { all, toRead, errors }
}

const post = (
  body: Uint8Array | ReadableStream<Uint8Array>,
  headers: Record<string, string> = {},
) =>
  new Request(`http://lab/api/webhook/${slug}`, {
    method: 'POST',
    headers,
    body: body instanceof Uint8Array ? Uint8Array.from(body) : body,
    duplex: 'half',
  } as RequestInit) // `duplex` is needed for a stream and missing in the type.

const signed = (body: Uint8Array) => post(body, { 'x-hmac-signature': sign(body) })

const countKept = () => test_.db.$count(rawEvents)

test.each(listCaptures('webhook'))(
  '%s is kept byte for byte before it is answered 200',
  async (name) => {
    const { body } = webhookCapture(name)
    const { all, toRead } = receiving()
    const response = await receive(signed(body), slug, all, now)
    expect(response.status).toBe(200)
    const [id] = toRead
    const [kept] = await test_.db
      .select()
      .from(rawEvents)
      .where(eq(rawEvents.id, id ?? 0))
    expect(Buffer.compare(kept?.body ?? new Uint8Array(), body)).toBe(0)
    expect(kept?.readState).toBe('unread')
  },
)

test.each([
  ['nothing', new Uint8Array()],
  ['no JSON', Buffer.from('<html>')],
  ['no UTF-8', Uint8Array.of(0xff, 0xfe, 0x00)],
])('a signed body of %s is kept too, and answered 200', async (_, body) => {
  const { all, toRead } = receiving()
  expect((await receive(signed(body), slug, all, now)).status).toBe(200)
  expect(toRead).toHaveLength(1)
})

test.each([
  ['no signature', undefined],
  ['a signature by another key', sign(Buffer.from('{}'), 'another')],
  ['a signature in hex', createHmac('sha256', key).update('{}').digest('hex')],
  ['an empty signature', ''],
])('a body with %s is answered 401 and kept nowhere', async (_, signature) => {
  const before = await countKept()
  const headers: Record<string, string> =
    signature === undefined ? {} : { 'x-hmac-signature': signature }
  const { all } = receiving()
  const response = await receive(post(Buffer.from('{}'), headers), slug, all, now)
  expect(response.status).toBe(401)
  expect(await countKept()).toBe(before)
})

test('an unknown address is answered 404 without reading the body', async () => {
  const { all } = receiving()
  const request = signed(Buffer.from('{}'))
  expect((await receive(request, 'nobody', all, now)).status).toBe(404)
  expect(request.bodyUsed).toBe(false)
})

test('a body over 8 MiB is answered 413, and no more of it is taken than the limit', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536
      controller.enqueue(new Uint8Array(65_536))
    },
  })
  const { all } = receiving()
  expect((await receive(post(endless), slug, all, now)).status).toBe(413)
  expect(sent).toBeLessThan(bodyLimitBytes + 1_000_000)
})

test('a body that cannot be committed is answered 503 without a word of why', async () => {
  const keep = () => Promise.reject(new Error('connection to 10.1.2.3 refused for user oneway'))
  const { all, toRead, errors } = receiving({ keep })
  const response = await receive(signed(Buffer.from('{}')), slug, all, now)
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
