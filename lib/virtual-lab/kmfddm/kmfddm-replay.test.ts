import { readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authenticate, tokenUpdate } from '../check-in'
import { freshState } from '../lab-state'
import { createNanomdmServer } from '../nanomdm-server'
import { listQueue } from '../nanomdm-store'
import { deviceTagged, labOnBench } from '../testing'
import { readPlist, writePlist } from '../wire'
import {
  afterwards,
  createNames,
  devicesOfRun,
  extra,
  type ReplayTarget,
  replay,
  run,
  whileServerIsGone,
  wrongKeys,
} from './replay.testing'

const apiKey = 'lab-api-key'
const certificateHeader = 'X-Client-Cert'
const bench = labOnBench(freshState('seed', 0, 'filekv'))
bench.lab.setServer({ push: 'noCertificate' })
const server = createNanomdmServer(bench.lab, apiKey, { certificateHeader })
let url = ''

const put = (id: string, body: string) => {
  const file = path.join(
    import.meta.dirname,
    `../../../e2e/nanomdm/testdata/device-${devicesOfRun.indexOf(id) + 1}.pem`,
  )
  return fetch(`${url}/mdm`, {
    method: 'PUT',
    body,
    headers: {
      'content-type': 'application/x-apple-aspen-mdm-checkin',
      [certificateHeader]: encodeURIComponent(readFileSync(file, 'utf8')),
    },
  })
}

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  url = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
  for (const [index, enrollmentId] of devicesOfRun.entries()) {
    const visitor = { ...deviceTagged('B-10'), enrollmentId, serial: `VISITOR${index}` }
    await put(enrollmentId, authenticate(visitor))
    await put(enrollmentId, tokenUpdate(visitor))
  }
})
afterAll(() => server.close())

const seen = new Set<string>()
const unseen = () => {
  const { store } = bench.lab.state()
  if (store.kind !== 'filekv') throw new Error('the storage of the captures is filekv')
  const perId = Object.keys(store.queues).flatMap((id) =>
    listQueue(store, id).map((command) => ({ id, ...command })),
  )
  const found = perId.filter(({ commandUuid }) => !seen.has(commandUuid))
  for (const { commandUuid } of found) seen.add(commandUuid)
  return [...new Set(found.map(({ commandUuid }) => commandUuid))].map((uuid) => {
    const [first, ...others] = found.filter(({ commandUuid }) => commandUuid === uuid)
    const raw = first?.raw ?? ''
    expect(readPlist(Buffer.from(raw))).toMatchObject({
      Command: { RequestType: 'DeclarativeManagement' },
    })
    const ids = [first, ...others].map((one) => one?.id).join(',')
    return { ids, hasTokens: raw.includes('<key>Data</key>') }
  })
}

const target: ReplayTarget = {
  call: async ({ name, request }) => {
    const key = wrongKeys[name] ?? `kmfddm:${apiKey}`
    const headers = new Headers()
    if (key !== '') headers.set('authorization', `Basic ${Buffer.from(key).toString('base64')}`)
    const { method = 'GET', path: at = '/', body } = request ?? {}
    const response = await fetch(`${url}/kmfddm${at}`, { method, headers, body: body || null })
    return { status: response.status, headers: response.headers, body: await response.text() }
  },
  checkIn: async (id, Endpoint, data) => {
    const message = { MessageType: 'DeclarativeManagement', UDID: id, Endpoint }
    const Data = data === undefined ? undefined : Buffer.from(data)
    const response = await put(id, writePlist({ ...message, Data }))
    return { status: response.status, body: await response.text() }
  },
  takeEnqueued: unseen,
}
/** The extra captures do not tell what was queued. */
const blind: ReplayTarget = { ...target, takeEnqueued: () => undefined }

const names: Parameters<typeof replay>[2] = [createNames(), createNames()]

test.each(run.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const { here, captured } = await replay(target, one, names)
  expect(here).toEqual(captured)
})

test.each(afterwards)('%s, after the run', async (name) => {
  const { here, captured } = await replay(blind, extra(name), names)
  expect(here).toEqual(captured)
})

test('a server that cannot notify answers as one that can, and nothing is queued', async () => {
  bench.lab.setServer({ declarations: 'notifiesNobody' })
  unseen()
  for (const name of whileServerIsGone) {
    const { here, captured } = await replay(blind, extra(name), names)
    expect(here).toEqual(captured)
  }
  expect(unseen()).toEqual([])
})

test('a name with a slash is refused, as by a KMFDDM on files', async () => {
  const given = extra('identifier-with-slash')
  const refused = { status: 500, body: '{"error":"txn commit: bad key"}\n' }
  expect(await target.call(given)).toMatchObject(refused)
  const request = { method: 'PUT', path: '/v1/enrollment-sets/x?set=a/b', body: null }
  expect(await target.call({ ...given, request })).toMatchObject(refused)
})
