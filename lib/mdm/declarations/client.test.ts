import { afterEach, expect, test } from 'vitest'
import { createDeclarationServer } from './client'
import { captured, closeAll, type Exchange, replay, serve } from './replay.testing'

afterEach(closeAll)

const udid = '5b56a1e6df74f60a3b0e249ad94045bed542901c'
const client = (url: string, place: 'beside' | 'builtIn' = 'beside', timeoutMs = 2000) =>
  createDeclarationServer(place, { url, apiKey: 'the-key', timeoutMs })
const basic = (user: string) => `Basic ${Buffer.from(`${user}:the-key`).toString('base64')}`

/** A captured answer to another path, where the program answers every path alike. */
const at = (path: string, { request, response }: Exchange): Exchange => ({
  request: { ...request, method: 'GET', path },
  response,
})
const keyPath = (base: string) => `${base}/enrollment-sets/oneway-check-of-the-api-key`

test('the version is read without changing anything', async () => {
  const { url, seen } = await replay([captured('kmfddm-01-version')])
  expect(await client(url).version()).toEqual({ ok: true, version: 'unknown' })
  expect(seen).toMatchObject([{ method: 'GET', path: '/version' }])
})

test.each([
  ['beside', 'kmfddm', '/v1', 'kmfddm-09-enrollment-sets-empty', 'yes', /showed the sets/],
  ['beside', 'kmfddm', '/v1', 'kmfddm-03-wrong-key', 'no', /refused \(401\)/],
  ['beside', 'kmfddm', '/v1', 'kmfddm-x-no-api-key-server', 'unknown', /no API of KMFDDM/],
  [
    'builtIn',
    'nanohub',
    '/api/v1/ddm',
    'kmfddm-09-enrollment-sets-empty',
    'yes',
    /showed the sets/,
  ],
  ['builtIn', 'nanohub', '/api/v1/ddm', 'nanohub-02-no-credentials', 'no', /refused \(401\)/],
] as const)(
  '%s: the key of %s at %s with %s: %s',
  async (place, user, base, name, found, words) => {
    const { url, seen } = await replay([at(keyPath(base), captured(name))])
    expect(await client(url, place).tryKey()).toEqual({
      found,
      reason: expect.stringMatching(words),
    })
    expect(seen).toEqual([
      { method: 'GET', path: keyPath(base), authorization: basic(user), body: '' },
    ])
  },
)

test('what a device is to have is read whoever put it there, with the type of each declaration', async () => {
  const enforcement = captured('kmfddm-31-get-enforcement')
  const { url, seen } = await replay([
    captured('kmfddm-42-get-enrollment-sets'),
    captured('kmfddm-38-get-set-declarations'),
    at('/v1/declarations/lab.oneway.t-17.activate', captured('kmfddm-10-declaration-unknown')),
    enforcement,
  ])
  expect(await client(url).sets(udid)).toEqual({
    ok: true,
    attached: ['oneway-t-17'],
    sets: [
      {
        set: 'oneway-t-17',
        declarations: [
          { identifier: 'lab.oneway.t-17.activate', aboutUpdates: false },
          {
            identifier: 'lab.oneway.t-17.enforce',
            type: 'com.apple.configuration.softwareupdate.enforcement.specific',
            aboutUpdates: true,
          },
        ],
      },
    ],
    leftOut: 0,
  })
  expect(seen.every(({ method, body }) => method === 'GET' && body === '')).toBe(true)
})

test('null is an empty list, and the paths of a NanoHUB are its own', async () => {
  const empty = await replay([captured('kmfddm-09-enrollment-sets-empty')])
  expect(await client(empty.url).sets(udid)).toEqual({
    ok: true,
    attached: [],
    sets: [],
    leftOut: 0,
  })
  const { url } = await replay([
    captured('nanohub-42-get-enrollment-sets'),
    at('/api/v1/ddm/set-declarations/oneway-t-17', captured('kmfddm-x-set-missing-get')),
  ])
  expect(await client(url, 'builtIn').sets(udid)).toEqual({
    ok: true,
    attached: ['oneway-t-17'],
    sets: [{ set: 'oneway-t-17', declarations: [] }],
    leftOut: 0,
  })
})

test('names of strangers are written into a path so that they cannot leave it', async () => {
  const list = captured('kmfddm-42-get-enrollment-sets')
  const odd = { ...list, response: { ...list.response, body: '["a/b?c#d", ".."]' } }
  const slash = captured('kmfddm-x-identifier-with-slash-get')
  const members = { ...list.response, body: '["a/b"]' }
  const { url, seen } = await replay([
    odd,
    { request: { ...list.request, path: '/v1/set-declarations/a%2Fb%3Fc%23d' }, response: members },
    slash,
    at('/v1/set-declarations/..', captured('kmfddm-x-set-missing-get')),
  ])
  expect(await client(url).sets(udid)).toEqual({
    ok: true,
    attached: ['a/b?c#d', '..'],
    sets: [
      { set: 'a/b?c#d', declarations: [{ identifier: 'a/b', aboutUpdates: false }] },
      { set: '..', declarations: [] },
    ],
    leftOut: 0,
  })
  expect(seen.map(({ path }) => path)).toContain('/v1/declarations/a%2Fb')
})

test('more sets than are looked into are counted, not hidden', async () => {
  const many = JSON.stringify(Array.from({ length: 25 }, (_, n) => `set-${n}`))
  const url = await serve((request, response) => {
    response.end(request.url?.includes('enrollment-sets') ? many : 'null')
  })
  expect(await client(url).sets(udid)).toMatchObject({ ok: true, leftOut: 5 })
})

test.each([
  ['a page of a proxy', '<html>not here</html>', /not one of KMFDDM's API/],
  ['JSON of another shape', '{"sets":[]}', /not one of KMFDDM's API/],
  ['numbers for names', '[1,2]', /not one of KMFDDM's API/],
  ['an empty body', '', /not one of KMFDDM's API/],
])('%s is not taken for an empty list', async (_what, body, reason) => {
  const url = await serve((_request, response) => response.end(body))
  expect(await client(url).sets(udid)).toEqual({
    ok: false,
    reason: expect.stringMatching(reason),
  })
})

test('a redirect is not followed', async () => {
  const asked: unknown[] = []
  const url = await serve((request, response) => {
    asked.push(request.url)
    response.writeHead(302, { Location: 'http://127.0.0.1:1/elsewhere' }).end()
  })
  expect(await client(url).sets(udid)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('redirects to http://127.0.0.1:1/elsewhere (302)'),
  })
  expect(asked).toHaveLength(1)
})

test('an endless answer ends at its limit, and a silent server at the time limit', async () => {
  const endless = await serve((_request, response) => {
    const write = () => {
      if (!response.destroyed && response.write('['.repeat(64 * 1024))) setImmediate(write)
      else response.once('drain', write)
    }
    write()
  })
  expect(await client(endless).sets(udid)).toMatchObject({
    ok: false,
    reason: expect.stringContaining('larger than'),
  })
  const silent = await serve(() => undefined)
  expect(await client(silent, 'beside', 200).sets(udid)).toEqual({
    ok: false,
    reason: expect.stringContaining('KMFDDM did not answer in time'),
    noAnswer: true,
  })
})

test('a cut connection and a closed port are no answer', async () => {
  const cut = await serve((request) => request.socket.destroy())
  expect(await client(cut).sets(udid)).toMatchObject({ ok: false, noAnswer: true })
  await closeAll()
  expect(await client(cut).version()).toMatchObject({
    ok: false,
    reason: expect.stringContaining('no connection to KMFDDM could be made'),
    noAnswer: true,
  })
})

test.each(['', 'a,b', 'dev:user', '../x'])('nothing is asked about the device "%s"', async (id) => {
  const { url, seen } = await replay([])
  expect(await client(url).sets(id)).toMatchObject({ ok: false })
  expect(seen).toEqual([])
})

test('the address is guarded as the one of an MDM server', () => {
  for (const url of ['http://ddm.example', 'https://169.254.169.254', 'https://u:p@ddm.example'])
    expect(() => client(url)).toThrow()
})
