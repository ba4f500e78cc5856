import { afterAll, beforeAll, expect, test } from 'vitest'
import { type DeviceAlarm, listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { clearAlarm } from '../devices/clear-alarm'
import { deliver } from '../release/deliver'
import { previewSlot } from '../release/preview-slot'
import { queryDevice } from '../release/query-device'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must } from '../testing/people'
import { armedTrial, releasedTrial } from '../testing/trial'
import { answerBody, checkinBody } from '../testing/webhook'
import { withdrawTrial } from '../trials/close-trial'
import { keepEvents } from './keep-events'
import { readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Device = Awaited<ReturnType<typeof addDevice>>
type Keys = Record<string, string>

const xml = (keys: Keys) =>
  Object.entries(keys)
    .map(([key, value]) => `<key>${key}</key><string>${value}</string>`)
    .join('')

/** Stores a body as the webhook does and reads it as the worker does. */
async function reported(serverId: string, body: Uint8Array, at = later(60)) {
  await keepEvents(lab.db, [{ serverId, body, at }])
  const [row] = await lab.sql`select max(id)::int as id from raw_events`
  return { ...(await readOrSetAside(lab.db, row?.id, at)), eventId: Number(row?.id) }
}

const checkin = (
  { mdmServerId, enrollmentId }: Pick<Device, 'mdmServerId' | 'enrollmentId'>,
  keys: Keys,
  { kind = 'Authenticate', at = later(60) } = {},
) => reported(mdmServerId, checkinBody(kind, enrollmentId, xml(keys), at), at)

/** Queries the device and lets it answer DeviceInformation with these keys. */
async function informs(device: Device, keys: Keys, at = later(60)) {
  const asked = await queryDevice(
    lab.db,
    engineer,
    { deviceId: device.id, questions: ['DeviceInformation'] },
    at,
  )
  const { commandUuid } = must(asked, 'asked')
  await deliver(lab.db, fakeServer().servers, commandUuid, () => at)
  const { enrollmentId, mdmServerId } = device
  const answers = `<key>QueryResponses</key><dict>${xml(keys)}</dict>`
  const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', keys: answers, at })
  return { ...(await reported(mdmServerId, body, at)), commandUuid }
}

const alarmsOf = ({ id }: { id: string }) => listOpenAlarms(lab.db, id)
const identityOf = (alarm: DeviceAlarm | undefined) => alarm?.identity
const osOf = async ({ id }: { id: string }) =>
  (
    await lab.sql`select count(*)::int as n from readings where device_id = ${id} and source = 'mdm'`
  )[0]?.n

const others: [what: string, kind: string, keys: Keys, identifier: string][] = [
  ['another serial', 'Authenticate', { SerialNumber: 'C39OTHER0001' }, 'serial'],
  ['another model', 'Authenticate', { ProductName: 'iPhone8,1' }, 'model'],
  ['another UDID', 'TokenUpdate', { UDID: 'f'.repeat(40) }, 'udid'],
]

test.each(others)(
  'a check-in with %s is a contradiction on device and trial, and the held release lapses',
  async (_, kind, keys, identifier) => {
    const { device, trialId, commandUuid } = await releasedTrial(lab.db)
    // What it reported when it first enrolled.
    await checkin(device, { SerialNumber: device.serial }, { at: later(10) })
    const at = later(60)
    const body =
      'UDID' in keys
        ? Buffer.from(checkinBody(kind, device.enrollmentId, '', at))
        : checkinBody(kind, device.enrollmentId, xml(keys), at)
    const sent = 'UDID' in keys ? withUdid(body, device.enrollmentId, keys.UDID ?? '') : body
    const result = await reported(device.mdmServerId, sent, at)
    expect(result).toMatchObject({ readState: 'read', deviceId: device.id, trialId })
    const [alarm, ...more] = await alarmsOf(device)
    expect(more).toEqual([])
    expect(alarm).toMatchObject({
      kind: 'identity',
      trialId,
      rawEventId: result.eventId,
      identity: { identifier },
    })
    expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'lapsed' })
    expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered' })
    const judged = must(
      await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, later(61)),
      'judged',
    )
    expect(judged.qualification.findings.find(({ ruleId }) => ruleId === 'Q19')?.verdict).toBe(
      'fail',
    )
    const { servers, ledger } = fakeServer()
    await deliver(lab.db, servers, commandUuid, () => later(200))
    expect(ledger.enqueued).toEqual([])
  },
)

/** The same event with another UDID in the device's own bytes; the envelope keeps the enrollment ID. */
function withUdid(body: Uint8Array, enrollmentId: string, udid: string): Uint8Array {
  const event = JSON.parse(new TextDecoder().decode(body))
  const one = event.checkin_event ?? event.acknowledge_event
  const plist = Buffer.from(one.raw_payload, 'base64').toString().replaceAll(enrollmentId, udid)
  one.raw_payload = Buffer.from(plist).toString('base64')
  return new TextEncoder().encode(JSON.stringify(event))
}

test.each([
  ['serial', { SerialNumber: 'C39OTHER0002' }],
  ['udid', { UDID: 'e'.repeat(40) }],
  ['model', { ProductName: 'iPad4,1' }],
] as const)(
  'DeviceInformation with another %s is a contradiction, and its OS is not read',
  async (identifier, keys) => {
    const device = await addDevice(lab.db)
    const before = await osOf(device)
    const result = await informs(device, { ...keys, OSVersion: '16.7', BuildVersion: '20H19' })
    expect(result).toMatchObject({ readState: 'read', deviceId: device.id })
    expect(identityOf((await alarmsOf(device))[0])).toMatchObject({ identifier })
    expect(await osOf(device)).toBe(before)
    // The query is answered in any case: what is in doubt is who answered it.
    expect(await findCommand(lab.db, result.commandUuid)).toMatchObject({ answerCount: 1 })
  },
)

test.each([
  [
    'imei',
    { IMEI: '35 309706 012345 6' },
    { IMEI: '353097060123457' },
    { IMEI: '358240051111110' },
  ],
  ['meid', { MEID: 'A1000049D2E1F0' }, { MEID: 'a1 000049 d2e1f0' }, { MEID: 'A1000049D2E1FF' }],
] as const)(
  'an answer with another %s than the device enrolled with is a contradiction',
  async (identifier, enrolled, same, other) => {
    const device = await addDevice(lab.db)
    await checkin(device, { SerialNumber: device.serial, ...enrolled }, { at: later(10) })
    await informs(device, { SerialNumber: device.serial, ...same })
    expect(await alarmsOf(device)).toEqual([])
    const before = await osOf(device)
    await informs(device, { SerialNumber: device.serial, ...other, OSVersion: '16.7' }, later(90))
    expect(identityOf((await alarmsOf(device))[0])).toMatchObject({ identifier })
    expect(await osOf(device)).toBe(before)
  },
)

test('the same device that enrols again is no contradiction, in whatever spelling it reports its identifiers', async () => {
  const { device, trialId } = await armedTrial(lab.db)
  for (const serial of [device.serial, ` ${device.serial.toLowerCase()} `, ''])
    await checkin(device, {
      SerialNumber: serial,
      ProductName: 'iPhone10,1',
      IMEI: '35 309706 012345 6',
    })
  await checkin(device, {}, { kind: 'TokenUpdate' })
  await informs(device, { SerialNumber: device.serial, ProductName: 'iPhone10,1' })
  expect(await alarmsOf(device)).toEqual([])
  const recorded =
    await lab.sql`select count(*)::int as n from trial_events where trial_id = ${trialId} and kind = 'recorded'`
  expect(recorded[0]?.n).toBeGreaterThanOrEqual(4)
})

test('a known serial that enrols under another enrollment ID, here or at another MDM server', async () => {
  for (const serverId of [undefined, await addServer(lab.db)]) {
    const { device, trialId } = await armedTrial(lab.db)
    const elsewhere = {
      mdmServerId: serverId ?? device.mdmServerId,
      enrollmentId: crypto.randomUUID(),
    }
    const keys = { SerialNumber: device.serial.toLowerCase(), ProductName: 'iPhone10,1' }
    const result = await checkin(elsewhere, keys)
    expect(result).toMatchObject({ readState: 'unmatched', deviceId: device.id, trialId })
    const [alarm] = await alarmsOf(device)
    expect(identityOf(alarm)).toMatchObject({ identifier: 'enrollment', enrolled: elsewhere })
    expect(await findDeviceRow(lab.db, device.id)).toMatchObject({
      enrollmentId: device.enrollmentId,
    })
    // A lead finds that it was moved on purpose; during a trial nobody changes its identity.
    const accept = () =>
      clearAlarm(
        lab.db,
        lead,
        { id: alarm?.id ?? 0, reason: 'Moved by Lee', accepts: true },
        later(90),
      )
    expect(await accept()).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('T-'),
    })
    must(
      await withdrawTrial(lab.db, engineer, { trialId, reason: 'The device has moved' }, later(80)),
      'closed',
    )
    must(await accept(), 'cleared')
    expect(await findDeviceRow(lab.db, device.id)).toMatchObject(elsewhere)
    await checkin(elsewhere, keys, { at: later(100) })
    expect(await alarmsOf(device)).toEqual([])
  }
})

test('the same UDID at a second MDM server is one device, also without a serial', async () => {
  const device = await addDevice(lab.db)
  const mdmServerId = await addServer(lab.db)
  const result = await checkin(
    { mdmServerId, enrollmentId: device.enrollmentId },
    { ProductName: 'iPhone10,1' },
  )
  expect(result).toMatchObject({ readState: 'unmatched', deviceId: device.id })
  expect(await alarmsOf(device)).toHaveLength(1)
})

test('a serial that belongs to another device of the lab puts both in doubt', async () => {
  const [one, other] = [await addDevice(lab.db), await addDevice(lab.db)]
  await checkin(one, { SerialNumber: other.serial })
  expect(identityOf((await alarmsOf(one))[0])).toMatchObject({
    identifier: 'serial',
    reported: other.serial,
  })
  expect(identityOf((await alarmsOf(other))[0])).toMatchObject({ identifier: 'enrollment' })
})

test('a virtual device never puts a real one in doubt', async () => {
  const device = await addDevice(lab.db)
  const mdmServerId = await addServer(lab.db, true)
  const keys = { SerialNumber: device.serial, ProductName: 'iPhone10,1' }
  expect(await checkin({ mdmServerId, enrollmentId: crypto.randomUUID() }, keys)).toMatchObject({
    readState: 'unmatched',
  })
  expect(await alarmsOf(device)).toEqual([])
})

test('an event that arrives twice is one contradiction, and an old one that arrives late raises no new alarm', async () => {
  const device = await addDevice(lab.db)
  const keys = { SerialNumber: 'C39OTHER0003' }
  await checkin(device, keys, { at: later(50) })
  await checkin(device, keys, { at: later(51) })
  const [alarm, ...more] = await alarmsOf(device)
  expect(more).toEqual([])
  must(
    await clearAlarm(
      lab.db,
      lead,
      { id: alarm?.id ?? 0, reason: 'Enrolled by mistake' },
      later(60),
    ),
    'cleared',
  )
  await checkin(device, keys, { at: later(52) })
  expect(await alarmsOf(device)).toEqual([])
  // The known identifiers did not change, so the next contradiction raises a new alarm.
  await checkin(device, keys, { at: later(70) })
  expect(await alarmsOf(device)).toHaveLength(1)
})

test('a release lapses even if the contradiction is settled during the hold', async () => {
  const { device, trialId, commandUuid } = await releasedTrial(lab.db)
  await checkin(device, { SerialNumber: 'C39OTHER0004' }, { at: later(30) })
  const [alarm] = await alarmsOf(device)
  must(
    await clearAlarm(
      lab.db,
      lead,
      { id: alarm?.id ?? 0, reason: 'A clerk swapped two' },
      later(40),
    ),
    'cleared',
  )
  const { servers, ledger } = fakeServer()
  await deliver(lab.db, servers, commandUuid, () => later(121))
  expect(ledger.enqueued).toEqual([])
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered' })
})

test('a lead accepts another serial if the stored one was wrong, and it replaces that one', async () => {
  const device = await addDevice(lab.db)
  await checkin(device, { SerialNumber: 'C39OTHER0005' })
  const [alarm] = await alarmsOf(device)
  const clear = { id: alarm?.id ?? 0, reason: 'Mistyped in the list', accepts: true }
  expect(await clearAlarm(lab.db, engineer, clear, later(70))).toMatchObject({ status: 'refused' })
  must(await clearAlarm(lab.db, lead, clear, later(70)), 'cleared')
  expect(await findDeviceRow(lab.db, device.id)).toMatchObject({ serial: 'C39OTHER0005' })
  await checkin(device, { SerialNumber: 'C39OTHER0005' }, { at: later(80) })
  expect(await alarmsOf(device)).toEqual([])
  await checkin(device, { SerialNumber: device.serial }, { at: later(90) })
  expect(await alarmsOf(device)).toHaveLength(1)
})

test('a user of a Shared iPad is never the device', async () => {
  const device = await addDevice(lab.db)
  const { enrollmentId, mdmServerId } = device
  const event = JSON.parse(
    new TextDecoder().decode(checkinBody('TokenUpdate', enrollmentId, xml({ UserID: 'U-1' }))),
  )
  event.checkin_event.ids = {
    id: `${enrollmentId}:U-1`,
    type: 'Shared iPad',
    parent_id: enrollmentId,
  }
  await reported(mdmServerId, new TextEncoder().encode(JSON.stringify(event)))
  expect(await alarmsOf(device)).toEqual([])
})

test('a contradiction raises a new alarm after a lead has cleared one, also from a server whose clock is behind', async () => {
  const device = await addDevice(lab.db)
  const tell = (seconds: number) => {
    const at = later(seconds)
    const created = later(seconds - 7_200)
    const keys = xml({ SerialNumber: 'C39OTHER0007' })
    return reported(
      device.mdmServerId,
      checkinBody('Authenticate', device.enrollmentId, keys, created),
      at,
    )
  }
  await tell(20)
  const [alarm] = await alarmsOf(device)
  const clear = { id: alarm?.id ?? 0, reason: 'Enrolled by mistake' }
  must(await clearAlarm(lab.db, lead, clear, later(30)), 'cleared')
  await tell(60)
  expect(await alarmsOf(device)).toHaveLength(1)
})

test('two devices with swapped enrollment IDs are corrected one after the other', async () => {
  const serverId = await addServer(lab.db)
  const one = await addDevice(lab.db, { serverId })
  const { device: other, trialId } = await armedTrial(lab.db, { serverId })
  await checkin(one, { SerialNumber: other.serial })
  await checkin(other, { SerialNumber: one.serial })
  const accept = async ({ id }: { id: string }, seconds: number) => {
    const alarm = (await alarmsOf({ id })).find(({ identity }) => identity?.enrolled)
    const input = { id: alarm?.id ?? 0, reason: 'Two were exchanged', accepts: true }
    return clearAlarm(lab.db, lead, input, later(seconds))
  }
  // The trial armed on the other one keeps its address.
  expect(await accept(one, 100)).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/has that enrollment ID, and on it trial T-\d+ is under way/),
  })
  must(
    await withdrawTrial(lab.db, lead, { trialId, reason: 'The wrong device' }, later(110)),
    'closed',
  )
  must(await accept(one, 120), 'cleared')
  expect(await findDeviceRow(lab.db, one.id)).toMatchObject({ enrollmentId: other.enrollmentId })
  expect(await findDeviceRow(lab.db, other.id)).toMatchObject({ enrollmentId: null })
  must(await accept(other, 130), 'cleared')
  expect(await findDeviceRow(lab.db, other.id)).toMatchObject({ enrollmentId: one.enrollmentId })
})
