import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { listCaptures, payloadCapture, webhookCapture } from './captures.testing'
import { isIdle, peekIdle, readEvent } from './event'

const capture = (name: string) => webhookCapture(`webhook-${name}.json`).body
const device = 'b2fcf958b581cd71c044b2cef7c80bcc25ec88e2'

test.each(listCaptures('webhook'))('%s is read, its payload byte for byte', (name) => {
  const event = readEvent(webhookCapture(name).body)
  const payload = payloadCapture(name)
  expect(event).toMatchObject({ ok: true, enrollmentType: 'Device' })
  if (!event.ok || event.kind === 'other') return expect.unreachable()
  expect(Buffer.from(event.rawPayload)).toEqual(payload)
  expect(event.payloadSha256).toBe(createHash('sha256').update(payload).digest('hex'))
})

test('an acknowledgement names device, command, status and the time of the server', () => {
  expect(readEvent(capture('filekv-01-mdm.Connect-Acknowledged'))).toMatchObject({
    kind: 'acknowledge',
    topic: 'mdm.Connect',
    eventId: '46061a57f20e4866',
    createdAt: new Date('2026-11-23T19:43:27.982Z'),
    enrollmentId: device,
    udid: device,
    status: 'Acknowledged',
    commandUuid: '21C7A4EA-5BF6-490A-8B3B-DC79E4D7AC87',
  })
})

test('a check-in has no status, and a TokenUpdate its tally', () => {
  const event = readEvent(capture('filekv-12-tokenupdate-second-tally'))
  expect(event).toMatchObject({ kind: 'checkin', topic: 'mdm.TokenUpdate', tokenUpdateTally: 2 })
  expect(event).not.toHaveProperty('status')
  expect(event).not.toHaveProperty('commandUuid')
})

test.each([null, '2', -1])('a tally of %j loses no TokenUpdate', (tally) => {
  const body: Json = JSON.parse(capture('filekv-12-tokenupdate-second-tally').toString())
  const event = { ...Object(body.checkin_event), token_update_tally: tally }
  expect(readEvent(bytes({ ...body, checkin_event: event }))).toMatchObject({
    kind: 'checkin',
    topic: 'mdm.TokenUpdate',
  })
})

test('the offset of the server is taken into account', () => {
  expect(readEvent(capture('filekv-tokenupdate-server-in-berlin-timezone'))).toMatchObject({
    createdAt: new Date('2026-11-23T19:59:55.149Z'),
  })
})

test('a CommandUUID that is none is kept as it came', () => {
  expect(readEvent(capture('mdmb-MDMB1'))).toMatchObject({
    commandUuid: '5C0E7C7E-0000-4000-8000-0000000MDMB1',
  })
})

test.each(listCaptures('webhook'))('%s is told as an Idle poll only if it is one', (name) => {
  const { body } = webhookCapture(name)
  const idle = name.includes('Idle')
  expect(isIdle(readEvent(body))).toBe(idle)
  expect(peekIdle(body) !== undefined).toBe(idle)
})

test('the cheap path tells who polled and when', () => {
  expect(peekIdle(capture('filekv-01-mdm.Connect-Idle'))).toEqual({
    enrollmentId: device,
    createdAt: new Date('2026-11-23T19:43:27.577Z'),
  })
})

type Json = Record<string, unknown>
const idle: Json = JSON.parse(capture('filekv-01-mdm.Connect-Idle').toString())
const acknowledged: Json = JSON.parse(capture('filekv-01-mdm.Connect-Acknowledged').toString())
const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const changed = (event: Json, change: Json) =>
  bytes({ ...event, acknowledge_event: { ...Object(event.acknowledge_event), ...change } })

test('an Idle that reports on a command, or is large, takes the whole way', () => {
  expect(peekIdle(changed(idle, { command_uuid: 'x' }))).toBeUndefined()
  expect(isIdle(readEvent(changed(idle, { command_uuid: 'x' })))).toBe(false)
  expect(peekIdle(changed(idle, { raw_payload: 'A'.repeat(4000) }))).toBeUndefined()
  expect(peekIdle(bytes({ ...idle, created_at: 'yesterday' }))).toBeUndefined()
})

test.each(['<key>User&#73;D</key>', '<key>User<!-- -->ID</key>', '<key>User<![CDATA[ID]]></key>'])(
  'an Idle with %s takes the whole way: it may be a user’s',
  (key) => {
    const raw = Buffer.from(`<plist><dict>${key}<string>U</string></dict></plist>`)
    expect(peekIdle(changed(idle, { raw_payload: raw.toString('base64') }))).toBeUndefined()
  },
)

test('a topic nobody knows is kept as such', () => {
  expect(readEvent(bytes({ ...idle, topic: 'mdm.Future' }))).toEqual({
    ok: true,
    kind: 'other',
    topic: 'mdm.Future',
    eventId: idle.event_id,
    createdAt: new Date('2026-11-23T19:43:27.577Z'),
  })
})

test('an event without ids (MicroMDM) is taken by its enrollment ID or UDID', () => {
  expect(readEvent(changed(idle, { ids: undefined }))).toMatchObject({ enrollmentId: device })
  const byBoth = changed(idle, { ids: undefined, enrollment_id: 'E' })
  expect(readEvent(byBoth)).toMatchObject({ ok: true, enrollmentId: 'E' })
  const byNone = changed(idle, { ids: undefined, udid: undefined })
  expect(readEvent(byNone)).toMatchObject({ ok: false })
})

const good = String(Object(acknowledged.acknowledge_event).raw_payload)
const text = (body: string) => new TextEncoder().encode(body)
test.each([
  ['nothing', new Uint8Array()],
  ['a word', text('hello')],
  ['null', text('null')],
  ['an array', text('[]')],
  ['half a body', capture('filekv-01-mdm.Connect-Idle').subarray(0, 300)],
  ['a byte order mark', Buffer.concat([Buffer.from('\uFEFF'), bytes(idle)])],
  ['UTF-16', Buffer.from(JSON.stringify(idle), 'utf16le')],
  ['broken UTF-8', Buffer.concat([bytes(idle).subarray(0, 40), Buffer.of(0xff)])],
  ['no topic', bytes({ ...idle, topic: undefined })],
  ['no event', bytes({ ...idle, acknowledge_event: undefined })],
  ['an event of the other kind', bytes({ ...idle, topic: 'mdm.TokenUpdate' })],
  ['a number for a status', changed(acknowledged, { status: 1 })],
  ['NUL in an ID', changed(acknowledged, { ids: { id: 'a\u0000' } })],
  ['a lone surrogate in an ID', changed(acknowledged, { ids: { id: 'a\uD800' } })],
])('%s is no event, and the reason is told', (_, body) => {
  expect(readEvent(body)).toEqual({ ok: false, reason: expect.stringMatching(/\w/) })
  expect(peekIdle(body)).toBeUndefined()
})

test.each([
  ['no time', bytes({ ...acknowledged, created_at: undefined })],
  ['a time without an offset', bytes({ ...acknowledged, created_at: '2026-11-23T19:43:27' })],
  ['a day that is none', bytes({ ...acknowledged, created_at: '2026-02-31T19:43:27Z' })],
])('an answer with %s is an answer all the same', (_, body) => {
  const event = readEvent(body)
  expect(event).toMatchObject({ ok: true, status: 'Acknowledged', enrollmentId: device })
  expect(event).not.toHaveProperty('createdAt')
})

test.each([
  ['cut base64', good.slice(0, -3)],
  ['base64url', '-_-_'],
  ['blanks in base64', ` ${good}`],
  ['no payload', ''],
  ['a number for a payload', 5],
])('an answer with %s still says which command was answered, and why it has no body', (_, raw) => {
  expect(readEvent(changed(acknowledged, { raw_payload: raw }))).toMatchObject({
    ok: true,
    status: 'Acknowledged',
    commandUuid: Object(acknowledged.acknowledge_event).command_uuid,
    payloadProblem: expect.stringMatching(/raw_payload/),
  })
})
