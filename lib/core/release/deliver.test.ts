import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { findCommand, findSlotCommand } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import type { SendResult } from '@/lib/mdm/server'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { addDevice, readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must } from '../testing/people'
import { proofOf, releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { armTrial } from '../trials/prepare-trial'
import { deliver } from './deliver'
import { queryDevice } from './query-device'
import { recoverCommands } from './settle-command'
import { withdrawCommand } from './withdraw-command'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const held = () => releasedTrial(lab.db)
const send = (commandUuid: string, server: ReturnType<typeof fakeServer>, at = later(121)) =>
  deliver(lab.db, server.servers, commandUuid, () => at)

test('nothing leaves before the hold has ended', async () => {
  const { commandUuid } = await held()
  const server = fakeServer()
  expect(await send(commandUuid, server, later(119))).toEqual({ status: 'notDue' })
  expect(server.ledger.enqueued).toEqual([])
})

test('after the hold the command is sent once, pushed, and the baseline is consumed', async () => {
  const { commandUuid, trialId, device } = await held()
  const server = fakeServer()
  expect(await send(commandUuid, server)).toMatchObject({ status: 'sent' })
  expect(server.ledger).toEqual({ enqueued: [commandUuid], pushed: [device.enrollmentId] })
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'observing', consumed: true })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })
})

test('a request is told to the monitoring once, with what became of it', async () => {
  const { commandUuid } = await held()
  const server = fakeServer(() => ({ outcome: 'unconfirmed', reason: 'no answer' }))
  const sends: [boolean, string][] = []
  const onSend = (ms: number, outcome: string) => sends.push([ms >= 0, outcome])
  const attempt = () => deliver(lab.db, server.servers, commandUuid, () => later(121), { onSend })
  await attempt()
  await attempt()
  expect(sends).toEqual([[true, 'unconfirmed']])
})

test('nothing is sent while an event of its device has arrived and is not read', async () => {
  const { commandUuid, device } = await held()
  const server = fakeServer()
  const stray = { ...device, commandUuid: randomUUID(), status: 'Acknowledged', at: later(119) }
  const id = await keepEvent(lab.db, device.mdmServerId, answerBody(stray), later(119))
  expect(await send(commandUuid, server)).toEqual({ status: 'notDue' })
  // Nothing is judged meanwhile, however often it is tried.
  const claims = async () => {
    const [row] = await lab.sql`select count(*)::int as made from verdicts
      where device_id = ${device.id} and purpose = 'claim'`
    return row?.made
  }
  expect([await claims(), server.ledger.enqueued]).toEqual([0, []])
  // Of another device, an unread event keeps nothing.
  const other = await held()
  expect(await send(other.commandUuid, server)).toMatchObject({ status: 'sent' })
  await readKeptEvent(lab.db, id ?? 0, later(122))
  expect(await send(commandUuid, server, later(123))).toMatchObject({ status: 'sent' })
  expect(await claims()).toBe(1)
})

test('a command lapses if an event of its device stays unread, and a query is made all the same', async () => {
  const { commandUuid, device } = await held()
  const server = fakeServer()
  const stray = { ...device, commandUuid: randomUUID(), status: 'Acknowledged', at: later(60) }
  await keepEvent(lab.db, device.mdmServerId, answerBody(stray), later(60))
  expect(await send(commandUuid, server)).toMatchObject({
    ...{ status: 'lapsed', reason: expect.stringContaining('is not read yet') },
  })
  expect(server.ledger.enqueued).toEqual([])
  const query = must(
    await queryDevice(lab.db, engineer, { deviceId: device.id }, later(122)),
    'asked',
  )
  expect(await send(query.commandUuid, server, later(123))).toMatchObject({ status: 'sent' })
})

/** The test's database; the first `times` transactions after the claim fail with `code`. */
const failingAfterClaim = (times: number, code: string): Db => {
  let begun = 0
  const transaction: Db['transaction'] = (run, config) => {
    begun += 1
    if (begun > 1 && begun <= 1 + times) throw Object.assign(new Error(code), { code })
    return lab.db.transaction(run, config)
  }
  return new Proxy(lab.db, {
    get: (target, key) => (key === 'transaction' ? transaction : Reflect.get(target, key, target)),
  })
}

test.each(['40001', '57P01', '25006', 'ECONNRESET'])(
  'the answer of the MDM server is recorded in the end, even if the database fails for a while (%s)',
  async (code) => {
    const { commandUuid } = await held()
    const { servers, ledger } = fakeServer()
    const sending = { settlePausesMs: [0, 0, 0] }
    await deliver(failingAfterClaim(3, code), servers, commandUuid, () => later(121), sending)
    expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued' })
    expect(ledger.enqueued).toEqual([commandUuid])
  },
)

test('F11: twenty senders at once send one request', async () => {
  const { commandUuid } = await held()
  const server = fakeServer()
  const results = await Promise.all(Array.from({ length: 20 }, () => send(commandUuid, server)))
  expect(results.filter(({ status }) => status === 'sent')).toHaveLength(1)
  expect(server.ledger.enqueued).toEqual([commandUuid])
})

test.each(['queued', 'refused', 'unconfirmed'] as const)(
  'a command that is %s is never sent again',
  async (outcome) => {
    const { commandUuid, trialId } = await held()
    const server = fakeServer(() => ({ outcome, reason: 'as the test says' }))
    await send(commandUuid, server)
    await send(commandUuid, server, later(500))
    await carryOn({ db: lab.db, servers: server.servers, clock: () => later(600) })
    const mine = server.ledger.enqueued.filter((uuid) => uuid === commandUuid)
    expect(mine).toHaveLength(1)
    const seen = { trialId, ordinal: 1, verdictId: 0 }
    expect(await releaseSigned(lab.db, engineer, seen, later(700))).toMatchObject({
      status: 'alreadyReleased',
      by: 'Erin',
    })
  },
)

test('a request that provably never left consumes no baseline and may be released again with its UUID', async () => {
  const { commandUuid, trialId, device } = await held()
  const refusedPort: SendResult = { outcome: 'notSent', reason: 'connection refused' }
  await send(
    commandUuid,
    fakeServer(() => refusedPort),
  )
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered', consumed: false })
  const serialLast4 = device.serial.slice(-4)
  must(await armTrial(lab.db, engineer, { trialId, serialLast4 }, later(130)), 'done')
  const seen = await seenSlot(lab.db, trialId, 1, later(140))
  const again = must(await releaseSigned(lab.db, engineer, seen, later(150)), 'released')
  expect(again.commandUuid).toBe(commandUuid)
  const server = fakeServer()
  expect(await send(commandUuid, server, later(280))).toMatchObject({ status: 'sent' })
  expect(server.ledger.enqueued).toEqual([commandUuid])
})

test('F08, F09: a process that died while sending leaves the command unconfirmed, and nobody sends it again', async () => {
  const { commandUuid } = await held()
  const dead = fakeServer(() => new Promise<never>(() => undefined))
  void send(commandUuid, dead)
  await expect.poll(async () => (await findCommand(lab.db, commandUuid))?.state).toBe('sending')
  expect(await recoverCommands(lab.db, later(150))).toBe(0)
  expect(await recoverCommands(lab.db, later(300))).toBeGreaterThan(0)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
  const server = fakeServer()
  await carryOn({ db: lab.db, servers: server.servers, clock: () => later(400) })
  expect(server.ledger.enqueued).not.toContain(commandUuid)
})

test('F15: an unconfirmed command holds its device until it answers or a lead withdraws it', async () => {
  const { commandUuid, device, trialId } = await held()
  await send(
    commandUuid,
    fakeServer(() => ({ outcome: 'unconfirmed', reason: 'time-out' })),
  )
  const deviceId = device.id
  expect(await queryDevice(lab.db, engineer, { deviceId }, later(200))).toMatchObject({
    status: 'refused',
  })
  const withdrawal = { commandUuid, reason: 'seen on the device: nothing came' }
  expect(await withdrawCommand(lab.db, engineer, withdrawal, later(210))).toMatchObject({
    status: 'refused',
  })
  const unproved = await withdrawCommand(lab.db, lead, withdrawal, later(215))
  expect(unproved).toMatchObject({ status: 'refused', field: 'proof' })
  const proofId = await proofOf(lab.db, lead, 'withdrawCommand', trialId, later(220))
  expect(await withdrawCommand(lab.db, lead, { ...withdrawal, proofId }, later(220))).toEqual({
    status: 'withdrawn',
  })
  expect(await queryDevice(lab.db, engineer, { deviceId }, later(230))).toMatchObject({
    status: 'asked',
  })
})

test('F01: the answer of the device settles an unconfirmed command as queued', async () => {
  const { commandUuid, device } = await held()
  await send(
    commandUuid,
    fakeServer(() => ({ outcome: 'unconfirmed', reason: 'time-out' })),
  )
  const { enrollmentId } = device
  const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at: later(300) })
  const id = await keepEvent(lab.db, device.mdmServerId, body, later(300))
  expect(await readKeptEvent(lab.db, id ?? 0, later(300))).toMatchObject({ readState: 'read' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    state: 'queued',
    answerStatus: 'Acknowledged',
  })
})

test('F19: an answer that comes before the enqueue call returns makes even a time-out queued', async () => {
  const { commandUuid, device } = await held()
  const { enrollmentId, mdmServerId } = device
  const server = fakeServer(async () => {
    const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at: later(122) })
    const id = await keepEvent(lab.db, mdmServerId, body, later(122))
    await readKeptEvent(lab.db, id ?? 0, later(122))
    return { outcome: 'unconfirmed', reason: 'time-out' }
  })
  await send(commandUuid, server)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    state: 'queued',
    answerStatus: 'Acknowledged',
  })
})

test('F13: a device that changed during the hold is not sent anything', async () => {
  const { commandUuid, trialId, device } = await held()
  await insertReadings(
    lab.db,
    device.id,
    readingsOf({ batteryLevel: 0.3, externalPower: false }, later(30)),
  )
  const server = fakeServer()
  expect(await send(commandUuid, server)).toMatchObject({ status: 'lapsed' })
  expect(server.ledger.enqueued).toEqual([])
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered', consumed: false })
})

test('F13: a change that every rule still passes is named in the reason', async () => {
  const { commandUuid, device } = await held()
  const reading = readingsOf({ batteryLevel: 0.85 }, later(30))
  await insertReadings(lab.db, device.id, reading)
  expect(await send(commandUuid, fakeServer())).toMatchObject({
    status: 'lapsed',
    reason: expect.stringContaining('no longer what was released: Battery: 90 % → 85 %'),
  })
})

test('a device with another enrollment ID than at release is not sent anything', async () => {
  const { commandUuid, device } = await held()
  await pastTriggers(
    lab.sql,
    (tx) =>
      tx`update devices set enrollment_id = ${`other-${device.serial}`} where id = ${device.id}`,
  )
  const server = fakeServer()
  expect(await send(commandUuid, server)).toMatchObject({ status: 'lapsed' })
  expect(server.ledger.enqueued).toEqual([])
})

test('F05: an alarm in the answer stops all sending through that server', async () => {
  const { commandUuid, device } = await held()
  const alarm = 'the answer names another command'
  await send(
    commandUuid,
    fakeServer(() => ({ outcome: 'unconfirmed', reason: 'odd', alarm })),
  )
  const other = await addDevice(lab.db, { serverId: device.mdmServerId })
  const result = await queryDevice(lab.db, engineer, { deviceId: other.id }, later(200))
  expect(result).toMatchObject({ status: 'refused' })
  expect(JSON.stringify(result)).toContain(alarm)
})

test('a slot is found by its trial and its number', async () => {
  const { commandUuid, trialId } = await held()
  expect((await findSlotCommand(lab.db, trialId, 1))?.commandUuid).toBe(commandUuid)
  expect(await findSlotCommand(lab.db, trialId, 2)).toBeUndefined()
})

test('a server that pushes by itself gets the command and no second push', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  const { servers, ledger } = fakeServer()
  const server = { ...(await servers()), pushesByItself: true }
  await deliver(
    lab.db,
    async () => server,
    commandUuid,
    () => later(121),
  )
  expect(ledger).toEqual({ enqueued: [commandUuid], pushed: [] })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'queued', pushedAt: null })
})
