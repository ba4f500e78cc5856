import { buildBinary } from 'plist'
import { expect, test } from 'vitest'
import { apiCapture } from '@/lib/mdm/captures.testing'
import type { ApiRequest } from './http-exchange'
import { answerNanomdm } from './nanomdm-api'
import { listQueue, storeAuthenticate } from './nanomdm-store'
import type { ServerChange } from './server-habits'
import { commandPlist, labOnBench } from './testing'

const apiKey = 'lab-api-key'
const basic = (key: string) => `Basic ${Buffer.from(`nanomdm:${key}`).toString('base64')}`

const request = (
  path: string,
  body: string | Buffer = '',
  rest: Partial<ApiRequest> = {},
): ApiRequest => {
  const [at = '', query = ''] = path.split('?')
  return {
    method: 'PUT',
    path: at,
    query: new URLSearchParams(query),
    authorization: basic(apiKey),
    body: Buffer.from(body),
    ...rest,
  }
}

/** Replays a captured call against a lab that knows the ids it was captured with. */
const replay = (name: string, known: string[] = [], times = 1, habits: ServerChange = {}) => {
  const { lab } = labOnBench()
  lab.setServer(habits)
  const state = lab.state()
  for (const id of known) state.store = storeAuthenticate(state.store, id)
  const captured = apiCapture(name)
  const { method, path, body } = captured.request
  const keys: Record<string, Partial<ApiRequest>> = {
    'api-filekv-00-no-credentials.json': { authorization: undefined },
    'api-filekv-00-wrong-api-key.json': { authorization: basic('wrong') },
  }
  const call = () =>
    answerNanomdm(lab, apiKey, request(path, body ?? '', { method, ...keys[name] }))
  for (let extra = 1; extra < times; extra++) call()
  const answered = call()
  const apnsIds = /("push_result": ")[-0-9A-F]{36}"/g
  const masked = (text: string) => text.replace(apnsIds, '$1…"')
  expect({ status: answered.status, body: masked(answered.body) }).toEqual({
    status: captured.response.status,
    body: masked(captured.response.body),
  })
  return answered
}

test.each<[string, string[]?, number?]>([
  ['api-filekv-00-version.json'],
  ['api-filekv-00-no-credentials.json'],
  ['api-filekv-00-wrong-api-key.json'],
  ['api-filekv-00-unknown-endpoint.json'],
  ['api-filekv-01-enqueue-nopush.json', ['b2fcf958b581cd71c044b2cef7c80bcc25ec88e2']],
  ['api-filekv-02-push-unknown-id.json'],
  ['api-pgsql-03-second-before-delivery.json', ['1f8b30b1298498d712bc6868403174ad9b575b39'], 2],
  ['api-filekv-04-empty-id.json'],
  ['api-pgsql-04-unknown-id-nopush.json'],
  [
    'api-filekv-05-two-good-nopush.json',
    ['72f1b6087b92142279d23e7259e54e3ff884a711', 'e2845ee94814d582dffeabd67691e4a674697946'],
  ],
  ['api-pgsql-05-good-and-unknown-nopush.json', ['72f1b6087b92142279d23e7259e54e3ff884a711']],
  ['api-filekv-10-empty-body.json'],
  ['api-filekv-10-no-commanduuid.json'],
  ['api-filekv-10-not-a-plist.json'],
  ['api-filekv-14-enqueue-push-ok.json', ['af7ddc4f85f9b8fbf1d763d2c8d5751a99b4c71c']],
  ['api-filekv-14-push-only-ok.json', ['af7ddc4f85f9b8fbf1d763d2c8d5751a99b4c71c']],
  [
    'api-filekv-14-enqueue-two-push-ok.json',
    ['3130fc9e26c7dcb20995d08fbc5bbd56af90b60a', 'af7ddc4f85f9b8fbf1d763d2c8d5751a99b4c71c'],
  ],
])('answers byte for byte as %s', (name, known, times) => {
  replay(name, known, times)
})

const onFilekv = { storage: 'filekv' } as const
const refusedId = '3130fc9e26c7dcb20995d08fbc5bbd56af90b60a'

test.each<[string, ServerChange, string[]?, number?]>([
  [
    'api-filekv-02-enqueue-no-pushcert.json',
    { ...onFilekv, push: 'noCertificate' },
    ['abef7f8b4133f160fb370468cd5d6073c08730c0'],
  ],
  [
    'api-filekv-03-second-before-delivery.json',
    onFilekv,
    ['1f8b30b1298498d712bc6868403174ad9b575b39'],
    2,
  ],
  ['api-filekv-04-unknown-id-nopush.json', onFilekv],
  ['api-filekv-04-unknown-id-with-push.json', onFilekv],
  [
    'api-filekv-05-good-and-unknown-with-push.json',
    { ...onFilekv, push: 'noCertificate' },
    ['72f1b6087b92142279d23e7259e54e3ff884a711'],
  ],
  [
    'api-filekv-14-enqueue-good-and-unknown-push-ok.json',
    onFilekv,
    ['af7ddc4f85f9b8fbf1d763d2c8d5751a99b4c71c'],
  ],
  [
    'api-filekv-14-enqueue-single-rejected-by-apns.json',
    { ...onFilekv, push: 'unregistered' },
    [refusedId],
  ],
  [
    'api-filekv-16-retry-same-uuid-after-timeout.json',
    onFilekv,
    ['b2fcf958b581cd71c044b2cef7c80bcc25ec88e2'],
    2,
  ],
])('with its habits answers byte for byte as %s', (name, habits, known, times) => {
  replay(name, known, times, habits)
})

test('plain text errors carry the headers of Go, JSON answers their type', () => {
  expect(replay('api-filekv-00-no-credentials.json').headers).toEqual({
    'Content-Type': 'text/plain; charset=utf-8',
    'Www-Authenticate': 'Basic realm="nanomdm"',
    'X-Content-Type-Options': 'nosniff',
  })
  expect(replay('api-filekv-10-empty-body.json').headers).toEqual({
    'Content-Type': 'application/json',
  })
})

const bench = () => {
  const made = labOnBench()
  const id = made.idOf('B-01')
  const put = (path: string, body?: string | Buffer, rest?: Partial<ApiRequest>) => {
    const {
      status,
      body: text,
      headers,
    } = answerNanomdm(made.lab, apiKey, request(path, body, rest))
    const isJson = headers['Content-Type'] === 'application/json'
    return { status, headers, json: isJson ? JSON.parse(text) : text }
  }
  const queued = () => listQueue(made.lab.state().store, id).map(({ commandUuid }) => commandUuid)
  return { ...made, id, put, queued }
}

test('one bad id voids the whole call, so nobody gets the command', () => {
  const { put, queued, id } = bench()
  const body = commandPlist('one', 'SecurityInfo')
  expect(put(`/v1/enqueue/${id},nobody?nopush=1`, body).status).toBe(500)
  expect(queued()).toEqual([])
  expect(put(`/v1/enqueue/${id}?nopush=1`, body).status).toBe(200)
  expect(queued()).toEqual(['one'])
})

test('a push that reaches only some ids is 207', () => {
  const { put, id } = bench()
  expect(put(`/v1/push/${id},nobody`)).toMatchObject({
    status: 207,
    json: { status: { nobody: { push_error: 'push data missing for id' } } },
  })
})

test.each(['PUT', 'POST', 'DELETE'])('%s enqueues', (method) => {
  const { put, queued, id } = bench()
  const body = commandPlist('one', 'SecurityInfo')
  expect(put(`/v1/enqueue/${id}?nopush=1`, body, { method }).status).toBe(200)
  expect(queued()).toEqual(['one'])
})

test.each([
  ['?nopush=1', true],
  ['?nopush=0', true],
  ['?nopush=', undefined],
  ['', undefined],
])('%s suppresses the push: %s', (query, noPush) => {
  const { put, id } = bench()
  const { json } = put(`/v1/enqueue/${id}${query}`, commandPlist('one', 'SecurityInfo'))
  expect(json.no_push).toBe(noPush)
  expect(json.status === undefined).toBe(noPush === true)
})

test('a CommandUUID is taken once and for ever, also after its answer and for another device', () => {
  const { put, id, lab, idOf } = bench()
  const body = commandPlist('one', 'SecurityInfo')
  put(`/v1/enqueue/${id}?nopush=1`, body)
  lab.act(id, 'poll', undefined)
  expect(put(`/v1/enqueue/${idOf('B-02')}?nopush=1`, body)).toMatchObject({
    status: 500,
    json: { command_error: expect.stringContaining('commands_pkey') },
  })
})

test('what the database would not take is a command_error', () => {
  const { put, id, queued } = bench()
  const binary = Buffer.concat([Buffer.from('bplist00'), Buffer.from([0xd2, 0x01])])
  const refused = (body: string | Buffer, path = id) =>
    put(`/v1/enqueue/${path}?nopush=1`, body).json.command_error
  expect(refused(commandPlist('x'.repeat(128), 'SecurityInfo'))).toContain('varying(127)')
  expect(refused(commandPlist('one', 'SecurityInfo'), `${id},${id}`)).toContain('queue_pkey')
  expect(refused(binary)).toContain('decoding command: parse error')
  expect(refused('{"CommandUUID":"one"}')).toContain('decoding command: parse error')
  expect(queued()).toEqual([])
})

test('a binary plist command is refused in the words of PostgreSQL', () => {
  const { put, id } = bench()
  // The keys in the order of the captured command, so that the bad bytes are the same.
  const body = buildBinary({ Command: { RequestType: 'SecurityInfo' }, CommandUUID: 'one' })
  expect(put(`/v1/enqueue/${id}?nopush=1`, Buffer.from(body)).json).toEqual({
    no_push: true,
    command_error: 'pq: invalid byte sequence for encoding "UTF8": 0xd2 0x01',
    command_uuid: 'one',
    request_type: 'SecurityInfo',
  })
})

test('a path without its last slash is redirected, as Go does', () => {
  const { put } = bench()
  expect(put('/v1/enqueue')).toMatchObject({ status: 301, headers: { Location: '/v1/enqueue/' } })
})

test.each<[ServerChange, number, object]>([
  [{ push: 'noCertificate' }, 500, { push_error: expect.stringContaining('no rows') }],
  [{ push: 'unreachable' }, 500, {}],
  [{ push: 'unregistered' }, 500, {}],
])('pushes that fail (%j) answer %d, and the command is queued', (habits, status, reported) => {
  const { put, queued, id, lab } = bench()
  lab.setServer(habits)
  const { status: answered, json } = put(`/v1/enqueue/${id}`, commandPlist('one', 'SecurityInfo'))
  expect(answered).toBe(status)
  expect(json).toMatchObject({ command_uuid: 'one', ...reported })
  expect(json).not.toHaveProperty('command_error')
  expect(queued()).toEqual(['one'])
})

test('a queue that cannot be written: filekv files it under the CommandUUID, pgsql over the call', () => {
  const { put, queued, id, lab } = bench()
  const body = commandPlist('one', 'SecurityInfo')
  lab.setServer({ queueFails: true })
  expect(put(`/v1/enqueue/${id}?nopush=1`, body)).toMatchObject({
    status: 500,
    json: { command_error: expect.stringContaining('No space left') },
  })
  expect(put(`/v1/enqueue/${id}?nopush=1`, body).json.command_error).toContain('No space left')
  lab.setServer({ storage: 'filekv' })
  const onKv = put(`/v1/enqueue/${id}?nopush=1`, body)
  expect(onKv).toMatchObject({ status: 500, json: { status: { one: {} } } })
  expect(onKv.json).not.toHaveProperty('command_error')
  expect(onKv.json.status.one.command_error).toContain('enqueue for one')
  // Taken all the same, and queued for nobody.
  lab.setServer({ queueFails: false })
  expect(put(`/v1/enqueue/${id}?nopush=1`, body).json.command_error).toContain('already exists')
  expect(queued()).toEqual([])
})

test('filekv takes a binary command, and the device reads it', () => {
  const { put, id, lab } = bench()
  lab.setServer({ storage: 'filekv' })
  const body = buildBinary({ Command: { RequestType: 'SecurityInfo' }, CommandUUID: 'one' })
  expect(put(`/v1/enqueue/${id}?nopush=1`, Buffer.from(body)).status).toBe(200)
  lab.act(id, 'poll', undefined)
  expect(lab.state().devices[id]?.deliveries).toEqual({ one: 1 })
})
