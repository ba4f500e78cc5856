import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { listCaptures, payloadCapture, webhookCapture } from '@/lib/mdm/captures.testing'
import type { LabEvent } from './webhook'
import { createStamps, createWebhook, goTimestamp, webhookBody, webhookSignature } from './webhook'

const nanosecondsOf = (timestamp: string) => {
  const [seconds = '', fraction = ''] = timestamp.replace('Z', '').split('.')
  return BigInt(Date.parse(`${seconds}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'))
}

const eventOf = (name: string): { event: LabEvent; createdAt: string; eventId: string } => {
  const reported = JSON.parse(webhookCapture(name).body.toString())
  const common = {
    enrollmentId: (reported.acknowledge_event ?? reported.checkin_event).udid,
    payload: Buffer.from(payloadCapture(name)).toString('utf8'),
  }
  const { topic } = reported
  const connect = reported.acknowledge_event
  const event: LabEvent = connect
    ? { topic, ...common, status: connect.status, commandUuid: connect.command_uuid }
    : { topic, ...common, tally: reported.checkin_event.token_update_tally }
  return { event, createdAt: reported.created_at, eventId: reported.event_id }
}

// Not ours to repeat: bplist00 and URL parameters, another simulator, another time zone, a CheckOut of its own, NanoHUB.
const others = /binary-plist|mdmb|berlin|nanohub/
const ours = listCaptures('webhook').filter((name) => !others.test(name))

test.each(ours)('tells an event byte for byte as %s', (name) => {
  const { event, createdAt, eventId } = eventOf(name)
  const body = webhookBody(event, { createdAtNs: nanosecondsOf(createdAt), eventId })
  expect(body).toBe(webhookCapture(name).body.toString())
})

test('the signature is the one of the captured body and key', () => {
  const { headers, body } = webhookCapture('webhook-filekv-11-hmac-binary-plist-ack.json')
  expect(webhookSignature('lab-hmac-key', body.toString())).toBe(headers.get('x-hmac-signature'))
})

test.each([
  [1_790_000_000_000_000_000n, '2026-09-21T14:13:20Z'],
  [1_790_000_000_120_000_000n, '2026-09-21T14:13:20.12Z'],
  [1_790_000_000_000_000_001n, '2026-09-21T14:13:20.000000001Z'],
])('%d ns is %s', (ns, expected) => {
  expect(goTimestamp(ns)).toBe(expected)
})

test('events of one moment are ordered, and each has an id of 16 hex digits', () => {
  const stamp = createStamps(() => 1_790_000_000_000)
  const stamps = [stamp(), stamp(), stamp()]
  const times = stamps.map(({ createdAtNs }) => createdAtNs)
  expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : 1)))
  expect(new Set(times).size).toBe(3)
  for (const { eventId } of stamps) expect(eventId).toMatch(/^[0-9a-f]{16}$/)
})

const idleEvent: LabEvent = {
  topic: 'mdm.Connect',
  enrollmentId: 'x',
  payload: '<plist/>',
  status: 'Idle',
}

/** A receiver that answers with the given status and remembers what came. */
const receiver = async (status: number, headers = {}) => {
  const seen: { method?: string; url?: string; headers: Record<string, unknown>; body: string }[] =
    []
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    seen.push({
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(chunks).toString(),
    })
    response.writeHead(status, headers).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  // A server that listens on a TCP port has an AddressInfo.
  const { port } = server.address() as AddressInfo
  const log: string[] = []
  const webhook = createWebhook({
    url: `http://127.0.0.1:${port}/hook?lab=1`,
    hmacKey: 'lab-hmac-key',
    realNow: Date.now,
    log: (line) => log.push(line),
  })
  return { seen, log, webhook, server }
}

test('an event is posted once, signed over its exact bytes, with the query of the address', async () => {
  const { seen, log, webhook } = await receiver(200)
  await webhook(idleEvent)
  expect(seen).toHaveLength(1)
  expect(seen[0]).toMatchObject({
    method: 'POST',
    url: '/hook?lab=1',
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'x-hmac-signature': webhookSignature('lab-hmac-key', seen[0]?.body ?? ''),
    },
  })
  expect(log).toEqual([])
})

test.each([204, 302, 401, 500])('%d is logged and not sent again', async (status) => {
  const { seen, log, webhook } = await receiver(status, { location: '/elsewhere' })
  await webhook(idleEvent)
  expect(seen).toHaveLength(1)
  expect(log).toEqual([`webhook: mdm.Connect of x was not taken: ${status}`])
})

test('a receiver that is down is one line in the log', async () => {
  const { log, webhook, server } = await receiver(200)
  await new Promise((resolve) => server.close(resolve))
  await webhook(idleEvent)
  expect(log).toHaveLength(1)
})

test('a doubled event comes twice byte for byte, and an overtaken one after what followed it', async () => {
  const { seen, webhook } = await receiver(200)
  const reply: LabEvent = { ...idleEvent, status: 'Acknowledged', commandUuid: 'a' }
  await Promise.all([
    webhook({ ...idleEvent, habit: { overtaken: true } }),
    webhook({ ...reply, habit: { twice: true } }),
  ])
  const reported = seen.map(({ body }) => JSON.parse(body))
  expect(reported.map(({ acknowledge_event }) => acknowledge_event.status)).toEqual([
    'Acknowledged',
    'Acknowledged',
    'Idle',
  ])
  expect(seen[0]?.body).toBe(seen[1]?.body)
  // Fractions have no zeros at their end, so only without the Z are they ordered as text.
  const at = (event: { created_at: string }) => event.created_at.replace('Z', '')
  expect(at(reported[2]) < at(reported[0])).toBe(true)
})

test.each([180, -4_320])('%d minutes of skew stand in created_at', async (minutes) => {
  const { seen, webhook } = await receiver(200)
  await webhook({ ...idleEvent, habit: { skewMs: minutes * 60_000 } })
  const off = Date.parse(JSON.parse(seen[0]?.body ?? '').created_at) - Date.now()
  expect(Math.abs(off / 60_000 - minutes)).toBeLessThan(1)
})
