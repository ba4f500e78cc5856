import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findCommand, listCommandsOfDevice } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { carryOn } from '@/lib/worker/carry-on'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { releasedTrial, sentTrial } from '../testing/trial'
import { answerBody, checkinBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readKeptEvent, readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const receive = async (serverId: string, body: Uint8Array, at = later(200)) => {
  const id = await keepEvent(lab.db, serverId, body, at)
  if (id === undefined) return undefined
  await readKeptEvent(lab.db, id, at)
  return findRawEvent(lab.db, id)
}

/** A device that was queried, with the first query queued at the MDM server. */
const asked = async (simulated = false, but: { serverId?: string } = {}) => {
  const device = await addDevice(lab.db, { simulated, ...but })
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  return { ...device, commandUuid: ask.commandUuid }
}

const information = `<key>QueryResponses</key><dict>
  <key>OSVersion</key><string>12.0.1</string><key>BuildVersion</key><string>16A404</string>
  <key>ProductName</key><string>iPhone10,1</string><key>IsSupervised</key><true/>
  <key>BatteryLevel</key><real>-1.0</real><key>AvailableDeviceCapacity</key><real>33.5</real></dict>`

const answered = (device: Awaited<ReturnType<typeof asked>>, status: string, keys = '', s = 100) =>
  answerBody({ ...device, status, keys, at: later(s) })

test('every body is kept byte for byte before it is read', async () => {
  const serverId = await addServer(lab.db)
  const body = new Uint8Array([0, 255, 123, 10, 0])
  const event = await receive(serverId, body)
  expect(Buffer.from(event?.body ?? []).equals(body)).toBe(true)
  expect(event).toMatchObject({ readState: 'unreadable' })
  expect(event?.reason).toBeTruthy()
})

test('a reply to a query becomes readings with source and time', async () => {
  const device = await asked()
  const event = await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  expect(event).toMatchObject({ readState: 'read', deviceId: device.id })
  const state = await currentState(lab.db, device.id)
  expect(state.supervised).toMatchObject({ value: true, source: 'mdm', answeredAt: later(100) })
  expect(state.freeCapacity).toMatchObject({ value: 33.5 })
})

test('F25: a battery of -1 is unknown, and so is a queried key that is missing', async () => {
  const device = await asked()
  await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  const state = await currentState(lab.db, device.id)
  expect(state.batteryLevel).toMatchObject({ value: undefined })
  expect(state.batteryLevel?.unknownReason).toBeTruthy()
  expect(state.totalCapacity).toMatchObject({ value: undefined })
  expect(state.totalCapacity?.unknownReason).toContain('DeviceCapacity')
})

test('an error leaves the older readings unchanged and is shown on the command', async () => {
  const device = await asked()
  await receive(device.mdmServerId, answered(device, 'Error'))
  expect((await currentState(lab.db, device.id)).supervised).toMatchObject({ answeredAt: now })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerStatus: 'Error' })
})

test('what a virtual device answers is a simulated reading', async () => {
  const device = await asked(true)
  await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  expect((await currentState(lab.db, device.id)).supervised?.source).toBe('simulated')
})

test('each answer triggers the next query, one at a time', async () => {
  const device = await asked()
  await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  const commands = await listCommandsOfDevice(lab.db, device.id)
  expect(commands.map(({ requestType, state }) => [requestType, state])).toContainEqual([
    'SecurityInfo',
    'reserved',
  ])
  expect(commands).toHaveLength(2)
})

test('NotNow leaves the query open and triggers no other', async () => {
  const device = await asked()
  await receive(device.mdmServerId, answered(device, 'NotNow'))
  await receive(device.mdmServerId, answered(device, 'NotNow', '', 110))
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
    notNowCount: 2,
    answeredAt: null,
  })
  expect(await listCommandsOfDevice(lab.db, device.id)).toHaveLength(1)
})

test('F18: the same answer received twice is stored twice and read once', async () => {
  const device = await asked()
  const first = await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  const again = await receive(device.mdmServerId, answered(device, 'Acknowledged', information))
  expect(again).toMatchObject({ readState: 'duplicate', duplicateOf: first?.id })
  const rows =
    await lab.sql`select count(*)::int as n from readings where command_uuid = ${device.commandUuid} and field = 'supervised'`
  expect(rows[0]?.n).toBe(1)
})

test('F17: a second answer to one command is stored, the first one counts, and the trial records both', async () => {
  const { trialId, device, commandUuid } = await observing()
  const { mdmServerId, enrollmentId } = device
  const say = (status: string, s: number) =>
    receive(mdmServerId, answerBody({ enrollmentId, commandUuid, status, at: later(s) }), later(s))
  await say('Acknowledged', 300)
  expect(await say('Error', 310)).toMatchObject({ readState: 'read' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    answerStatus: 'Acknowledged',
    answerCount: 2,
  })
  const events = await listTrialEvents(lab.db, trialId)
  expect(events.at(-1)?.text).toContain('may have been delivered more than once')
})

test.each([
  ['an hour ahead', 3_600, 'ours'],
  ['three days behind', -259_200, 'ours'],
  ['ten seconds behind', -10, 'the server’s'],
])('F26: a server clock %s does not lose the answer; the time is %s', async (_, skew, whose) => {
  const device = await asked()
  const received = await receive(
    device.mdmServerId,
    answered(device, 'Acknowledged', information, 100 + skew),
    later(100),
  )
  expect(received).toMatchObject({ readState: 'read' })
  const expected = whose === 'ours' ? later(100) : later(100 + skew)
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: expected })
})

test('F20: an answer to an unknown command changes nothing and is listed as unmatched', async () => {
  const device = await asked()
  const body = answerBody({
    ...device,
    commandUuid: randomUUID(),
    status: 'Acknowledged',
    keys: information,
  })
  expect(await receive(device.mdmServerId, body)).toMatchObject({ readState: 'unmatched' })
  expect((await currentState(lab.db, device.id)).batteryLevel).toMatchObject({ value: 0.9 })
})

test("F21: another device answering this device's command changes nothing", async () => {
  const device = await asked()
  const other = await addDevice(lab.db, { serverId: device.mdmServerId })
  const body = answerBody({
    ...device,
    enrollmentId: other.enrollmentId,
    status: 'Acknowledged',
    keys: information,
  })
  expect(await receive(device.mdmServerId, body)).toMatchObject({ readState: 'unmatched' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: null })
})

test('an answer through another MDM server than the one the device belongs to is unmatched', async () => {
  const device = await asked()
  const elsewhere = await addServer(lab.db)
  const event = await receive(elsewhere, answered(device, 'Acknowledged', information))
  expect(event).toMatchObject({ readState: 'unmatched' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: null })
})

test('an idle poll moves "last seen" and writes no row', async () => {
  const device = await addDevice(lab.db)
  const idle = answerBody({ ...device, commandUuid: '', status: 'Idle' })
  const text = new TextDecoder().decode(idle).replace('"command_uuid":"",', '')
  const id = await keepEvent(lab.db, device.mdmServerId, new TextEncoder().encode(text), later(60))
  expect(id).toBeUndefined()
  const [row] = await lab.sql`select last_seen_at from devices where id = ${device.id}`
  expect(new Date(String(row?.last_seen_at))).toEqual(later(60))
})

test('the idle poll of an unknown device is stored', async () => {
  const serverId = await addServer(lab.db)
  const idle = answerBody({ enrollmentId: 'nobody', commandUuid: '', status: 'Idle' })
  const text = new TextDecoder().decode(idle).replace('"command_uuid":"",', '')
  const event = await receive(serverId, new TextEncoder().encode(text))
  expect(event).toMatchObject({ readState: 'unmatched', enrollmentId: 'nobody' })
})

const authenticate = (serial: string, build = '16A404') =>
  `<key>OSVersion</key><string>12.0.1</string><key>BuildVersion</key><string>${build}</string><key>ProductName</key><string>iPhone10,1</string><key>SerialNumber</key><string>${serial}</string>`

test('a device that enrols enters the inventory and waits for a lab tag', async () => {
  const serverId = await addServer(lab.db)
  const event = await receive(
    serverId,
    checkinBody('Authenticate', 'new-device-1', authenticate('C39NEW00001')),
  )
  const [row] =
    await lab.sql`select lab_tag, serial, platform, enrollment_id from devices where id = ${event?.deviceId ?? ''}`
  expect(row).toEqual({
    lab_tag: null,
    serial: 'C39NEW00001',
    platform: 'iOS',
    enrollment_id: 'new-device-1',
  })
  expect((await currentState(lab.db, event?.deviceId ?? '')).osBuild?.value).toBe('16A404')
})

test('a device in the inventory with the same serial gets the enrollment ID', async () => {
  const serverId = await addServer(lab.db)
  const device = await addDevice(lab.db, { serverId })
  await lab.sql`update devices set enrollment_id = null where id = ${device.id}`
  const event = await receive(
    serverId,
    checkinBody('Authenticate', 'linked-1', authenticate(device.serial)),
  )
  expect(event).toMatchObject({ readState: 'read', deviceId: device.id })
})

test('F19: a TokenUpdate that was read before the Authenticate of its device is reprocessed', async () => {
  const serverId = await addServer(lab.db)
  const early = await receive(serverId, checkinBody('TokenUpdate', 'early-1', ''))
  expect(early).toMatchObject({ readState: 'unmatched' })
  await receive(serverId, checkinBody('Authenticate', 'early-1', authenticate('C39EARLY001')))
  await carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => later(300) })
  expect(await findRawEvent(lab.db, early?.id ?? 0)).toMatchObject({ readState: 'read' })
})

test('a Mac that enrols has no place in this lab and is listed as unmatched', async () => {
  const serverId = await addServer(lab.db)
  const keys = '<key>ProductName</key><string>Mac16,10</string>'
  expect(await receive(serverId, checkinBody('Authenticate', 'mac-1', keys))).toMatchObject({
    readState: 'unmatched',
  })
})

/** A trial whose first command is queued at the MDM server. */
const observing = () => sentTrial(lab.db)

test('F16: a re-enrolment during a trial is recorded on it, and the command is not sent again', async () => {
  const { trialId, device, commandUuid } = await observing()
  await receive(
    device.mdmServerId,
    checkinBody('Authenticate', device.enrollmentId, authenticate(device.serial), later(300)),
  )
  const events = await listTrialEvents(lab.db, trialId)
  expect(events.at(-1)).toMatchObject({ kind: 'recorded' })
  expect(events.at(-1)?.text).toContain('emptied its queue')
  const server = fakeServer()
  await carryOn({ db: lab.db, servers: server.servers, clock: () => later(301) })
  expect(server.ledger.enqueued).not.toContain(commandUuid)
})

test.each([
  ['nanomdm', true],
  ['nanohub', true],
  ['micromdm', false],
] as const)(
  'a query is withdrawn at an enrolment if %s emptied its queue: %s',
  async (kind, isGivenUp) => {
    const serverId = await addServer(lab.db, false, { kind })
    const device = await asked(false, { serverId })
    const keys = authenticate(device.serial)
    await receive(serverId, checkinBody('Authenticate', device.enrollmentId, keys, later(300)))
    const command = await findCommand(lab.db, device.commandUuid)
    expect(command?.withdrawnAt !== null).toBe(isGivenUp)
  },
)

test('the first reading of another build is the end state of a trial, and a later one does not change it', async () => {
  const { trialId, device } = await observing()
  for (const [build, s] of [
    ['16B92', 400],
    ['16C50', 500],
  ] as const)
    await receive(
      device.mdmServerId,
      checkinBody(
        'Authenticate',
        device.enrollmentId,
        authenticate(device.serial, build),
        later(s),
      ),
      later(s),
    )
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    endBuild: '16B92',
    endSeenAt: later(400),
  })
})

test('a released trial whose device changes its OS before anything is sent is lost', async () => {
  const trial = await releasedTrial(lab.db)
  const { device, commandUuid } = trial
  await receive(
    device.mdmServerId,
    checkinBody(
      'Authenticate',
      device.enrollmentId,
      authenticate(device.serial, '16B92'),
      later(30),
    ),
    later(30),
  )
  expect(await findTrial(lab.db, trial.trialId)).toMatchObject({ state: 'lost' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'cancelled' })
})

test('F22: an event on which the reader fails is set aside with the reason and blocks no other', async () => {
  const serverId = await addServer(lab.db)
  const [one, other] = [
    await addDevice(lab.db, { serverId }),
    await addDevice(lab.db, { serverId }),
  ]
  const name = `trouble-${one.id}`
  await lab.sql.unsafe(
    `create function trouble() returns trigger language plpgsql as $$ begin if new.device_id = '${one.id}' then raise exception 'made by the test'; end if; return new; end $$`,
  )
  await lab.sql.unsafe(
    `create trigger "${name}" before insert on readings for each row execute function trouble()`,
  )
  const bodies = [one, other].map((device) =>
    checkinBody('Authenticate', device.enrollmentId, authenticate(device.serial)),
  )
  const ids: number[] = []
  for (const body of bodies) ids.push((await keepEvent(lab.db, serverId, body, later(10))) ?? 0)
  for (const id of ids) await readOrSetAside(lab.db, id, later(11))
  await lab.sql.unsafe(`drop trigger "${name}" on readings`)
  const [bad, good] = await Promise.all(ids.map((id) => findRawEvent(lab.db, id)))
  expect(bad).toMatchObject({ readState: 'unreadable' })
  expect(bad?.reason).toContain('made by the test')
  expect(good).toMatchObject({ readState: 'read' })
})
