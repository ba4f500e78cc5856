import { afterEach, expect, test } from 'vitest'
import { buildEnforcement } from './build-enforcement'
import { createDeclarationServer } from './client'
import type { Enforcement } from './declaration-server'
import {
  captured,
  closeAll,
  type Exchange,
  name,
  order,
  renamed,
  replay,
  serve,
  udid,
} from './replay.testing'

afterEach(closeAll)

/** With the keys of its payload in the order of the capture, which the server keeps. */
const ordered = (bytes: Uint8Array) =>
  Buffer.from(
    JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), [
      ...['Type', 'Identifier', 'Payload', 'StandardConfigurations'],
      ...['TargetOSVersion', 'TargetBuildVersion', 'TargetLocalDateTime', 'DetailsURL'],
    ]),
  )
const built = buildEnforcement(order)
const enforcement: Enforcement = {
  ...{ enrollmentId: udid, ...built },
  configuration: { ...built.configuration, json: ordered(built.configuration.json) },
}
const client = (url: string) =>
  createDeclarationServer('beside', { url, apiKey: 'the-key', timeoutMs: 2000 })
const of = (capture: string) => renamed(captured(capture), name)
const get = (path: string, { request, response }: Exchange, body = response.body): Exchange => ({
  request: { ...request, method: 'GET', path: `/v1${path}`, body: null },
  response: { ...response, body },
})

const held = of('kmfddm-31-get-enforcement')
const absent = (identifier: string) =>
  get(`/declarations/${identifier}`, captured('kmfddm-10-declaration-unknown'))
const activation = get(
  `/declarations/${name}.activate`,
  held,
  JSON.stringify({
    ...JSON.parse(Buffer.from(built.activation.json).toString()),
    ServerToken: 'b7',
  }),
)
const members = of('kmfddm-38-get-set-declarations')
const attached = of('kmfddm-42-get-enrollment-sets')

test('all that the steps have written is read back, with the token of each declaration', async () => {
  const { url } = await replay([held, activation, members, attached, members, activation, held])
  expect(await client(url).read(enforcement)).toEqual({
    ...{ ok: true, at: expect.any(Date), attached: true, otherSets: [], foreignUpdates: [] },
    configuration: { is: 'same', serverToken: '2869d2176c11d552', body: held.response.body },
    activation: { is: 'same', serverToken: 'b7', body: activation.response.body },
    inSet: { configuration: true, activation: true, others: [] },
    leftOut: 0,
  })
})

test('nothing there is read as nothing, and only where the server says so', async () => {
  const empty = captured('kmfddm-09-enrollment-sets-empty')
  const nothing = [
    absent(`${name}.enforce`),
    absent(`${name}.activate`),
    get(`/set-declarations/${name}`, captured('kmfddm-x-set-missing-get')),
    empty,
  ]
  const { url } = await replay(nothing)
  expect(await client(url).read(enforcement)).toMatchObject({
    ...{ ok: true, attached: false, otherSets: [], leftOut: 0 },
    ...{ configuration: { is: 'absent' }, activation: { is: 'absent' } },
    inSet: { configuration: false, activation: false, others: [] },
  })
  const wrongPath = get(`/declarations/${name}.enforce`, captured('kmfddm-05-unknown-path'))
  const elsewhere = await replay([wrongPath, ...nothing.slice(1)])
  expect(await client(elsewhere.url).read(enforcement)).toEqual({
    ...{ ok: false, reason: expect.stringContaining('no API of KMFDDM') },
  })
})

test.each([
  ['another time', '2027-01-15T09:00:00', '2027-01-16T09:00:00'],
  ['a key less', '"TargetOSVersion": "18.2",', ''],
  ['another type', 'enforcement.specific', 'settings'],
])('%s is another declaration', async (_what, from, to) => {
  const changed = { ...held.response, body: held.response.body.replace(from, to) }
  expect(changed.body).not.toBe(held.response.body)
  const { url } = await replay([
    { ...held, response: changed },
    ...[activation, members, attached, members, activation, held],
  ])
  expect(await client(url).read(enforcement)).toMatchObject({ configuration: { is: 'other' } })
})

test('the same values in another order of keys are other bytes to the server', async () => {
  const { url } = await replay([held, activation, members, attached, members, activation, held])
  const sorted = { ...enforcement, configuration: built.configuration }
  expect(await client(url).read(sorted)).toMatchObject({
    ...{ configuration: { is: 'other' }, activation: { is: 'same' } },
  })
})

test('what strangers have for this device is named, and their software updates by themselves', async () => {
  const foreign = get('/declarations/com.acme.update', held)
  const { url } = await replay([
    ...[held, activation],
    get(`/set-declarations/${name}`, members, `["${name}.enforce","com.acme.wifi"]`),
    get(`/enrollment-sets/${udid}`, attached, `["acme","${name}"]`),
    get('/set-declarations/acme', members, '["com.acme.update","com.acme.wifi"]'),
    foreign,
    get('/declarations/com.acme.wifi', held, '{"Type":"com.apple.configuration.legacy"}'),
    get(`/set-declarations/${name}`, members, `["${name}.enforce","com.acme.wifi"]`),
    held,
  ])
  expect(await client(url).read(enforcement)).toMatchObject({
    inSet: { configuration: true, activation: false, others: ['com.acme.wifi'] },
    attached: true,
    otherSets: [{ set: 'acme', declarations: [{}, { type: 'com.apple.configuration.legacy' }] }],
    foreignUpdates: ['com.acme.update'],
  })
})

test('one request that fails leaves nothing claimed', async () => {
  const url = await serve((request, response) => {
    if (request.url?.includes('set-declarations')) response.writeHead(502).end('<html></html>')
    else response.writeHead(404).end('{"error":"declaration not found: x"}\n')
  })
  expect(await client(url).read(enforcement)).toEqual({
    ...{ ok: false, reason: expect.stringContaining('(502)') },
  })
})

const withPath = (capture: string, index: number): Exchange => {
  const { request, response } = captured(capture)
  return {
    request: { ...request, path: `/v1/status-report/${udid}?index=${index}` },
    response,
  }
}

test('a report is read by its number, with its bytes, its ID and its time', async () => {
  const newest = captured('kmfddm-x-status-report-index-0')
  const { url, seen } = await replay([newest])
  expect(await client(url).statusReport(udid, 0)).toEqual({
    ...{ status: 'read', id: '609d9bda9c2fd6d7', at: new Date('2026-11-28T12:38:01Z') },
    bytes: Buffer.from(newest.response.body),
  })
  expect(seen).toMatchObject([{ method: 'GET', path: `/v1/status-report/${udid}?index=0` }])
})

test.each([
  ['kmfddm-65-status-report-index-9', 'none'],
  ['kmfddm-x-status-report-unknown-device', 'none'],
  ['kmfddm-63-status-report-latest', 'unread'],
  ['kmfddm-03-wrong-key', 'unread'],
  ['kmfddm-x-no-api-key-server', 'unread'],
])('%s is %s', async (capture, status) => {
  const { url } = await replay([withPath(capture, 9)])
  expect(await client(url).statusReport(udid, 9)).toMatchObject({ status })
})

test('a report of 5 MB that is no JSON comes as it is; a larger one, a page and an odd number do not', async () => {
  const bytes = Buffer.alloc(5 * 1024 * 1024, 0xff)
  const large = await serve((request, response) => {
    response.writeHead(200, { 'X-Status-Report-Id': 'a1' })
    response.end(request.url?.endsWith('=1') ? Buffer.concat([bytes, bytes]) : bytes)
  })
  const report = await client(large).statusReport(udid, 0)
  expect(report.status === 'read' && Buffer.from(report.bytes).equals(bytes)).toBe(true)
  expect(await client(large).statusReport(udid, 1)).toMatchObject({ status: 'unread' })
  const page = await serve((_request, response) => response.end('<html></html>'))
  expect(await client(page).statusReport(udid, 0)).toMatchObject({ status: 'unread' })
  for (const index of [-1, 0.5, Number.NaN])
    expect(await client(page).statusReport(udid, index)).toMatchObject({ status: 'unread' })
})

test('what a hostile server names can be stored, and a list with an endless name is none', async () => {
  const list = (path: string, body: string) =>
    get(path, captured('kmfddm-09-enrollment-sets-empty'), body)
  const odd = '["a\\u0000b\\ud800"]'
  const set = encodeURIComponent('a\uFFFDb\uFFFD')
  const hostile = [
    list(`/enrollment-sets/${udid}`, odd),
    list(`/set-declarations/${set}`, odd),
    absent(set),
  ]
  const { url } = await replay(hostile)
  const declarations = [{ identifier: 'a\uFFFDb\uFFFD', aboutUpdates: false }]
  expect(await client(url).sets(udid)).toMatchObject({
    ok: true,
    sets: [{ set: 'a\uFFFDb\uFFFD', declarations }],
  })
  const endless = await replay([
    list(`/enrollment-sets/${udid}`, JSON.stringify(['x'.repeat(1001)])),
  ])
  expect(await client(endless.url).sets(udid)).toMatchObject({ ok: false })
  const error = JSON.stringify({ error: `no\0\ud800${'x'.repeat(5000)}` })
  const fails = await replay([list(`/enrollment-sets/${udid}`, error)])
  const { reason } = (await client(fails.url).sets(udid)) as { reason: string }
  expect(reason).not.toMatch(/[\0\ud800]/u)
  expect(reason.length).toBeLessThan(1100)
})
