import { once } from 'node:events'
import type { Server } from 'node:http'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertServer } from '@/lib/db/queries/servers/servers'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { createLabControl } from '@/lib/virtual-lab/control-client'
import { createNanomdmServer } from '@/lib/virtual-lab/nanomdm-server'
import { labOnBench } from '@/lib/virtual-lab/testing'
import { controlVirtualLab, type LabOrder, lookAtVirtualLab } from './control-virtual-lab'

const engineer: Actor = { id: 'e', name: 'Eli', role: 'engineer' }
const timer: Actor = { id: 'system', name: 'Oneway', role: 'system' }
const apiKey = 'the-api-key'
const bench = labOnBench()
const iphone = bench.idOf('B-01')
let db: TestDb
let servers: Server[] = []

const connectAs = (slug: string, url: string, simulated: boolean, key = apiKey) =>
  insertServer(db.db, {
    slug,
    url,
    simulated,
    name: slug,
    kind: 'nanomdm',
    apiKey: key,
    hmacKey: 'the-webhook-key-of-16',
  })

/** The same lab at another address, because each address is one entry. */
async function listening(): Promise<string> {
  const server = createNanomdmServer(bench.lab, apiKey).listen(0, '127.0.0.1')
  servers = [...servers, server]
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the lab has no port')
  return `http://127.0.0.1:${address.port}`
}

beforeAll(async () => {
  db = await createTestDb()
  await connectAs('virtual-lab', await listening(), true)
  await connectAs('real', await listening(), false)
  await connectAs('other-key', await listening(), true, 'another-key')
  // Nothing listens on port 9 (discard).
  await connectAs('gone', 'http://127.0.0.1:9', true)
})
afterAll(async () => {
  for (const server of servers) {
    server.closeAllConnections()
    server.close()
  }
  await db.drop()
})

const control = (order: LabOrder, { actor = engineer, slug = 'virtual-lab' } = {}) =>
  controlVirtualLab(db.db, actor, { slug, order }, createLabControl)
const unplug = (): LabOrder => ({ kind: 'act', enrollmentId: iphone, action: 'unplug' })
const setBattery = (value: number): LabOrder => ({
  kind: 'act',
  enrollmentId: iphone,
  action: 'setBattery',
  value,
})
const deviceNow = () => bench.lab.state().devices[iphone]

test('a request changes the virtual device', async () => {
  expect(await control(setBattery(0.18))).toEqual({ status: 'done' })
  expect(deviceNow()).toMatchObject({ batteryLevel: 0.18 })
})

test('a battery of 50 is refused with the accepted form, and nothing changes', async () => {
  await control(setBattery(0.6))
  expect(await control(setBattery(50))).toEqual({
    status: 'refused',
    reason: 'setBattery does not take 50. Accepted: a fraction from 0 to 1, for example 0.18.',
    field: 'value',
  })
  expect(deviceNow()).toMatchObject({ batteryLevel: 0.6 })
})

test('an action that is not possible now is refused with the lab’s own reason', async () => {
  await control(unplug())
  expect(await control(unplug())).toEqual({
    status: 'refused',
    reason: 'It is not plugged in',
  })
})

test('the program’s own timers may not control the virtual lab', async () => {
  expect(await control(setBattery(0.9), { actor: timer })).toMatchObject({ status: 'refused' })
  expect(deviceNow()?.batteryLevel).not.toBe(0.9)
})

test('a real MDM server is never contacted, even if something answers at its address', async () => {
  const before = structuredClone(deviceNow())
  expect(await control(setBattery(0.33), { slug: 'real' })).toEqual({
    status: 'refused',
    reason: 'real is a real MDM server: it has no control panel.',
  })
  expect(await lookAtVirtualLab(db.db, engineer, { slug: 'real' }, createLabControl)).toMatchObject(
    { status: 'refused' },
  )
  expect(deviceNow()).toEqual(before)
})

test('without a virtual lab the panel says so', async () => {
  expect(await control({ kind: 'reset' }, { slug: 'nowhere' })).toEqual({
    status: 'refused',
    reason: 'There is no virtual lab here.',
  })
})

test('a lab that is down or has another key is refused with what to do', async () => {
  const down = await control({ kind: 'reset' }, { slug: 'gone' })
  expect(down).toMatchObject({ status: 'refused', reason: expect.stringMatching(/npm start/) })
  const locked = await control({ kind: 'reset' }, { slug: 'other-key' })
  expect(locked).toMatchObject({ status: 'refused', reason: expect.stringMatching(/key/) })
})

test('the panel shows the ground truth of every device, and why an action is not possible', async () => {
  const seen = await lookAtVirtualLab(db.db, engineer, { slug: 'virtual-lab' }, createLabControl)
  if (seen.status === 'refused') throw new Error(seen.reason)
  expect(seen.view.devices).toHaveLength(12)
  const shown = seen.view.devices.find(({ enrollmentId }) => enrollmentId === iphone)
  expect(shown).toMatchObject({
    phase: 'none',
    obstacles: { enterPasscode: 'No prompt for an update is showing' },
  })
})

test('the clock accepts a speed, and refuses an invalid one with the accepted form', async () => {
  expect(await control({ kind: 'setSpeed', speed: 600 })).toEqual({ status: 'done' })
  expect(bench.lab.clock.speed()).toBe(600)
  expect(await control({ kind: 'setSpeed', speed: 0 })).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/a number from 0\.1 to 3600/),
  })
  expect(bench.lab.clock.speed()).toBe(600)
})

test('a reset returns every device to its first state', async () => {
  await control(setBattery(0.01))
  expect(await control({ kind: 'reset' })).toEqual({ status: 'done' })
  expect(deviceNow()?.batteryLevel).not.toBe(0.01)
})
