import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { buildCommand } from '../command'
import { isIdle, peekIdle, readEvent } from '../event'
import { createNanomdm } from '../nanomdm'
import { createMicromdm } from './client'
import { settleMicromdm } from './settle'

const commandUuid = '3e0d31bb-f71c-4c78-9d9d-de8a549f07e7'
const enrollmentId = 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2'
const expected = { commandUuid, requestType: 'OSUpdateStatus' } as const
const sent = { ...expected, enrollmentId }
const { plist } = buildCommand(expected)
const published = JSON.stringify({
  payload: {
    udid: enrollmentId,
    command_uuid: commandUuid,
    command: { request_type: 'OSUpdateStatus' },
    payload: Buffer.from(plist).toString('base64'),
  },
})

const opened: Server[] = []
afterEach(() => {
  for (const server of opened.splice(0)) {
    server.close()
    server.closeAllConnections()
  }
})

/** A server that answers as told and remembers what it was asked. */
async function serve(status: number, body: string) {
  const asked: string[] = []
  const answer: RequestListener = (request, response) => {
    asked.push(`${request.method} ${request.url} ${request.headers.authorization}`)
    request.resume().on('end', () => {
      response.writeHead(status, { 'Content-Type': 'application/json' })
      response.end(body)
    })
  }
  const server = createServer(answer)
  opened.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A TCP server that listens has an address of this type.
  const { port } = server.address() as AddressInfo
  const options = { url: `http://127.0.0.1:${port}`, apiKey: 'lab-api-key', timeoutMs: 2000 }
  return { asked, server, micromdm: createMicromdm(options), nanomdm: createNanomdm(options) }
}

/** A server that takes a request and cuts it off without a word. */
async function cutting() {
  const { micromdm, nanomdm, server } = await serve(200, '')
  server.removeAllListeners('request').on('request', (request) => request.socket.destroy())
  return { micromdm, nanomdm }
}

const basic = (user: string) => `Basic ${Buffer.from(`${user}:lab-api-key`).toString('base64')}`

test('a command is one PUT of the stored bytes, and 201 means published and no more', async () => {
  const { asked, micromdm } = await serve(201, published)
  const result = await micromdm.enqueue(enrollmentId, plist, expected)
  expect(result).toMatchObject({ outcome: 'queued', httpStatus: 201, body: published })
  expect(result.reason).toContain('before its queue')
  expect(asked).toEqual([`PUT /v1/commands/${enrollmentId} ${basic('micromdm')}`])
})

test.each([
  ['a comma', 'abc,def'],
  ['a user channel', 'abc:def'],
])('an enrollment ID with %s never leaves', async (_, id) => {
  const { asked, micromdm } = await serve(201, published)
  expect(await micromdm.enqueue(id, plist, expected)).toMatchObject({ outcome: 'notSent' })
  expect(asked).toEqual([])
})

const error = (text: string) => JSON.stringify({ error: text })
const payload = (change: object) =>
  JSON.stringify({ payload: { udid: enrollmentId, command_uuid: commandUuid, ...change } })

test.each([
  ['200 instead of 201', 200, published, 'unconfirmed'],
  ['201 without a payload', 201, '{}', 'unconfirmed'],
  ['201 with a page of a proxy', 201, '<html>', 'unconfirmed'],
  ['401', 401, error('unauthorized'), 'notSent'],
  ['a redirect', 307, '', 'unconfirmed'],
  ['a plist it cannot read', 500, error('parse payload as plist: EOF'), 'refused'],
  ['a command without its keys', 500, error('request is malformed'), 'refused'],
  ['the same words from a proxy', 502, error('request is malformed'), 'unconfirmed'],
  [
    'a bus that failed',
    500,
    error('publish raw mdm command on topic: mdm.RawCommand'),
    'unconfirmed',
  ],
])('%s is settled, and nothing doubtful is called unsent', (_, httpStatus, body, outcome) => {
  expect(settleMicromdm({ httpStatus, body }, sent)).toMatchObject({ outcome })
})

test.each([
  ['command', payload({ command_uuid: 'another' })],
  ['device', payload({ udid: 'another' })],
  ['request type', payload({ command: { request_type: 'EraseDevice' } })],
])('an answer about another %s is an alarm', (_, body) => {
  const result = settleMicromdm({ httpStatus: 201, body }, sent)
  expect(result.outcome).toBe('unconfirmed')
  expect(result.alarm).toContain('it names the')
})

test('a time-out is unconfirmed, a refused connection is not sent', () => {
  const after = (failed: 'timedOut' | 'notConnected') =>
    settleMicromdm({ failed, detail: '' }, sent).outcome
  expect([after('timedOut'), after('notConnected')]).toEqual(['unconfirmed', 'notSent'])
})

test('a queue shows the CommandUUIDs that wait in it, in any letter case', async () => {
  const update = Buffer.from('<string>ScheduleOSUpdate</string>').toString('base64')
  const commands = [{ uuid: commandUuid.toUpperCase(), payload: update }, { uuid: 'other' }]
  const { asked, micromdm } = await serve(200, JSON.stringify({ commands }))
  expect(await micromdm.queue.list(enrollmentId)).toMatchObject({
    ok: true,
    commandUuids: [commandUuid, 'other'],
    updateUuids: [commandUuid],
  })
  expect(asked[0]).toMatch(`GET /v1/commands/${enrollmentId} `)
})

test('an empty queue is an empty list, and any other answer is no list', async () => {
  const empty = await serve(200, '{}')
  expect(await empty.micromdm.queue.list(enrollmentId)).toMatchObject({ commandUuids: [] })
  for (const [status, body] of [
    [500, error('no')],
    [200, '[]'],
    [404, 'not found'],
  ] as const) {
    const { micromdm } = await serve(status, body)
    expect(await micromdm.queue.list(enrollmentId)).toMatchObject({ ok: false })
  }
})

test('a queue is emptied by one DELETE, and an odd answer leaves it open whether it was', async () => {
  const good = await serve(200, '{}')
  expect(await good.micromdm.queue.clear(enrollmentId)).toEqual({ ok: true, body: '{}' })
  expect(good.asked[0]).toMatch(`DELETE /v1/commands/${enrollmentId} `)
  const bad = await serve(500, error('save'))
  expect(await bad.micromdm.queue.clear(enrollmentId)).toMatchObject({ ok: false, unsure: true })
  const refused = await serve(401, error('unauthorized'))
  expect(await refused.micromdm.queue.clear(enrollmentId)).toMatchObject({ unsure: false })
})

test('a push tells whether it went', async () => {
  const good = await serve(200, '{"status":"success","push_notification_id":"A1"}')
  expect(await good.micromdm.push(enrollmentId)).toEqual({ ok: true, apnsId: 'A1' })
  const bad = await serve(500, error('invalid push token'))
  expect(await bad.micromdm.push(enrollmentId)).toEqual({
    ok: false,
    reason: 'invalid push token',
  })
})

const nobody = 'oneway-check-of-the-api-key'
const noPushData = JSON.stringify({
  status: { [nobody]: { push_error: 'push data missing for id' } },
})

test.each([
  ['nanomdm', 500, noPushData, 'yes'],
  ['nanomdm', 401, 'Unauthorized\n', 'no'],
  ['nanomdm', 404, '404 page not found\n', 'unknown'],
  ['micromdm', 200, '{}', 'yes'],
  ['micromdm', 401, error('unauthorized'), 'no'],
  ['micromdm', 405, '', 'unknown'],
] as const)(
  'a key is tried at %s by a call that queues nothing: %i',
  async (kind, status, body, found) => {
    const server = await serve(status, body)
    expect(await server[kind].tryKey()).toMatchObject({ found })
    expect(server.asked).toHaveLength(1)
    expect(server.asked[0]).not.toMatch(/enqueue|PUT \/v1\/commands/)
    expect(server.asked[0]).toContain(nobody)
  },
)

/** As MicroMDM posts it: indented, without `ids`. https://github.com/micromdm/micromdm/blob/c4878e2/workflow/webhook */
const posted = (event: object) =>
  new TextEncoder().encode(
    JSON.stringify(
      {
        topic: 'mdm.Connect',
        event_id: '3b62d1b4-9c1e-4f0e-8f40-2fbd8d0a2a31',
        created_at: '2026-03-02T09:00:00.123456789Z',
        acknowledge_event: { udid: enrollmentId, raw_payload: 'PGRpY3QvPg==', ...event },
      },
      null,
      2,
    ),
  )

test("MicroMDM's webhook is read without ids, and its idle polls take the cheap path", () => {
  const answer = readEvent(posted({ status: 'Acknowledged', command_uuid: commandUuid }))
  expect(answer).toMatchObject({ kind: 'acknowledge', enrollmentId, commandUuid })
  const idle = posted({ status: 'Idle' })
  expect(isIdle(readEvent(idle))).toBe(true)
  expect(peekIdle(idle)).toMatchObject({ enrollmentId })
  expect(peekIdle(posted({ status: 'Idle', command_uuid: commandUuid }))).toBeUndefined()
})

test('MicroMDM pushes by itself, and NanoMDM has to be told', async () => {
  const { micromdm, nanomdm } = await serve(200, '{}')
  expect([micromdm.pushesByItself, nanomdm.pushesByItself]).toEqual([true, false])
})

test('a push that the server cuts off is told as that, and never as a push that failed', async () => {
  const { micromdm, nanomdm } = await cutting()
  for (const { push } of [micromdm, nanomdm])
    expect(await push(enrollmentId)).toEqual({
      ok: false,
      reason:
        'the MDM server cut the push off before it had answered (ECONNRESET); the device may have been woken all the same',
    })
})
