import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { freshFleet } from '@/lib/virtual-lab/fleet'
import {
  afterwards,
  createNames,
  devicesOfRun,
  extra,
  type ReplayTarget,
  replay,
  run,
  wrongKeys,
} from '@/lib/virtual-lab/kmfddm/replay.testing'
import { type DeclarationServers, startNanomdmWithKmfddm } from './declaration-servers'
import { createDeclarativeDevice, type DeclarativeDevice } from './declarative-device'
import { hmacKey } from './real-nanomdm'
import { type Listener, listenForWebhooks } from './webhook-listener'

// The captures that the virtual lab's KMFDDM is held to, on the real one: if they differ, the captures are out of date.

let lab: TestDb
let listener: Listener
let servers: DeclarationServers
const devices = new Map<string, DeclarativeDevice>()
beforeAll(async () => {
  lab = await createTestDb()
  listener = await listenForWebhooks(lab.db)
  const slug = `s-${randomUUID()}`
  await addServer(lab.db, false, { slug, hmacKey })
  servers = await startNanomdmWithKmfddm(listener.url(slug))
  const iPad = freshFleet().find(({ labTag }) => labTag === 'B-10')
  if (!iPad) throw new Error('the fleet has no B-10')
  for (const [index, enrollmentId] of devicesOfRun.entries()) {
    const its = { ...iPad, enrollmentId, serial: `REPLAY${index}` }
    const device = createDeclarativeDevice(servers.mdm.url, index + 1, its)
    await device.enrol()
    devices.set(enrollmentId, device)
  }
})
afterAll(async () => {
  await servers?.stop()
  await listener?.close()
  await lab?.drop()
})

const target: ReplayTarget = {
  call: async ({ name, request }) => {
    const { url, user, key } = servers.api
    const given = wrongKeys[name] ?? `${user}:${key}`
    const headers = new Headers()
    if (given !== '') headers.set('authorization', `Basic ${Buffer.from(given).toString('base64')}`)
    const { method = 'GET', path = '/', body } = request ?? {}
    const address = `${url.replace(/\/v1$/, '')}${path}`
    const response = await fetch(address, { method, headers, body: body || null })
    return { status: response.status, headers: response.headers, body: await response.text() }
  },
  checkIn: async (id, endpoint, data) => {
    const device = devices.get(id)
    if (!device) throw new Error(`${id} is not enrolled`)
    return device.checkIn(endpoint, data)
  },
  takeEnqueued: () => undefined,
}

const names: Parameters<typeof replay>[2] = [createNames(), createNames()]
const all = [...run, ...afterwards.map(extra)]

test.each(all.map((one) => [one.name, one] as const))('%s', async (_, one) => {
  const { here, captured } = await replay(target, one, names)
  expect(here).toEqual(captured)
})

test('a name with a slash is refused, other than by the storage of the capture', async () => {
  const { status, body } = await target.call(extra('identifier-with-slash'))
  expect({ status, body }).toEqual({ status: 500, body: '{"error":"txn commit: bad key"}\n' })
})
