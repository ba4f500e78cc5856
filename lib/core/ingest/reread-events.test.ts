import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent, listRereads } from '@/lib/db/queries/events/raw-events'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { systemActor } from '@/lib/domain/account/permissions'
import { carryOn } from '@/lib/worker/carry-on'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { answerBody, checkinBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'
import { rereadEvents } from './reread-events'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const keep = async (serverId: string, body: Uint8Array, at = later(200)) => {
  const id = await keepEvent(lab.db, serverId, body, at)
  if (id === undefined) throw new Error('the event was not kept')
  return id
}
const receive = async (serverId: string, body: Uint8Array, at = later(200)) => {
  const id = await keep(serverId, body, at)
  await readOrSetAside(lab.db, id, at)
  return id
}
const reread = (id: number, at = later(500)) => rereadEvents(lab.db, lead, { id }, at)
const work = () => carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => later(501) })

const asked = async () => {
  const device = await addDevice(lab.db)
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  return { ...device, commandUuid: ask.commandUuid }
}
const supervised = '<key>QueryResponses</key><dict><key>IsSupervised</key><true/></dict>'

test('F20: the answer of an unknown device is reprocessed once the device is in the inventory', async () => {
  const device = await asked()
  const other = await addServer(lab.db)
  const body = answerBody({ ...device, status: 'Acknowledged', keys: supervised, at: later(100) })
  const id = await receive(other, body)
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unmatched' })
  await pastTriggers(
    lab.sql,
    (tx) => tx`update devices set mdm_server_id = ${other} where id = ${device.id}`,
  )
  must(await reread(id), 'putBack')
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unread', reason: null })
  await work()
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'read', deviceId: device.id })
  const state = await currentState(lab.db, device.id)
  expect(state.supervised).toMatchObject({ value: true, answeredAt: later(100) })
})

test('F20: an answer to an unknown command stays unmatched however often it is reprocessed', async () => {
  const device = await addDevice(lab.db)
  const body = answerBody({ ...device, commandUuid: randomUUID(), status: 'Acknowledged' })
  const id = await receive(device.mdmServerId, body)
  for (const at of [later(500), later(600)]) {
    expect(await reread(id, at)).toEqual({ status: 'putBack', events: 1 })
    await readOrSetAside(lab.db, id, at)
    expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unmatched' })
  }
  expect(await listRereads(lab.db, id)).toMatchObject([
    { wasState: 'unmatched', wasReadAt: later(200), at: later(500), byName: lead.name },
    { wasState: 'unmatched', wasReadAt: later(500), at: later(600), byName: lead.name },
  ])
})

test("F21: another device's answer to our command changes nothing when it is reprocessed", async () => {
  const [asking, stranger] = [await asked(), await addDevice(lab.db)]
  const body = answerBody({ ...asking, enrollmentId: stranger.enrollmentId, status: 'Error' })
  const id = await receive(stranger.mdmServerId, body)
  must(await reread(id), 'putBack')
  await work()
  expect(await findRawEvent(lab.db, id)).toMatchObject({
    readState: 'unmatched',
    reason: expect.stringContaining('another device'),
  })
  expect(await findCommand(lab.db, asking.commandUuid)).toMatchObject({ answeredAt: null })
})

test('F22: an unreadable event keeps its bytes and gets its reason again each time it is reprocessed', async () => {
  const serverId = await addServer(lab.db)
  const body = Uint8Array.of(0xff, 0xfe, 0, 0x7b)
  const id = await receive(serverId, body)
  const before = await findRawEvent(lab.db, id)
  expect(before).toMatchObject({ readState: 'unreadable', reason: expect.stringMatching(/\w/) })
  must(await reread(id), 'putBack')
  expect(await listRereads(lab.db, id)).toMatchObject([
    { wasState: 'unreadable', wasReason: before?.reason, byName: lead.name },
  ])
  await work()
  const after = await findRawEvent(lab.db, id)
  expect(after).toMatchObject({ readState: 'unreadable', reason: before?.reason })
  expect(Buffer.from(after?.body ?? []).equals(body)).toBe(true)
})

test('F22: an event on which the reader failed is read after the reader was fixed', async () => {
  const device = await addDevice(lab.db)
  await lab.sql.unsafe(
    `create function fail_once() returns trigger language plpgsql as $$ begin if new.device_id = '${device.id}' then raise exception 'a fault of the reader'; end if; return new; end $$`,
  )
  await lab.sql`create trigger fail_once before insert on readings for each row execute function fail_once()`
  const body = checkinBody('CheckOut', device.enrollmentId, '', later(10))
  const id = await receive(device.mdmServerId, body)
  await lab.sql`drop trigger fail_once on readings`
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'unreadable' })
  must(await rereadEvents(lab.db, lead, { state: 'unreadable', id }, later(500)), 'putBack')
  await work()
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'read' })
  expect((await currentState(lab.db, device.id)).mdmEnrolled).toMatchObject({ value: false })
})

test('all events of one state are put back at once, and a second request puts back none', async () => {
  const serverId = await addServer(lab.db)
  const device = await addDevice(lab.db, { serverId })
  const garbled = await receive(serverId, Uint8Array.of(1))
  const stray = await receive(
    serverId,
    answerBody({ ...device, commandUuid: randomUUID(), status: 'Acknowledged' }),
  )
  const state = 'unreadable' as const
  const first = must(await rereadEvents(lab.db, systemActor, { state }, later(500)), 'putBack')
  expect(first.events).toBeGreaterThan(0)
  expect(await rereadEvents(lab.db, systemActor, { state }, later(501))).toEqual({
    status: 'putBack',
    events: 0,
  })
  expect(await findRawEvent(lab.db, garbled)).toMatchObject({ readState: 'unread' })
  expect(await findRawEvent(lab.db, stray)).toMatchObject({ readState: 'unmatched' })
  must(await rereadEvents(lab.db, systemActor, {}, later(502)), 'putBack')
  expect(await findRawEvent(lab.db, stray)).toMatchObject({ readState: 'unread' })
})

test('an event that was read is not reprocessed, and a missing event is named', async () => {
  const device = await asked()
  const body = answerBody({ ...device, status: 'Acknowledged', keys: supervised, at: later(100) })
  const id = await receive(device.mdmServerId, body)
  expect(await reread(id)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('read'),
  })
  expect(await findRawEvent(lab.db, id)).toMatchObject({ readState: 'read' })
  expect(await reread(999_999_999)).toMatchObject({ status: 'refused' })
})

test('only a lead may reprocess events', async () => {
  for (const actor of [engineer, admin])
    expect(await rereadEvents(lab.db, actor, {}, now)).toMatchObject({ status: 'refused' })
})
