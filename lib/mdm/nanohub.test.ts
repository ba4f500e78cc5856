import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { apiCapture } from './captures.testing'
import { createNanohub } from './nanomdm'
import { settle } from './settle'

// What a real NanoHUB v0.2.0 answered is given back by a server here: testdata/README.md.

const enrollmentId = 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2'
const commandUuid = '21C7A4EA-5BF6-490A-8B3B-DC79E4D7AC87'
const expected = { commandUuid, requestType: 'ScheduleOSUpdate' } as const
const plist = Buffer.from(apiCapture('api-nanohub-01-enqueue-nopush.json').request.body ?? '')
const basic = `Basic ${Buffer.from('nanohub:lab-api-key').toString('base64')}`

const opened: Server[] = []
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A client of a server that answers each request as the captured one was answered, and what it was asked. */
async function answering(name: string) {
  const { response } = apiCapture(`api-nanohub-${name}.json`)
  const asked: string[] = []
  const server = createServer((request, reply) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.resume().on('end', () => reply.writeHead(response.status ?? 500).end(response.body))
  })
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address of this type.
  const { port } = server.address() as AddressInfo
  const client = createNanohub({ url: `http://127.0.0.1:${port}`, apiKey: 'lab-api-key' })
  return { asked, client, enqueue: () => client.enqueue(enrollmentId, plist, expected) }
}

test("an enqueue is one PUT at NanoHUB's own path and user, without a push", async () => {
  const { asked, enqueue } = await answering('01-enqueue-nopush')
  expect(await enqueue()).toMatchObject({ outcome: 'queued', httpStatus: 200 })
  expect(asked).toEqual([`PUT /api/v1/nanomdm/enqueue/${enrollmentId}?nopush=1 ${basic}`])
})

test.each([
  ['01-enqueue-nopush', 'queued'],
  ['02-enqueue-no-pushcert', 'queued'],
  ['03-second-before-delivery', 'queued'],
  ['03-same-uuid-after-ack', 'queued'],
  ['04-unknown-id-nopush', 'queued'],
  ['10-not-a-plist', 'refused'],
  ['00-no-credentials', 'notSent'],
  ['00-wrong-api-key', 'notSent'],
  ['00-user-of-nanomdm', 'notSent'],
  ['00-path-of-nanomdm', 'unconfirmed'],
])('a real NanoHUB answered %s: %s, without an alarm', (name, outcome) => {
  const { request, response } = apiCapture(`api-nanohub-${name}.json`)
  const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]*)/.exec(request.body ?? '')?.[1]
  const device = /\/enqueue\/([^?]*)/.exec(request.path)?.[1] ?? enrollmentId
  const answer = { httpStatus: response.status ?? 0, body: response.body }
  const sent = { ...expected, commandUuid: uuid ?? commandUuid, enrollmentId: device }
  const result = settle(answer, { ...sent, server: 'NanoHUB' })
  expect(result).toMatchObject({ outcome })
  expect(result.alarm).toBeUndefined()
  expect(result.reason).not.toContain('NanoMDM')
})

test('an answer that is not of its API is one that NanoHUB does not give, by its own name', async () => {
  const { client, enqueue } = await answering('00-no-api-key-given')
  expect(await enqueue()).toMatchObject({
    outcome: 'unconfirmed',
    reason: "the answer (404) is not one of NanoHUB's API",
  })
  expect(await client.push(enrollmentId)).toEqual({
    ok: false,
    reason: "the answer (404) is not one of NanoHUB's API",
  })
  expect(await client.tryKey()).toMatchObject({
    found: 'unknown',
    reason: expect.stringMatching(/NanoHUB was started without -api-key/),
  })
})

test('its version is asked for without its API path, and built by go install it is unknown', async () => {
  const { asked, client } = await answering('00-version')
  expect(await client.version()).toEqual({ ok: true, version: 'unknown' })
  expect(asked).toEqual([`GET /version ${basic}`])
})

test('its key is tried by a push to no device, and a refused one is told from a right one', async () => {
  const right = await answering('02-push-unknown-id')
  expect(await right.client.tryKey()).toMatchObject({ found: 'yes' })
  expect(right.asked).toEqual([`PUT /api/v1/nanomdm/push/oneway-check-of-the-api-key ${basic}`])
  const wrong = await answering('00-wrong-api-key')
  expect(await wrong.client.tryKey()).toMatchObject({ found: 'no' })
})

test('a push without a push certificate tells why', async () => {
  const { client } = await answering('02-push-no-pushcert')
  expect(await client.push(enrollmentId)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('retrieving push cert'),
  })
})
