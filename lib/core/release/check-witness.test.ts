import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Db } from '@/lib/db/client'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { readStanding } from '@/lib/db/queries/servers/database-identity'
import { listOpenStops } from '@/lib/db/queries/servers/sending-stops'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { DatabaseIdentity, TrailHead } from '@/lib/domain/server/witness'
import { createWitness, type Witness } from '@/lib/witness/witness'
import { clearAlarm } from '../devices/clear-alarm'
import type { MdmServers } from '../shared/mdm-servers'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must } from '../testing/people'
import { armedTrial, releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { checkWitness } from './check-witness'
import { deliver } from './deliver'
import { queryDevice } from './query-device'
import { endSendingStop } from './sending-stop'
import { witnessSend } from './witness-send'

// `npm run test:failover` tries what a real standby and a real backup lose; here the witness is given what the
// database would lack.

let lab: TestDb
let folder: string
let witness: Witness
beforeEach(async () => {
  lab = await createTestDb()
  folder = mkdtempSync(path.join(tmpdir(), 'oneway-witness-'))
  witness = createWitness(folder)
})
afterEach(async () => {
  await lab.drop()
  rmSync(folder, { recursive: true })
})

const check = (at = later(200)) => checkWitness(lab.db, witness, at)
const send = (commandUuid: string, server = fakeServer(), at = later(121)) =>
  deliver(lab.db, server.servers, commandUuid, () => at, { witness, settlePausesMs: [] })
const clear = async (deviceId: string) => {
  for (const { id } of await listOpenAlarms(lab.db, deviceId))
    must(await clearAlarm(lab.db, lead, { id, reason: 'looked at it' }, later(300)), 'cleared')
}
const openStop = async () => (await listOpenStops(lab.db))[0]
const end = async (reason = 'all were looked at') =>
  endSendingStop(lab.db, lead, { id: (await openStop())?.id ?? 0, reason }, later(400))

/** As if the witness had seen a database with later entries than this one. */
const seenElsewhere = async (was: { identity?: Partial<DatabaseIdentity>; head?: TrailHead }) => {
  const standing = await readStanding(lab.db)
  witness.write(standing.identity.lab, {
    kind: 'began',
    at: later(0).toISOString(),
    identity: { ...standing.identity, ...was.identity },
    head: was.head ?? standing.head,
  })
}
const lostHead = { seq: 999_999, hash: 'f'.repeat(64) }

/** As if this command had been sent before the database went back in time. */
const leftElsewhere = async (command: {
  commandUuid: string
  trialId: string
  deviceId: string
}) => {
  const standing = await readStanding(lab.db)
  witness.write(standing.identity.lab, {
    kind: 'sent',
    at: later(50).toISOString(),
    ...standing,
    head: lostHead,
    requestType: 'ScheduleOSUpdate',
    enrollmentId: 'e',
    mdmServerId: 'm',
    slotOrdinal: 1,
    ...command,
  })
}

test('each update command is recorded before it is sent; queries are not', async () => {
  const { commandUuid, trialId, device } = await releasedTrial(lab.db)
  const other = await addDevice(lab.db)
  const asked = must(await queryDevice(lab.db, engineer, { deviceId: other.id }, later(1)), 'asked')
  const { identity } = await readStanding(lab.db)
  const seen: unknown[] = []
  const server = fakeServer((uuid) => {
    seen.push(createWitness(folder).read(identity.lab).sends.get(uuid))
    return { outcome: 'queued', reason: 'taken' }
  })
  expect(await send(asked.commandUuid, server)).toMatchObject({ status: 'sent' })
  expect(await send(commandUuid, server)).toMatchObject({ status: 'sent' })
  expect(seen).toMatchObject([
    undefined,
    {
      commandUuid,
      trialId,
      deviceId: device.id,
      slotOrdinal: 1,
      identity,
      at: later(121).toISOString(),
    },
  ])
  expect(await check()).toBe('fine')
})

test('a command that cannot be recorded is not sent, and may be released again', async () => {
  const { commandUuid, trialId } = await releasedTrial(lab.db)
  expect(await check()).toBe('fine')
  const server = fakeServer()
  const full: Witness = {
    ...witness,
    write: () => {
      throw new Error('ENOSPC: no space left on device')
    },
  }
  const options = { witness: full, settlePausesMs: [] }
  const sent = await deliver(lab.db, server.servers, commandUuid, () => later(121), options)
  expect(sent).toMatchObject({ status: 'sent', result: { outcome: 'notSent' } })
  expect(server.ledger.enqueued).toEqual([])
  expect((await findCommand(lab.db, commandUuid))?.reason).toContain('ENOSPC')
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered', consumed: false })
})

test('a request that provably never left does not block its CommandUUID', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  await send(
    commandUuid,
    fakeServer(() => ({ outcome: 'notSent', reason: 'refused' })),
  )
  const { identity } = await readStanding(lab.db)
  expect(witness.read(identity.lab).sends.size).toBe(0)
  expect(await check()).toBe('fine')
})

test('a command that the witness has as sent is never sent again, whatever the database says', async () => {
  const { commandUuid, trialId, device } = await releasedTrial(lab.db)
  expect(await check()).toBe('fine')
  const standing = await readStanding(lab.db)
  await leftElsewhere({ commandUuid, trialId, deviceId: device.id })
  const server = fakeServer()
  expect(await send(commandUuid, server)).toMatchObject({ status: 'leftBefore' })
  expect(await send(commandUuid, server, later(500))).toMatchObject({ status: 'taken' })
  expect(server.ledger.enqueued).toEqual([])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    state: 'unconfirmed',
    sendingAt: later(50),
  })
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'observing', consumed: true })
  expect(standing.identity.lab).toHaveLength(64)
})

test('a lost claim: sending stops, the command becomes unconfirmed, and its device has an alarm', async () => {
  const { commandUuid, trialId, device } = await releasedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  await leftElsewhere({ commandUuid, trialId, deviceId: device.id })
  expect(await check()).toBe('stopped')
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
  expect(await listOpenAlarms(lab.db, device.id)).toMatchObject([
    { kind: 'databaseWentBack', commandUuid, trialId },
  ])
  expect((await openStop())?.reason).toMatch(/went back in time.*1 command was sent/)
  const texts = (await listTrialEvents(lab.db, trialId)).map(({ text }) => text)
  expect(texts.some((text) => text.startsWith('Sending is stopped'))).toBe(true)
})

test('a lost release: pressed again it is refused, until a lead has looked at the device', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  const lost = '0c0ffee0-0000-4000-8000-000000000001'
  await leftElsewhere({ commandUuid: lost, trialId, deviceId: device.id })
  expect(await check()).toBe('stopped')
  const press = async (s: number) =>
    releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId, 1, later(s)), later(s))
  expect(await press(201)).toMatchObject({ status: 'refused' })
  expect(await end()).toMatchObject({ status: 'refused', reason: expect.stringContaining('T-') })
  await clear(device.id)
  expect(await press(301)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('all sending is stopped'),
  })
  expect(await end()).toEqual({ status: 'ended' })
  expect(await check()).toBe('accepted')
  expect(await check()).toBe('fine')
  expect(await press(401)).toMatchObject({ status: 'released' })
})

const others: [
  what: string,
  was: Parameters<typeof seenElsewhere>[0],
  says: string,
  looks: boolean,
][] = [
  ['a promoted standby', { identity: { timeline: 41 } }, 'timeline', false],
  ['another cluster', { identity: { system: '12' } }, 'another PostgreSQL cluster', true],
  [
    'another database',
    { identity: { databaseOid: 3, databaseName: 'x' } },
    'another database',
    false,
  ],
  ['a snapshot that was put back', { head: lostHead }, 'went back in time', true],
]

test.each(others)('%s stops all sending', async (_, was, says, looks) => {
  const { trialId, device, commandUuid } = await releasedTrial(lab.db)
  await seenElsewhere(was)
  const server = fakeServer()
  expect(await send(commandUuid, server)).toMatchObject({ status: 'lapsed' })
  expect(server.ledger.enqueued).toEqual([])
  expect((await openStop())?.reason).toContain(says)
  expect(await listOpenAlarms(lab.db, device.id)).toHaveLength(looks ? 1 : 0)
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered' })
  const asked = await queryDevice(lab.db, engineer, { deviceId: device.id }, later(130))
  expect(asked).toMatchObject({ reason: expect.stringContaining('all sending is stopped') })
  await clear(device.id)
  expect(await end()).toEqual({ status: 'ended' })
  expect(await check()).toBe('accepted')
  expect((await queryDevice(lab.db, engineer, { deviceId: device.id }, later(500))).status).toBe(
    'asked',
  )
})

test('a data folder without a witness stops a lab that has sent commands, and no other', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  expect(await send(commandUuid)).toMatchObject({ status: 'sent' })
  rmSync(folder, { recursive: true })
  witness = createWitness(folder)
  expect(await check()).toBe('stopped')
  expect(await check()).toBe('stopped')
  expect((await openStop())?.reason).toContain('holds no witness')
})

test('a database that goes back again after a lead has looked stops sending again', async () => {
  await seenElsewhere({ identity: { timeline: 41 } })
  expect(await check()).toBe('stopped')
  expect(await end()).toEqual({ status: 'ended' })
  expect(await check()).toBe('accepted')
  const { identity } = await readStanding(lab.db)
  witness.keepHead(identity.lab, lostHead)
  expect(await check()).toBe('stopped')
  expect(await listOpenStops(lab.db)).toHaveLength(1)
})

test('a send that is found while a stop is open has its device looked at before the stop ends', async () => {
  const device = await addDevice(lab.db)
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  const commandUuid = '0c0ffee0-0000-4000-8000-000000000002'
  await leftElsewhere({ commandUuid, trialId: device.id, deviceId: device.id })
  expect(await check()).toBe('stopped')
  expect(await check()).toBe('stopped')
  expect(await listOpenAlarms(lab.db, device.id)).toMatchObject([{ commandUuid }])
  expect(await end()).toMatchObject({ status: 'refused', reason: expect.stringContaining('T-') })
  await clear(device.id)
  expect(await end()).toEqual({ status: 'ended' })
  expect(await check()).toBe('accepted')
})

test('a send that came to light after a lead had ended the stop starts another one', async () => {
  const device = await addDevice(lab.db)
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  expect(await end()).toEqual({ status: 'ended' })
  const commandUuid = '0c0ffee0-0000-4000-8000-000000000003'
  await leftElsewhere({ commandUuid, trialId: device.id, deviceId: device.id })
  expect(await check()).toBe('stopped')
  expect(await listOpenAlarms(lab.db, device.id)).toMatchObject([{ commandUuid }])
  expect(await listOpenStops(lab.db)).toHaveLength(1)
})

test('a database that goes back twice to before the stop is accepted each time by its own stop', async () => {
  for (const lost of [1, 2]) {
    await seenElsewhere({ head: lostHead })
    expect(await check(later(200 * lost))).toBe('stopped')
    // The database that was put back counts its stops from the same number on.
    expect((await openStop())?.id).toBe(1)
    expect(await end()).toEqual({ status: 'ended' })
    expect(await check(later(500 * lost))).toBe('accepted')
    expect(await check(later(500 * lost))).toBe('fine')
    await lab.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`
      await tx`delete from sending_stops`
      await tx`alter table sending_stops alter column id restart`
    })
  }
})

test('a database that goes back between the claim and the request stops the request', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  const { identity } = await readStanding(lab.db)
  const server = fakeServer()
  const during: MdmServers = (_, within) => {
    if (within) witness.keepHead(identity.lab, lostHead)
    return server.servers()
  }
  const sent = await deliver(lab.db, during, commandUuid, () => later(121), {
    witness,
    settlePausesMs: [],
  })
  expect(sent).toMatchObject({ result: { outcome: 'notSent' } })
  expect(server.ledger.enqueued).toEqual([])
})

test('the state of the database that is compared before a send is the one that is recorded', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  const command = await findCommand(lab.db, commandUuid)
  if (!command) throw new Error('there is no command')
  let reads = 0
  const execute: Db['execute'] = (query) => {
    if (JSON.stringify(query).includes('audit_head')) reads += 1
    return lab.db.execute(query)
  }
  const counting = new Proxy(lab.db, {
    get: (target, key) => (key === 'execute' ? execute : Reflect.get(target, key, target)),
  })
  expect(await witnessSend(counting, witness, command, later(121))).toBeUndefined()
  expect(reads).toBe(1)
  const { identity } = await readStanding(lab.db)
  expect(witness.read(identity.lab).sends.get(commandUuid)).toMatchObject({ identity })
})

test('each of two witnesses raises its own stop', async () => {
  const other = mkdtempSync(path.join(tmpdir(), 'oneway-witness-'))
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  witness = createWitness(other)
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  expect(await listOpenStops(lab.db)).toHaveLength(2)
  rmSync(other, { recursive: true })
})

test('only a lead ends a stop, once, with a reason; it is in the trail', async () => {
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  const id = (await openStop())?.id ?? 0
  const reason = 'nothing was missing'
  expect(await endSendingStop(lab.db, engineer, { id, reason }, later(400))).toMatchObject({
    status: 'refused',
  })
  expect(await endSendingStop(lab.db, lead, { id, reason: '' }, later(400))).toMatchObject({
    field: 'reason',
  })
  expect(await end(reason)).toEqual({ status: 'ended' })
  expect(await endSendingStop(lab.db, lead, { id, reason }, later(401))).toMatchObject({
    status: 'refused',
  })
  const entries =
    await lab.sql`select kind, reason from audit_log where table_name = 'sending_stops' order by seq`
  expect(entries).toMatchObject([{ kind: 'insert' }, { kind: 'update', reason }])
})

test('the database does not end a stop while a lead has not looked at each device', async () => {
  const { device } = await armedTrial(lab.db)
  await seenElsewhere({ head: lostHead })
  expect(await check()).toBe('stopped')
  expect(await listOpenAlarms(lab.db, device.id)).toHaveLength(1)
  await expect(
    lab.sql`update sending_stops set ended_at = now(), ended_by_id = 'x', ended_by_name = 'X', ended_reason = 'because'`,
  ).rejects.toThrow('nobody has looked at')
})

test('a witness that was damaged stops all sending', async () => {
  await seenElsewhere({})
  const broken: Witness = {
    ...witness,
    read: () => {
      throw new Error('line 2 is damaged')
    },
  }
  expect(await checkWitness(lab.db, broken, later(200))).toBe('stopped')
  expect((await openStop())?.reason).toContain('line 2 is damaged')
})

test('a command that the queue of the MDM server holds already is not sent again', async () => {
  const serverId = await addServer(lab.db, false, { kind: 'micromdm' })
  const { commandUuid } = await releasedTrial(lab.db, { serverId })
  const { servers, ledger } = fakeServer()
  const queue = {
    list: async () => ({
      ok: true as const,
      commandUuids: [commandUuid],
      updateUuids: [commandUuid],
      body: '{}',
    }),
    clear: async () => ({ ok: true as const, body: '{}' }),
  }
  const showing = async () => ({ ...(await servers()), queue })
  const sent = await deliver(lab.db, showing, commandUuid, () => later(121), { witness })
  expect(sent).toMatchObject({ status: 'leftBefore' })
  expect(ledger.enqueued).toEqual([])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'unconfirmed' })
})

const labFile = async (end: 'log' | 'head.json') =>
  path.join(folder, `${(await readStanding(lab.db)).identity.lab.slice(0, 32)}.${end}`)

test('lines of the witness that were deleted stop a lab that has sent, and no other', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  rmSync(await labFile('log'))
  // Nothing has been sent, and the head that was kept stands in the trail.
  expect(await check(later(2))).toBe('fine')
  expect(await send(commandUuid)).toMatchObject({ status: 'sent' })
  expect(await check()).toBe('fine')
  rmSync(await labFile('log'))
  const next = await releasedTrial(lab.db)
  const server = fakeServer()
  expect(await send(next.commandUuid, server)).toMatchObject({ status: 'lapsed' })
  expect(server.ledger.enqueued).toEqual([])
  expect((await openStop())?.reason).toContain('holds no witness')
})

test('lines that were deleted do not hide that the database lost all it had sent', async () => {
  await armedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  const { identity } = await readStanding(lab.db)
  witness.keepHead(identity.lab, lostHead)
  rmSync(await labFile('log'))
  expect(await check(later(2))).toBe('stopped')
  expect((await openStop())?.reason).toMatch(/is gone.*went back in time/)
})

test('a send that was cut off the witness stops all sending', async () => {
  const { commandUuid } = await releasedTrial(lab.db)
  expect(await check(later(1))).toBe('fine')
  const before = readFileSync(await labFile('log'))
  expect(await send(commandUuid)).toMatchObject({ status: 'sent' })
  expect(await check()).toBe('fine')
  const cut = readFileSync(await labFile('log')).subarray(0, before.length + 60)
  writeFileSync(await labFile('log'), cut)
  witness = createWitness(folder)
  expect(await check()).toBe('stopped')
  expect((await openStop())?.reason).toContain('become shorter')
})

test('the lines of another lab under the name of this one stop all sending', async () => {
  const standing = await readStanding(lab.db)
  const entry = { kind: 'began', at: later(0).toISOString(), ...standing } as const
  const other = { ...standing.identity, lab: 'f'.repeat(64) }
  witness.write(standing.identity.lab, { ...entry, identity: other })
  expect(await check()).toBe('stopped')
  expect((await openStop())?.reason).toContain('another lab')
})
