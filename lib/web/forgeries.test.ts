import { createHmac, randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { MdmServer } from '../db/queries/servers/servers'
import { isSigned } from '../mdm/webhook-proof'
import { createForgeries } from './forgeries'
import { receive } from './webhook'

const hmacKey = 'the-hmac-key-of-this-test'
const mdm: MdmServer = {
  id: '00000000-0000-4000-8000-000000000001',
  slug: 'main',
  name: 'Main',
  kind: 'nanomdm',
  storage: 'pgsql',
  url: 'https://mdm.example.org',
  address: 'mdm.example.org:443',
  apiKeySha256: '',
  ...{ declarationsUrl: null, declarationsKey: '' },
  ...{ declarationsKeySha256: '', declarationsAddress: null },
  apiKey: '',
  hmacKey,
  webhookTokenSha256: null,
  simulated: false,
  lastContactAt: null,
  stopReason: null,
  createdAt: new Date(0),
}

let server: Server
let kept: string[]
let at: number
beforeEach(() => {
  at = 0
  kept = []
})
afterEach(() => {
  server.close().closeAllConnections()
})

async function listen() {
  const forgeries = createForgeries({ clock: () => at })
  server = createServer((request, response) =>
    receive(request, response, 'main', {
      findServer: async () => mdm,
      keep: async ({ body }) => void kept.push(Buffer.from(body).toString()),
      report: () => undefined,
      clock: () => new Date(at),
      forgeries,
      senderOf: () => '203.0.113.7',
    }),
  )
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' && address ? address.port : 0
  return (body: string, signature: string) =>
    fetch(`http://127.0.0.1:${port}/api/webhook/main`, {
      method: 'POST',
      headers: { 'x-hmac-signature': signature },
      body,
    })
}

const sign = (body: string) => createHmac('sha256', hmacKey).update(body).digest('base64')
const guess = () => randomBytes(32).toString('base64')

test('F44: guessing signatures is answered 429 with Retry-After, and the wait ends', async () => {
  const post = await listen()
  const statuses: number[] = []
  for (let n = 0; n < 30; n += 1) statuses.push((await post('{}', guess())).status)
  expect(statuses).toEqual([...Array(20).fill(401), ...Array(10).fill(429)])
  expect((await post('{}', guess())).headers.get('retry-after')).toBe('60')
  at = 60_000
  expect((await post('{}', guess())).status).toBe(401)
  expect(kept).toEqual([])
})

test('F44: a reply with the right signature is kept in the middle of a flood from its own address', async () => {
  const post = await listen()
  const flood = Array.from({ length: 300 }, (_, n) => ({ body: `{"n":${n}}`, signature: guess() }))
  const right = Array.from({ length: 30 }, (_, n) => `{"reply":${n}}`)
  const mixed = flood.flatMap((one, n) => {
    const body = n % 10 === 9 ? right[(n - 9) / 10] : undefined
    return body === undefined ? [one] : [one, { body, signature: sign(body) }]
  })
  const answers = await Promise.all(mixed.map(({ body, signature }) => post(body, signature)))
  expect(kept.toSorted()).toEqual(right.toSorted())
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(30)
})

test('F44: a signature of any length and any signs is refused without an error and without a body', () => {
  const body = Buffer.from('{}')
  const right = sign('{}')
  for (let length = 0; length < 100; length += 1)
    if (length !== right.length) {
      expect(isSigned(body, right.padEnd(length, '=').slice(0, length), hmacKey)).toBe(false)
      expect(isSigned(body, '\u{1F600}'.repeat(length), hmacKey)).toBe(false)
    }
  expect(isSigned(body, right, hmacKey)).toBe(true)
})

test('made-up addresses fill no memory, and one sender is not counted for another', () => {
  const forgeries = createForgeries({ clock: () => 0 })
  for (let n = 0; n < 25_000; n += 1) forgeries.note(`main 10.0.${n}`)
  expect(forgeries.waitSeconds('main 10.0.24999')).toBeUndefined()
})

test('a sender that is a flood at one listener is one at the others, told once in its minute', () => {
  const clock = () => at
  const told: string[] = []
  const other = createForgeries({ clock })
  const tell = (sender: string) => {
    told.push(sender)
    other.hear(sender)
    // PostgreSQL tells the listener that told it, too.
    one.hear(sender)
  }
  const one = createForgeries({ clock, tell })
  for (let n = 0; n < 20; n += 1) one.note('main 203.0.113.7')
  expect(other.waitSeconds('main 203.0.113.7')).toBeUndefined()
  for (let n = 0; n < 100; n += 1) one.note('main 203.0.113.7')
  expect(told).toEqual(['main 203.0.113.7'])
  expect(other.waitSeconds('main 203.0.113.7')).toBe(60)
  expect(other.waitSeconds('main 203.0.113.8')).toBeUndefined()
  at += 60_000
  expect(other.waitSeconds('main 203.0.113.7')).toBeUndefined()
})
