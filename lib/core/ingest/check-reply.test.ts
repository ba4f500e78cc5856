import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import {
  countChecksOfTrial,
  findReplyCheck,
  listContradictionGroups,
  listContradictionsOfEvent,
  listContradictionsOfTrial,
} from '@/lib/db/queries/events/contradictions'
import { findRawEvent, type RawEvent } from '@/lib/db/queries/events/raw-events'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { tallyInWords } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const receive = async (serverId: string, body: Uint8Array, at = later(200)) => {
  const id = (await keepEvent(lab.db, serverId, body, at)) ?? 0
  await readKeptEvent(lab.db, id, at)
  const event = await findRawEvent(lab.db, id)
  if (!event) throw new Error('the event was not kept')
  return event
}

type Replies = Record<string, { status?: string; keys: string }>
type Asked = Awaited<ReturnType<typeof addDevice>>

/** Sends every query of "Query device" and answers it; `replies` is XML by request type. */
const answer = async (device: Asked, replies: Replies, from = 0) => {
  await queryDevice(lab.db, engineer, { deviceId: device.id }, later(from))
  const events: (RawEvent & { requestType: string; sent: Uint8Array })[] = []
  for (let i = 1; i <= 5; i += 1) {
    const [open] =
      await lab.sql`select command_uuid, request_type from commands where device_id = ${device.id} and state = 'reserved'`
    if (!open) break
    await deliver(lab.db, fakeServer().servers, open.command_uuid, () => later(from + 300 * i))
    const { status = 'Acknowledged', keys } = replies[open.request_type] ?? { keys: '' }
    const at = later(from + 300 * i + 10)
    const body = answerBody({ ...device, commandUuid: open.command_uuid, status, keys, at })
    const event = await receive(device.mdmServerId, body, at)
    events.push({ ...event, requestType: open.request_type, sent: body })
  }
  return { device, eventOf: (type: string) => events.find((one) => one.requestType === type) }
}

const information = (os: string) => ({
  keys: `<key>QueryResponses</key><dict><key>OSVersion</key><string>${os}</string><key>BuildVersion</key><string>15E216</string></dict>`,
})
const downloading = (isDownloaded: string) => ({
  keys: `<key>OSUpdateStatus</key><array><dict><key>ProductKey</key><string>iOSUpdate15F79</string><key>IsDownloaded</key>${isDownloaded}<key>DownloadPercentComplete</key><real>0.4</real><key>Status</key><string>Downloading</string></dict></array>`,
})
const security = { keys: '<key>SecurityInfo</key><dict/>' }
const nothingIdle = { keys: '<key>OSUpdateStatus</key><array/>' }
const nothingOffered = {
  status: 'Error',
  keys: '<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>2213</integer><key>ErrorDomain</key><string>DeviceManagement.error</string><key>LocalizedDescription</key><string>No update available.</string></dict></array>',
}

const repliesOn = (os: string, isDownloaded: string): Replies => ({
  DeviceInformation: information(os),
  SecurityInfo: security,
  OSUpdateStatus: isDownloaded === '' ? nothingIdle : downloading(isDownloaded),
  AvailableOSUpdates: nothingOffered,
})

const device = async (os: string, isDownloaded: string, simulated = false) =>
  answer(await addDevice(lab.db, { simulated }), repliesOn(os, isDownloaded))

const tallyOf = async (environment: Environment, part: string) =>
  (await listContradictionGroups(lab.db, environment))
    .filter(({ fingerprint }) => fingerprint.includes(part))
    .map(({ fingerprint, counts }) => `${fingerprint}: ${tallyInWords(counts)}`)

test('a reply that is read leaves its contradictions, and its bytes unchanged', async () => {
  const { eventOf } = await device('11.3', '<integer>0</integer>')
  const event = eventOf('OSUpdateStatus')
  const found = await listContradictionsOfEvent(lab.db, event?.id ?? 0)
  expect(found).toMatchObject([
    {
      path: 'OSUpdateStatus[].IsDownloaded',
      kind: 'typeDiffers',
      observed: 'integer',
      expected: 'boolean',
      osVersion: '11.3',
      platform: 'iOS',
      requestType: 'OSUpdateStatus',
      fingerprint: 'OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers integer',
      simulated: false,
    },
  ])
  expect(found[0]?.documentation).toContain('b6202ca')
  expect(event).toMatchObject({ readState: 'read' })
  expect(Buffer.from(event?.body ?? []).equals(Buffer.from(event?.sent ?? []))).toBe(true)
  expect(Buffer.from(event?.payload ?? []).toString()).toContain('<integer>0</integer>')
})

test('contradictions are counted per OS version and environment, and a reply that was not compared is in no denominator', async () => {
  for (const _ of [1, 2]) await device('11.3', '<integer>1</integer>')
  for (const _ of [1, 2]) await device('12', '<false/>')
  await device('12', '')
  await device('12', '<integer>1</integer>', true)
  const print = 'OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers integer'
  expect(await tallyOf('real', 'IsDownloaded')).toEqual([`${print}: 3 of 3 on 11.3, 0 of 2 on 12`])
  expect(await tallyOf('simulated', 'IsDownloaded')).toEqual([`${print}: 1 of 1 on 12`])
})

test('an error in place of an empty list is counted among the devices that had no update to offer', async () => {
  const [tally] = await tallyOf('real', '2213')
  expect(tally).toMatch(/: 3 of 3 on 11\.3, 3 of 3 on 12$/)
})

test('a second reply of the same device is no second example or device, but a second check', async () => {
  const again = await device('11.4', '<integer>1</integer>')
  await answer(again.device, repliesOn('11.4', '<integer>0</integer>'), 3600)
  const [tally] = await tallyOf('real', 'IsDownloaded')
  expect(tally).toContain('3 of 3 on 11.3, 1 of 1 on 11.4,')
  const groups = await listContradictionGroups(lab.db, 'real')
  const examples = groups.find(({ path }) => path.endsWith('IsDownloaded'))?.examples ?? []
  const replies = await Promise.all(examples.map((one) => findReplyCheck(lab.db, one.rawEventId)))
  const own = replies.filter((reply) => reply?.deviceId === again.device.id)
  expect(own).toHaveLength(1)
  const [row] = await lab.sql`select count(*)::int as n from reply_checks
    where device_id = ${again.device.id} and exists (select from unnest(found) f where f like '%IsDownloaded%')`
  expect(row?.n).toBe(2)
})

test('no contradiction is claimed if the OS version is unknown or its reading stale', async () => {
  const unknown = await answer(await addDevice(lab.db), {
    DeviceInformation: { keys: '<key>QueryResponses</key><dict/>' },
    SecurityInfo: { keys: '<key>SecurityInfo</key><true/>' },
  })
  const event = unknown.eventOf('SecurityInfo')
  expect(await listContradictionsOfEvent(lab.db, event?.id ?? 0)).toEqual([])
  expect(await findReplyCheck(lab.db, event?.id ?? 0)).toMatchObject({
    osVersion: null,
    documentation: null,
    notCompared: 'the OS version at that time is unknown',
  })
  const old = await addDevice(lab.db)
  await lab.sql`alter table readings disable trigger only_grows`
  await lab.sql`update readings set answered_at = answered_at - interval '2 days' where device_id = ${old.id}`
  await lab.sql`alter table readings enable trigger only_grows`
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: old.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  const body = answerBody({ ...old, commandUuid: ask.commandUuid, status: 'Error' })
  const { id } = await receive(old.mdmServerId, body)
  expect(await findReplyCheck(lab.db, id)).toMatchObject({ osVersion: null })
})

test('a reply is compared for the OS at the time of the answer, not at the time it is read', async () => {
  const one = await addDevice(lab.db, { but: { osVersion: '11.3', osBuild: '15E216' } })
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: one.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  await insertReadings(lab.db, one.id, readingsOf({ osVersion: '12.0.1' }, later(500)))
  const body = answerBody({ ...one, commandUuid: ask.commandUuid, status: 'Error', at: later(100) })
  const { id } = await receive(one.mdmServerId, body, later(600))
  expect(await findReplyCheck(lab.db, id)).toMatchObject({ osVersion: '11.3' })
})

/** A trial whose first command is queued at the MDM server. */
const observing = (simulated = false) => sentTrial(lab.db, { simulated })

test('an acknowledged command without UpdateResults is a contradiction, but not after a restart, as documented', async () => {
  const plain = await observing()
  const acknowledged = ({ device: one, commandUuid }: typeof plain) =>
    answerBody({ ...one, commandUuid, status: 'Acknowledged', at: later(400) })
  await receive(plain.device.mdmServerId, acknowledged(plain), later(400))
  expect(await listContradictionsOfTrial(lab.db, plain.trialId)).toMatchObject([
    { path: 'UpdateResults', kind: 'requiredMissing' },
  ])
  const restarted = await observing()
  await lab.sql`insert into observations (trial_id, kind, observed_at, by_id, by_name, nonce) values (${restarted.trialId}, 'rebooted', ${later(300).toISOString()}, 'e1', 'Erin', gen_random_uuid())`
  await receive(restarted.device.mdmServerId, acknowledged(restarted), later(400))
  expect(await listContradictionsOfTrial(lab.db, restarted.trialId)).toMatchObject([
    { path: 'UpdateResults', kind: 'documentedSilence', trialId: restarted.trialId },
  ])
})

test('NotNow and a repeated answer are not compared again', async () => {
  const { trialId, device: one, commandUuid } = await observing(true)
  const about = { ...one, commandUuid }
  const notNow = answerBody({ ...about, status: 'NotNow', at: later(200) })
  await receive(one.mdmServerId, notNow)
  const body = answerBody({ ...about, status: 'Acknowledged', at: later(300) })
  await receive(one.mdmServerId, body, later(300))
  expect(await receive(one.mdmServerId, body, later(310))).toMatchObject({ readState: 'duplicate' })
  expect(await countChecksOfTrial(lab.db, trialId)).toEqual({ compared: 1, notCompared: [] })
  expect(await listContradictionsOfTrial(lab.db, trialId)).toMatchObject([{ simulated: true }])
})

test('if the comparison fails, the reply is read and the failure is a parser warning', async () => {
  await lab.sql`alter table reply_checks add constraint broken check (false) not valid`
  try {
    const { eventOf, device: one } = await device('11.3', '<integer>0</integer>')
    const event = eventOf('DeviceInformation')
    expect(event).toMatchObject({ readState: 'read' })
    expect(event?.oddities?.at(-1)?.note).toContain("not compared with Apple's documentation")
    const [reading] =
      await lab.sql`select value from readings where device_id = ${one.id} and field = 'osVersion' and source = 'mdm'`
    expect(reading?.value).toBe('11.3')
    expect(eventOf('AvailableOSUpdates')).toBeDefined()
  } finally {
    await lab.sql`alter table reply_checks drop constraint broken`
  }
})
