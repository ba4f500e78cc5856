import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { clearAlarm } from '../devices/clear-alarm'
import { deliver } from '../release/deliver'
import { previewSlot } from '../release/preview-slot'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, releasedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const installing = `<key>UpdateResults</key><array><dict><key>InstallAction</key><string>InstallASAP</string>
  <key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Installing</string></dict></array>`
const errorOf = (domain: string, code: number) =>
  `<key>ErrorChain</key><array><dict><key>ErrorDomain</key><string>${domain}</string><key>ErrorCode</key><integer>${code}</integer></dict></array>`

type Device = Awaited<ReturnType<typeof addDevice>>
const receive = async (
  device: Device,
  keys: string,
  status = 'Acknowledged',
  uuid: string = randomUUID(),
) => {
  const { enrollmentId } = device
  const body = answerBody({ enrollmentId, commandUuid: uuid, status, keys, at: later(60) })
  const id = (await keepEvent(lab.db, device.mdmServerId, body, later(60))) ?? 0
  await readKeptEvent(lab.db, id, later(60))
  return findRawEvent(lab.db, id)
}

const alarmsOf = ({ id }: Device) => listOpenAlarms(lab.db, id)

test('an answer with update results to an unknown command is recorded on the armed trial and blocks it', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const event = await receive(device, installing)
  expect(event).toMatchObject({ readState: 'unmatched', deviceId: device.id, trialId })
  expect(await alarmsOf(device)).toMatchObject([
    { kind: 'foreignUpdate', trialId, rawEventId: event?.id },
  ])
  expect((await listTrialEvents(lab.db, trialId)).at(-1)).toMatchObject({
    kind: 'recorded',
    data: { rawEventId: event?.id },
  })
  const judged = must(
    await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, later(61)),
    'judged',
  )
  expect(judged.qualification.overall).toBe('no')
  const tried = await releaseSigned(
    lab.db,
    engineer,
    await seenSlot(lab.db, trialId, 1, later(61)),
    later(62),
  )
  expect(tried.status).not.toBe('released')
})

test('it lapses a release on hold, and nothing is sent', async () => {
  const { trialId, device, commandUuid } = await releasedTrial(lab.db)
  await receive(device, installing)
  const { servers, ledger } = fakeServer()
  expect(await deliver(lab.db, servers, commandUuid, () => later(121))).toMatchObject({
    status: 'lapsed',
  })
  expect(ledger.enqueued).toEqual([])
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'lapsed' })
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'registered', consumed: false })
})

const otherAnswers: [what: string, keys: string, status: string, alarms: number][] = [
  ['an InstallAction alone', '<key>InstallAction</key><string>Default</string>', 'Acknowledged', 1],
  ['a RequestType', '<key>RequestType</key><string>ScheduleOSUpdate</string>', 'Acknowledged', 1],
  ['progress as an error', errorOf('MCMDMErrorDomain', 12058), 'Error', 1],
  ['no space to install', errorOf('DeviceManagement.error', 2209), 'Error', 1],
  [
    'nothing to do, which a question is answered too',
    errorOf('DeviceManagement.error', 2213),
    'Error',
    0,
  ],
  ['another error', errorOf('MCMDMErrorDomain', 12021), 'Error', 0],
  ['the apps of the device', '<key>InstalledApplicationList</key><array/>', 'Acknowledged', 0],
  ['NotNow', '', 'NotNow', 0],
  ['a body cut in its middle', `${installing}<key>`, 'Acknowledged', 1],
]

test.each(otherAnswers)('a foreign answer: %s', async (_, keys, status, alarms) => {
  const device = await addDevice(lab.db)
  expect(await receive(device, keys, status)).toMatchObject({ deviceId: device.id })
  expect(await alarmsOf(device)).toHaveLength(alarms)
})

test('the same foreign command raises one alarm, however often it is answered; another one its own', async () => {
  const device = await addDevice(lab.db)
  const uuid = randomUUID()
  await receive(device, installing, 'Acknowledged', uuid)
  await receive(device, `${installing}<key>X</key><true/>`, 'Acknowledged', uuid.toUpperCase())
  await receive(device, installing, 'Acknowledged', 'not-a-uuid')
  expect(await alarmsOf(device)).toHaveLength(2)
})

test('only a lead clears the alarm, once, with a reason that the trial records', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  await receive(device, installing)
  const [alarm] = await alarmsOf(device)
  const clear = (actor = lead, reason = 'Looked: it stands at 12.0.1') =>
    clearAlarm(lab.db, actor, { id: alarm?.id ?? 0, reason }, later(70))
  expect(await clear(engineer)).toMatchObject({ status: 'refused' })
  expect(await clear(lead, ' ')).toMatchObject({ status: 'refused', field: 'reason' })
  expect(await clear()).toEqual({ status: 'cleared' })
  expect(await clear()).toMatchObject({ status: 'refused' })
  expect(await alarmsOf(device)).toEqual([])
  const [entry] = await lab.sql`select reason, by_name from audit_log
    where table_name = 'device_alarms' and kind = 'update' order by seq desc limit 1`
  expect(entry).toEqual({ reason: 'Looked: it stands at 12.0.1', by_name: 'Lee' })
  expect((await listTrialEvents(lab.db, trialId)).at(-1)?.text).toContain('Looked')
  const judged = must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, now), 'judged')
  expect(judged.qualification.overall).toBe('qualified')
})

test('an alarm is never deleted, and never cleared without a reason', async () => {
  const device = await addDevice(lab.db)
  await receive(device, installing)
  const [alarm] = await alarmsOf(device)
  const id = alarm?.id ?? 0
  await expect(lab.sql`delete from device_alarms where id = ${id}`).rejects.toThrow()
  await expect(
    lab.sql`update device_alarms set cleared_at = now(), cleared_by_id = 'x', cleared_by_name = 'X' where id = ${id}`,
  ).rejects.toThrow()
  await expect(
    lab.sql`update device_alarms set reason = 'other' where id = ${id}`,
  ).rejects.toThrow()
  must(await clearAlarm(lab.db, lead, { id, reason: 'looked' }, later(70)), 'cleared')
  await expect(
    lab.sql`update device_alarms set cleared_at = null, cleared_by_id = null, cleared_by_name = null,
      cleared_reason = null where id = ${id}`,
  ).rejects.toThrow('cleared, once')
})
