import { expect, test } from 'vitest'
import { apiCapture } from './captures.testing'
import { settle, type TransportFailure } from './settle'

const commandUuid = '3E0D31BB-F71C-4C78-9D9D-DE8A549F07E7'
const enrollmentId = '1f8b30b1298498d712bc6868403174ad9b575b39'
const sent = { commandUuid, enrollmentId, requestType: 'ScheduleOSUpdate' } as const

/** A capture, settled as if its first device and its own command had been ours. */
const settleCapture = (name: string) => {
  const { request, response } = apiCapture(name)
  const uuid = /<key>CommandUUID<\/key>\s*<string>([^<]*)/.exec(request.body ?? '')?.[1]
  const device = /\/v1\/enqueue\/([^?,]*)/.exec(request.path)?.[1]
  const answer =
    response.status === null
      ? ({ failed: 'timedOut', detail: response.error ?? '' } as const)
      : { httpStatus: response.status, body: response.body }
  return settle(answer, {
    commandUuid: uuid ?? commandUuid,
    enrollmentId: device ?? enrollmentId,
    requestType: 'ScheduleOSUpdate',
  })
}

test.each([
  ['api-file-03-same-uuid-after-ack', 'queued'],
  ['api-filekv-01-enqueue-nopush', 'queued'],
  ['api-filekv-02-enqueue-no-pushcert', 'queued'],
  ['api-filekv-03-second-before-delivery', 'queued'],
  ['api-filekv-04-unknown-id-nopush', 'queued'],
  ['api-filekv-04-unknown-id-with-push', 'queued'],
  ['api-filekv-14-enqueue-apns-unreachable', 'queued'],
  ['api-filekv-14-enqueue-push-ok', 'queued'],
  ['api-filekv-14-enqueue-single-rejected-by-apns', 'queued'],
  ['api-filekv-16-retry-same-uuid-after-timeout', 'queued'],
  ['api-filekv-16-slow-apns-device-answers-first', 'queued'],
  ['api-pgsql-03-second-before-delivery', 'queued'],
  ['api-filekv-04-empty-id', 'refused'],
  ['api-filekv-10-empty-body', 'refused'],
  ['api-filekv-10-no-commanduuid', 'refused'],
  ['api-filekv-10-not-a-plist', 'refused'],
  ['api-pgsql-04-unknown-id-nopush', 'refused'],
  ['api-pgsql-05-good-and-unknown-nopush', 'refused'],
  ['api-filekv-00-no-credentials', 'notSent'],
  ['api-filekv-00-wrong-api-key', 'notSent'],
  ['api-filekv-00-unknown-endpoint', 'unconfirmed'],
  ['api-filekv-00-version', 'unconfirmed'],
  ['api-filekv-14-pushcert-garbage', 'unconfirmed'],
  ['api-filekv-16-client-gives-up-after-2s', 'unconfirmed'],
])('%s is %s, without an alarm', (name, outcome) => {
  const result = settleCapture(`${name}.json`)
  expect(result.reason).toMatch(/\w/)
  expect(result).toMatchObject({ outcome })
  expect(result.alarm).toBeUndefined()
})

test.each([
  'api-filekv-05-good-and-unknown-with-push',
  'api-filekv-14-enqueue-good-and-unknown-push-ok',
  'api-filekv-14-enqueue-one-of-two-rejected-by-apns',
  'api-filekv-14-enqueue-two-push-ok',
])('%s speaks of a second device: unconfirmed, and an alarm', (name) => {
  expect(settleCapture(`${name}.json`)).toMatchObject({
    outcome: 'unconfirmed',
    alarm: expect.stringContaining('device'),
  })
})

const json = (httpStatus: number, body: object) =>
  settle({ httpStatus, body: JSON.stringify(body) }, sent)
const ours = { command_uuid: commandUuid, request_type: 'ScheduleOSUpdate' }

test('a command_error under the CommandUUID is found: filekv files it there', () => {
  expect(
    json(500, { ...ours, status: { [commandUuid]: { command_error: 'bad key' } } }),
  ).toMatchObject({
    outcome: 'refused',
  })
  const twice = { command_error: `command already exists: ${commandUuid}` }
  expect(json(500, { ...ours, status: { [commandUuid]: twice } })).toMatchObject({
    outcome: 'queued',
    reason: expect.stringContaining('once'),
  })
})

test.each([
  ['another command', { ...ours, command_uuid: 'X' }],
  ['another request type', { ...ours, request_type: 'EraseDevice' }],
  ['another device', { ...ours, status: { other: { push_result: 'x' } } }],
  ['another command that exists', { command_error: 'command already exists: X' }],
])('an answer that names %s is unconfirmed, and an alarm', (_, body) => {
  const result = json(200, body)
  expect(result).toMatchObject({
    outcome: 'unconfirmed',
    alarm: expect.stringMatching(/names|says/),
  })
})

test.each([
  'dial tcp 127.0.0.1:5432: connect: connection refused',
  'pq: the database system is shutting down',
  'driver: bad connection',
  'context deadline exceeded',
  'write db/x: no space left on device',
  'could not commit: unexpected EOF',
])('a command_error of the store itself (%s) is unconfirmed', (command_error) => {
  expect(json(500, { ...ours, command_error })).toMatchObject({ outcome: 'unconfirmed' })
})

test('a plist that NanoMDM cannot decode is refused, whatever words the error quotes', () => {
  const command_error = 'decoding command: parse error: EOF: raw content: commit'
  expect(json(500, { command_error })).toMatchObject({ outcome: 'refused' })
})

test.each([
  ['an empty answer', 200, ''],
  ['a page of a proxy', 200, '<html>502</html>'],
  ['half an answer', 200, '{"command_uuid": "3E0D'],
  ['an array', 200, '[]'],
  ['null', 200, 'null'],
  ['an answer that names nothing', 200, '{"no_push":true}'],
  ['a 500 that names no error', 500, JSON.stringify(ours)],
  ['a 202', 202, JSON.stringify(ours)],
  ['a 404', 404, JSON.stringify(ours)],
  ['a 503', 503, JSON.stringify(ours)],
  ['a wrongly typed field', 200, JSON.stringify({ ...ours, command_error: 1 })],
])('%s is unconfirmed', (_, httpStatus, body) => {
  const result = settle({ httpStatus, body }, sent)
  expect(result).toMatchObject({ outcome: 'unconfirmed', httpStatus, body })
})

test('a redirect is unconfirmed and names where it led', () => {
  const answer = { httpStatus: 307, body: '', location: 'https://elsewhere.example' }
  expect(settle(answer, sent)).toMatchObject({
    outcome: 'unconfirmed',
    reason: expect.stringContaining('https://elsewhere.example'),
  })
})

const outcomes: Record<TransportFailure['failed'], string> = {
  nameNotResolved: 'notSent',
  notConnected: 'notSent',
  tlsFailed: 'notSent',
  timedOut: 'unconfirmed',
  cut: 'unconfirmed',
  tooLarge: 'unconfirmed',
}
test.each(Object.entries(outcomes))('%s is %s', (failed, outcome) => {
  // Object.entries answers string keys; the record above has exactly these.
  const failure = { failed: failed as TransportFailure['failed'], detail: 'reason' }
  expect(settle(failure, sent)).toMatchObject({ outcome })
})
