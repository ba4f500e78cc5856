import { afterEach, expect, test } from 'vitest'
import { pairAttachSteps, pairRemovalSteps } from '@/lib/domain/trial/declaration-step'
import { buildEnforcement } from './build-enforcement'
import { createDeclarationServer } from './client'
import {
  type DeclarationStep,
  type Enforcement,
  enforcementSteps,
  withdrawalSteps,
} from './declaration-server'
import { captured, closeAll, name, order, renamed, replay, serve, udid } from './replay.testing'

afterEach(closeAll)

const built = buildEnforcement(order)
const enforcement: Enforcement = { enrollmentId: udid, ...built }
const client = (url: string, place: 'beside' | 'builtIn' = 'beside', timeoutMs = 2000) =>
  createDeclarationServer(place, { url, apiKey: 'the-key', timeoutMs })
const exchanges = (...names: string[]) => names.map((one) => renamed(captured(one), name))

/** Takes steps at a server with these captured answers; the outcome of each, and what was asked. */
async function takeAll(steps: readonly DeclarationStep[], ...names: string[]) {
  const { url, seen } = await replay(exchanges(...names))
  const answers = []
  for (const step of steps) answers.push(await client(url).step(step, enforcement))
  return { outcomes: answers.map(({ outcome }) => outcome), answers, seen }
}

test('an enforcement without a subscription is five requests, quiet until the last, with the bytes as stored', async () => {
  const { outcomes, seen } = await takeAll(
    pairAttachSteps,
    ...['kmfddm-29-put-enforcement', 'kmfddm-34-put-activation', 'kmfddm-35-put-set-enforcement'],
    ...['kmfddm-37-put-set-activation', 'kmfddm-40-put-enrollment-set'],
  )
  expect(outcomes).toEqual(['done', 'done', 'done', 'done', 'done'])
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    'PUT /v1/declarations?nonotify=1',
    'PUT /v1/declarations?nonotify=1',
    `PUT /v1/set-declarations/${name}?declaration=${name}.enforce&nonotify=1`,
    `PUT /v1/set-declarations/${name}?declaration=${name}.activate&nonotify=1`,
    `PUT /v1/enrollment-sets/${udid}?set=${name}`,
  ])
  expect(seen.map(({ body }) => body)).toEqual([
    Buffer.from(built.configuration.json).toString(),
    Buffer.from(built.activation.json).toString(),
    ...['', '', ''],
  ])
})

/** Takes steps with a status subscription in the set at a server that says 204; what it was asked. */
async function takeSubscribed(steps: readonly DeclarationStep[], one = subscribed) {
  const seen: string[] = []
  const url = await serve(async (request, answer) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    seen.push(`${request.method} ${request.url} ${Buffer.concat(chunks)}`.trim())
    answer.writeHead(204).end()
  })
  const outcomes = []
  for (const step of steps) outcomes.push((await client(url).step(step, one)).outcome)
  return { outcomes, seen }
}
const { subscription, ...more } = buildEnforcement({ ...order, items: ['softwareupdate.x'] })
const subscribed: Enforcement = {
  ...{ enrollmentId: udid, ...more },
  ...(subscription && { subscription }),
}

test('a status subscription and its activation are put and added before the set is attached, quietly', async () => {
  const { seen } = await takeSubscribed(enforcementSteps)
  const text = (json: Uint8Array | undefined) => Buffer.from(json ?? []).toString()
  const parts = ['enforce', 'activate', 'subscribe', 'activate-subscription']
  expect(seen).toEqual([
    `PUT /v1/declarations?nonotify=1 ${text(built.configuration.json)}`,
    `PUT /v1/declarations?nonotify=1 ${text(built.activation.json)}`,
    `PUT /v1/declarations?nonotify=1 ${text(subscription?.configuration.json)}`,
    `PUT /v1/declarations?nonotify=1 ${text(subscription?.activation.json)}`,
    ...parts.map(
      (part) => `PUT /v1/set-declarations/${name}?declaration=${name}.${part}&nonotify=1`,
    ),
    `PUT /v1/enrollment-sets/${udid}?set=${name}`,
  ])
})

test('they are taken back with the rest, after the set is detached', async () => {
  const { seen } = await takeSubscribed(withdrawalSteps)
  const parts = ['activate', 'enforce', 'activate-subscription', 'subscribe']
  expect(seen).toEqual([
    `DELETE /v1/enrollment-sets/${udid}?set=${name}&nonotify=1`,
    ...parts.map(
      (part) => `DELETE /v1/set-declarations/${name}?declaration=${name}.${part}&nonotify=1`,
    ),
    ...parts.map((part) => `DELETE /v1/declarations/${name}.${part}`),
  ])
})

test('nothing is asked about a subscription that the set does not have, or that is of another command', async () => {
  const steps = ['putSubscription', 'addSubscription', 'deleteSubscription'] as const
  expect(await takeSubscribed(steps, enforcement)).toEqual({
    ...{ outcomes: ['refused', 'refused', 'refused'], seen: [] },
  })
  const ofOther = { ...subscribed, subscription: other.subscription ?? built }
  expect(await takeSubscribed(['attachSet'], ofOther)).toEqual({ outcomes: ['refused'], seen: [] })
})

test('each of them a second time is 304, and that means that it is so', async () => {
  const { outcomes, answers } = await takeAll(
    ['putConfiguration', 'addConfiguration', 'attachSet'],
    ...['kmfddm-30-put-enforcement-twice', 'kmfddm-36-put-set-enforcement-twice'],
    'kmfddm-41-put-enrollment-set-twice',
  )
  expect(outcomes).toEqual(['alreadySo', 'alreadySo', 'alreadySo'])
  expect(answers[2]).toMatchObject({ step: 'attachSet', httpStatus: 304, body: '' })
})

test('a withdrawal is quiet: the device is told by a request of its own', async () => {
  const quietly = (one: ReturnType<typeof captured>) => ({
    ...one,
    request: { ...one.request, path: `${one.request.path}&nonotify=1` },
  })
  const [detach, inSet, active] = exchanges(
    ...['kmfddm-94-delete-enrollment-set', 'kmfddm-90-delete-set-declaration'],
    'kmfddm-101-delete-set-activation',
  )
  if (!detach || !inSet || !active) throw new Error('a capture is missing')
  const { url, seen } = await replay([
    ...[detach, active, inSet].map(quietly),
    ...exchanges('kmfddm-102-delete-activation', 'kmfddm-98-delete-declaration'),
  ])
  for (const step of pairRemovalSteps)
    expect(await client(url).step(step, enforcement)).toMatchObject({ step, outcome: 'done' })
  expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual([
    `DELETE /v1/enrollment-sets/${udid}?set=${name}&nonotify=1`,
    `DELETE /v1/set-declarations/${name}?declaration=${name}.activate&nonotify=1`,
    `DELETE /v1/set-declarations/${name}?declaration=${name}.enforce&nonotify=1`,
    `DELETE /v1/declarations/${name}.activate`,
    `DELETE /v1/declarations/${name}.enforce`,
  ])
})

test.each([
  ['addConfiguration', 'kmfddm-23-set-declaration-of-unknown', 'unsure', /declaration not found/],
  ['deleteConfiguration', 'kmfddm-89-delete-declaration-in-set', 'unsure', /referenced by 1 sets/],
  ['deleteConfiguration', 'kmfddm-99-delete-declaration-twice', 'alreadySo', /so already/],
  ['detachSet', 'kmfddm-95-delete-enrollment-set-twice', 'alreadySo', /so already/],
  ['attachSet', 'kmfddm-03-wrong-key', 'refused', /refused \(401\)/],
  ['attachSet', 'kmfddm-05-unknown-path', 'refused', /no API of KMFDDM/],
  ['attachSet', 'kmfddm-06-wrong-method', 'refused', /405/],
  ['putConfiguration', 'kmfddm-13-put-not-json', 'refused', /invalid character/],
  ['putActivation', 'kmfddm-15-put-no-identifier', 'refused', /invalid declaration/],
] as const)('%s answered as %s is %s', async (step, capture, outcome, reason) => {
  const { response } = captured(capture)
  let asked = 0
  const url = await serve((_request, answer) => {
    asked += 1
    answer.writeHead(response.status, { 'Content-Type': 'text/plain' }).end(response.body)
  })
  expect(await client(url).step(step, enforcement)).toEqual({
    ...{ step, outcome, httpStatus: response.status, body: response.body },
    ...{ at: expect.any(Date), reason: expect.stringMatching(reason) },
  })
  expect(asked).toBe(1)
})

test.each([
  ['attachSet', 'nanohub-40-put-enrollment-set'],
  ['attachSet', 'nanohub-45-put-enrollment-set-unknown-device'],
  ['detachSet', 'nanohub-94-delete-enrollment-set'],
] as const)('a NanoHUB that stored and cannot push is unsure: %s as %s', async (step, capture) => {
  const { response } = captured(capture)
  const url = await serve((_request, answer) =>
    answer.writeHead(response.status).end(response.body),
  )
  expect(await client(url, 'builtIn').step(step, enforcement)).toMatchObject({
    ...{ outcome: 'unsure', httpStatus: 500, body: response.body },
    reason: expect.stringContaining('may have stored it'),
  })
})

test.each([
  [200, 'a page', '<html>sign in first</html>'],
  [202, 'an empty answer', ''],
  [400, 'a page of a proxy', '<html>bad request</html>'],
  [404, 'a page of a proxy', '<html>not found</html>'],
  [502, 'a page of a proxy', '<html>bad gateway</html>'],
  [500, 'no text', ''],
])('%i with %s proves nothing', async (status, _what, body) => {
  const url = await serve((_request, answer) => answer.writeHead(status).end(body))
  expect(await client(url).step('attachSet', enforcement)).toMatchObject({
    ...{ outcome: 'unsure', httpStatus: status, body },
  })
})

test('a redirect, an endless answer, a cut and a silence are unsure, after one request each', async () => {
  let asked = 0
  const at = (answer: Parameters<typeof serve>[0]) =>
    serve((request, response) => {
      asked += 1
      answer(request, response)
    })
  const redirect = await at((_r, answer) =>
    answer.writeHead(307, { Location: 'https://a.b/' }).end(),
  )
  const endless = await at((_r, answer) => {
    const write = () => {
      if (answer.destroyed) return
      if (answer.write('x'.repeat(65536))) setImmediate(write)
      else answer.once('drain', write)
    }
    write()
  })
  const cut = await at((request) => request.socket.destroy())
  const silent = await at(() => undefined)
  const take = (url: string) => client(url, 'beside', 300).step('attachSet', enforcement)
  expect(await take(redirect)).toMatchObject({ outcome: 'unsure', httpStatus: 307 })
  const long = await take(endless)
  expect(long).toMatchObject({ outcome: 'unsure', httpStatus: 200 })
  expect(long.body?.length).toBeLessThanOrEqual(64 * 1024)
  expect(await take(cut)).toMatchObject({ outcome: 'unsure', noAnswer: true })
  expect(await take(silent)).toMatchObject({ outcome: 'unsure', noAnswer: true })
  expect(asked).toBe(4)
})

test('where not a byte could leave, it is certain that nothing changed', async () => {
  const url = await serve(() => undefined)
  await closeAll()
  expect(await client(url).step('attachSet', enforcement)).toMatchObject({
    ...{ outcome: 'refused', noAnswer: true },
    reason: expect.stringContaining('not sent: no connection to KMFDDM'),
  })
})

const other = buildEnforcement({
  ...order,
  commandUuid: '11111111-6d1c-4f7e-9a3b-2c4d5e6f7a8b',
  items: ['softwareupdate.x'],
})
test.each([
  ['the set of a stranger', { set: 'production' }],
  ['a name with a slash', { set: `${name}/x` }],
  ['the set of another command', { set: other.set }],
  ['a declaration of another command', { configuration: other.configuration }],
  ['other bytes', { activation: { ...built.activation, json: Buffer.from('{}') } }],
  ['a line more', { configuration: { ...built.configuration, json: built.stored } }],
  ['two devices', { enrollmentId: `${udid},${udid}` }],
  ['a user channel', { enrollmentId: `${udid}:user` }],
])('nothing is asked about %s', async (_what, change) => {
  const { url, seen } = await replay([])
  for (const step of [...enforcementSteps, ...withdrawalSteps])
    expect(await client(url).step(step, { ...enforcement, ...change })).toMatchObject({
      ...{ step, outcome: 'refused', reason: expect.stringContaining('not sent') },
    })
  expect(await client(url).read({ ...enforcement, ...change })).toMatchObject({ ok: false })
  expect(seen).toEqual([])
})

test('a wish to wake a device is taken, also for one that nobody knows; a failed push is unsure', async () => {
  const { url, seen } = await replay([captured('kmfddm-79-notify-id')])
  expect(await client(url).notify(udid)).toMatchObject({ outcome: 'done', httpStatus: 204 })
  expect(seen).toMatchObject([{ method: 'POST', path: `/v1/notify?id=${udid}` }])
  const hub = await replay([captured('nanohub-79-notify-id')])
  expect(await client(hub.url, 'builtIn').notify(udid)).toMatchObject({
    ...{ outcome: 'unsure', httpStatus: 500 },
  })
  expect(await client(url).notify('a,b')).toMatchObject({ outcome: 'refused' })
})
