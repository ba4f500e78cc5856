import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { connect as connectTcp, createServer as createTcpServer, type Socket } from 'node:net'
import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { keepEvents, type ReceivedEvent } from '@/lib/core/ingest/keep-events'
import { gather } from '@/lib/core/shared/gather'
import { addServer } from '@/lib/core/testing/device'
import { connect } from '@/lib/db/client'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { findServer } from '@/lib/db/queries/servers/servers'
import { rawEvents } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { serverKinds, serverTraits } from '@/lib/mdm/server-kinds'
import { hashWebhookToken, makeWebhookToken } from '@/lib/mdm/webhook-proof'
import { createByteBudget, createHeldBodies } from './body-budgets'
import { createHeartbeat } from './heartbeat'
import { createServerLookup } from './server-lookup'
import { type Receiving, receive, retryUntil, webhookSlug, webhookToken } from './webhook'

let lab: TestDb
const ends: (() => unknown)[] = []
beforeAll(async () => {
  lab = await createTestDb()
})
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})
afterAll(() => lab.drop())

const key = 'lab-hmac-key'
const sign = (body: string) => createHmac('sha256', key).update(body).digest('base64')

async function listen(receiving: Receiving) {
  const server: Server = createServer((request, response) =>
    receive(request, response, webhookSlug(request.url) ?? '', receiving),
  )
  ends.push(() => {
    server.close()
    server.closeAllConnections()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return (path: string, body: string) =>
    fetch(`http://127.0.0.1:${port}/api/webhook/${path}`, {
      method: 'POST',
      headers: { 'x-hmac-signature': sign(body) },
      body,
    })
}

/** A connection to the test's database that can be shut: open connections are cut and new ones refused. */
async function gate() {
  const to = new URL(lab.url)
  const open = new Set<Socket>()
  let shut = false
  let refused = 0
  const server = createTcpServer((socket) => {
    if (shut) {
      refused += 1
      return void socket.destroy()
    }
    const far = connectTcp(Number(to.port) || 5432, to.hostname)
    for (const [one, other] of [
      [socket, far],
      [far, socket],
    ] as const) {
      open.add(one)
      one.on('error', () => other.destroy()).on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  ends.push(() => server.close())
  const address = server.address()
  const url = new URL(lab.url)
  url.hostname = '127.0.0.1'
  url.port = String(typeof address === 'object' && address ? address.port : 0)
  const connection = connect(url.href, { max: 2, retrySeconds: 0.05, connectSeconds: 2 })
  ends.push(() => connection.end())
  return {
    db: connection.db,
    shut: () => {
      shut = true
      for (const socket of open) socket.destroy()
      open.clear()
    },
    open: () => {
      shut = false
    },
    isShut: () => shut,
    /** Connections that were refused while it was shut. */
    countRefused: () => refused,
  }
}

/** The webhook as lib/web/main.ts puts it together; while its database is shut, a request is held for `holdMs`. */
async function webServer(holdMs: number) {
  const way = await gate()
  const slug = (await findServer(lab.db, await addServer(lab.db)))?.slug ?? ''
  const heartbeat = createHeartbeat(way.db, { clock: () => new Date(), report: () => undefined })
  ends.push(() => heartbeat.stop())
  const keep = gather<ReceivedEvent>((received) => keepEvents(way.db, received), {
    maxItems: 50,
    sizeOf: () => 1,
    maxSize: 1000,
  })
  const receipts = new Set<string>()
  const post = await listen({
    findServer: createServerLookup(way.db),
    keep: (received) => {
      receipts.add(received.receipt ?? '')
      return keep(received)
    },
    report: () => undefined,
    clock: () => new Date(),
    missed: heartbeat.missed.note,
    get holdMs() {
      return way.isShut() ? holdMs : 10_000
    },
  })
  const serverId = (await createServerLookup(lab.db)(slug))?.id ?? ''
  const countKept = () => lab.db.$count(rawEvents, eq(rawEvents.mdmServerId, serverId))
  return { ...way, slug, serverId, heartbeat, post, countKept, countReceived: () => receipts.size }
}

test('F29: a body that comes while the database is away is held, and kept when it is back', async () => {
  // Longer than the polls wait: what is held is not given up while the test looks.
  const { post, slug, shut, open, countKept, countReceived, countRefused } =
    await webServer(150_000)
  expect((await post(slug, 'before')).status).toBe(200)
  shut()
  const held = [1, 2, 3].map((number) => post(slug, `during ${number}`))
  await expect.poll(countReceived).toBe(4)
  await expect.poll(countRefused).toBeGreaterThanOrEqual(3)
  expect(await countKept()).toBe(1)
  open()
  expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200, 200])
  expect(await countKept()).toBe(4)
})

test('F29: a body the database stays away for is answered 503, and is a gap once it is back', async () => {
  const { post, slug, serverId, shut, open, heartbeat } = await webServer(300)
  expect((await post(slug, 'before')).status).toBe(200)
  const from = new Date()
  shut()
  expect((await Promise.all([post(slug, 'a'), post(slug, 'b')])).map((r) => r.status)).toEqual([
    503, 503,
  ])
  void heartbeat.recordHeartbeat()
  expect(heartbeat.missed.isPending()).toBe(true)
  expect(await listGaps(lab.db, serverId)).toEqual([])
  open()
  await expect.poll(() => heartbeat.recordHeartbeat().then(heartbeat.missed.isPending)).toBe(false)
  const [gap, ...more] = await listGaps(lab.db, serverId)
  expect(more).toEqual([])
  expect(gap?.reason).toContain('2 bodies were answered 503')
  expect(gap?.beganAt.getTime()).toBeGreaterThanOrEqual(from.getTime())
  expect(gap?.endedAt).toBeInstanceOf(Date)
})

test('F29: an unsigned body is no gap, whatever the database does', async () => {
  const missed: string[] = []
  const server = await findServer(lab.db, await addServer(lab.db))
  const post = await listen({
    findServer: async () => server && { ...server, hmacKey: 'another' },
    keep: () => Promise.reject(new Error('away')),
    report: () => undefined,
    clock: () => new Date(),
    missed: (slug) => missed.push(slug),
  })
  expect((await post('any', '{}')).status).toBe(401)
  expect(missed).toEqual([])
})

test('F29: a COMMIT whose answer is lost does not keep a body twice', async () => {
  const server = await findServer(lab.db, await addServer(lab.db))
  let tries = 0
  const ids: (number | undefined)[] = []
  const post = await listen({
    findServer: async () => server,
    keep: async (received) => {
      tries += 1
      ids.push(...(await keepEvents(lab.db, [received])))
      if (tries === 1) throw new Error('the connection ended before the answer came')
    },
    report: () => undefined,
    clock: () => new Date(),
    holdMs: 2000,
  })
  expect((await post(server?.slug ?? '', 'once')).status).toBe(200)
  expect(tries).toBe(2)
  expect(ids[0]).toBe(ids[1])
  expect(await lab.db.$count(rawEvents, eq(rawEvents.mdmServerId, server?.id ?? ''))).toBe(1)
})

test('F29: a database that never answers is given up in time', async () => {
  const started = performance.now()
  const never = () => new Promise<never>(() => undefined)
  await expect(retryUntil(never, started + 200)).rejects.toThrow('in time')
  // Without the deadline it would never end.
  expect(performance.now() - started).toBeLessThan(20_000)
})

test('F27: more than may wait for the database is given up at once', () => {
  const budget = createByteBudget(10)
  expect([budget.reserve(6), budget.reserve(6), budget.reserve(4)]).toEqual([true, false, true])
  budget.release(6)
  expect(budget.reserve(5)).toBe(true)
})

test('F27: a flood of large bodies is bounded in sum, becomes a gap, and costs no small reply its place', async () => {
  const missed: string[] = []
  const reported: unknown[] = []
  const server = await findServer(lab.db, await addServer(lab.db))
  const post = await listen({
    findServer: async () => server,
    keep: (received) => keepEvents(lab.db, [received]),
    report: (error) => reported.push(error),
    clock: () => new Date(),
    missed: (slug) => missed.push(slug),
    bodies: createHeldBodies(4 * 65_536),
  })
  const slug = server?.slug ?? ''
  const { port } = new URL((await post(slug, 'before')).url)
  const flood = Array.from({ length: 6 }, () => largeBody(Number(port), slug))
  // Two of six have their 60 KiB too many; which, is theirs to find out.
  await expect.poll(() => missed).toEqual([slug, slug])
  expect((await post(slug, 'a small reply')).status).toBe(200)
  const answers = () => flood.map(({ answered }) => answered()).filter((text) => text !== '')
  await expect.poll(() => answers().length).toBe(2)
  for (const text of answers()) expect(text).toMatch(/^HTTP\/1\.1 503 [\s\S]*Retry-After: 5/)
  expect(await lab.db.$count(rawEvents, eq(rawEvents.mdmServerId, server?.id ?? ''))).toBe(2)
  for (const { socket } of flood) socket.destroy()
  await expect.poll(() => reported.length).toBe(6)
  expect((await post(slug, 'x'.repeat(3 * 65_536))).status).toBe(200)
})

/** Begins a body of 100 KiB, of which 60 KiB come. */
function largeBody(port: number, slug: string) {
  let answer = ''
  const socket = connectTcp(port, '127.0.0.1')
  socket
    .on('error', () => undefined)
    .on('data', (chunk) => {
      answer += String(chunk)
    })
  const signature = sign('never ends')
  socket.write(
    `POST /api/webhook/${slug} HTTP/1.1\r\nHost: x\r\nX-Hmac-Signature: ${signature}\r\nContent-Length: 102400\r\n\r\n`,
  )
  socket.write('x'.repeat(60 * 1024))
  return { socket, answered: () => answer }
}

const unsigned = serverKinds.filter((kind) => serverTraits[kind].webhookProof === 'secretAddress')

test.each(unsigned)(
  'the webhook of %s is let in by the secret in its address, and by nothing else',
  async (kind) => {
    const token = makeWebhookToken()
    const secret = { webhookTokenSha256: hashWebhookToken(token), hmacKey: '' }
    const serverId = await addServer(lab.db, false, { kind, ...secret })
    const slug = (await findServer(lab.db, serverId))?.slug ?? ''
    const post = await listen({
      findServer: createServerLookup(lab.db),
      keep: (received) => keepEvents(lab.db, [received]),
      report: () => undefined,
      clock: () => new Date(),
    })
    const status = async (path: string) => (await post(path, '{}')).status
    expect(unsigned).toHaveLength(2)
    expect(await status(slug)).toBe(401)
    expect(await status(`${slug}?token=${makeWebhookToken()}`)).toBe(401)
    expect(await status(`${slug}?token=`)).toBe(401)
    expect(await status(`${slug}?token=${secret.webhookTokenSha256}`)).toBe(401)
    expect(await lab.db.$count(rawEvents, eq(rawEvents.mdmServerId, serverId))).toBe(0)
    expect(await status(`${slug}?token=${token}`)).toBe(200)
    expect(await lab.db.$count(rawEvents, eq(rawEvents.mdmServerId, serverId))).toBe(1)
  },
)

test("the secret in an address opens no NanoMDM's webhook", async () => {
  const server = await findServer(lab.db, await addServer(lab.db))
  const post = await listen({
    findServer: async () => server && { ...server, hmacKey: 'another' },
    keep: () => Promise.resolve(),
    report: () => undefined,
    clock: () => new Date(),
  })
  expect((await post(`${server?.slug}?token=any`, '{}')).status).toBe(401)
})

test.each([
  ['/api/webhook/a?token=abc', 'abc'],
  ['/api/webhook/a/?x=1&token=abc', 'abc'],
  ['/api/webhook/a?nottoken=abc', undefined],
  ['/api/webhook/a?token=a%20b', undefined],
  ['/api/webhook/a', undefined],
])('the secret of %s is %s', (target, token) => {
  expect(webhookToken(target)).toBe(token)
})
