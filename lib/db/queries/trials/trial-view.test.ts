import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { insertDevice } from '../devices/devices'
import { insertReadings } from '../devices/readings'
import { settleRawEvent } from '../events/raw-events'
import { insertRawEvents } from '../events/stored-bodies'
import { insertServer } from '../servers/servers'
import { insertProtocol, insertProtocolVersion } from './protocols'
import { findTrialReply, findTrialView, listReadingChanges } from './trial-view'
import { insertTrial } from './trials'

const at = (minute: number) => new Date(Date.UTC(2026, 2, 2, 9, minute))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const addDevice = async () => {
  const mdmServerId = await insertServer(lab.db, {
    slug: randomUUID(),
    name: 'Lab NanoMDM',
    kind: 'nanomdm',
    url: `http://127.0.0.1:9/${randomUUID()}`,
    apiKey: 'secret-api-key',
    hmacKey: 'secret-hmac-key',
    simulated: false,
  })
  const enrollmentId = randomUUID()
  return insertDevice(lab.db, { name: 'iPhone', platform: 'iOS', mdmServerId, enrollmentId })
}

const addTrial = async (deviceId: string) => {
  const protocolId = await insertProtocol(lab.db, 'Erin', at(0))
  const plan = {
    title: 'Download',
    question: 'Does it?',
    slots: [{ installAction: 'Default' as const, productKey: 'iOSUpdate16B92' }],
    conditions: {},
    steps: [],
    expectedOutcome: 'Installed as expected',
    primaryOutcome: 'installed' as const,
    deadlineMinutes: 60,
  }
  const draft = { protocolId, version: 1, plan, by: { id: 'erin', name: 'Erin' }, now: at(0) }
  const { id: protocolVersionId } = await insertProtocolVersion(lab.db, draft)
  const about = { draftedAt: at(0), draftedBy: 'Erin', expectation: 'It installs.' }
  return insertTrial(lab.db, { ...about, deviceId, protocolVersionId, state: 'draft' })
}

const version = (value: string | undefined, minute: number) => ({
  field: 'osVersion' as const,
  value,
  unknownReason: value === undefined ? 'not reported' : null,
  source: 'mdm' as const,
  answeredAt: at(minute),
})

test('only readings that are not what the one before was are changes, with what it was', async () => {
  const { id } = await addDevice()
  const read = ['12.0.1', '12.0.1', '12.0.1', '12.1', '12.1', undefined]
  await insertReadings(
    lab.db,
    id,
    read.map((value, minute) => version(value, minute)),
  )
  const changes = await listReadingChanges(lab.db, id, { since: at(1) })
  expect(changes).toMatchObject([
    { before: { value: '12.0.1' }, value: '12.1', answeredAt: at(3), source: 'mdm' },
    { before: { value: '12.1' }, value: undefined, unknownReason: 'not reported' },
  ])
})

test('the first reading of a field ever is a change from nothing', async () => {
  const { id } = await addDevice()
  await insertReadings(lab.db, id, [version('12.1', 5)])
  expect(await listReadingChanges(lab.db, id, { since: at(1) })).toMatchObject([
    { before: undefined, value: '12.1' },
  ])
})

test('a version that looks like a number stays the text it is', async () => {
  const { id } = await addDevice()
  await insertReadings(lab.db, id, [version('11.3', 1), version('12.10', 2)])
  const [, second] = await listReadingChanges(lab.db, id, { since: at(0) })
  expect(second).toMatchObject({ value: '12.10', before: { value: '11.3' } })
})

test('what was read after the trial or on another device is none of its changes', async () => {
  const [{ id }, other] = [await addDevice(), await addDevice()]
  await insertReadings(lab.db, id, [version('12.0.1', 0), version('12.1', 9)])
  await insertReadings(lab.db, other.id, [version('11.4', 3)])
  expect(await listReadingChanges(lab.db, id, { since: at(1), until: at(8) })).toEqual([])
})

test('the view holds the trial with its device, plan and server, and never a key of the server', async () => {
  const device = await addDevice()
  const trial = await addTrial(device.id)
  const view = await findTrialView(lab.db, trial.id)
  expect(view).toMatchObject({
    trial: { id: trial.id },
    device: { id: device.id },
    version: { version: 1 },
    server: { name: 'Lab NanoMDM' },
    commands: [],
  })
  expect(JSON.stringify(view)).not.toContain('secret')
})

test.each(['', 'T-1', randomUUID(), "' or 1=1"])('there is no trial "%s"', async (id) => {
  expect(await findTrialView(lab.db, id)).toBeUndefined()
})

test('a reply is shown with its bytes under its own trial, and under no other', async () => {
  const device = await addDevice()
  const [trial, other] = [await addTrial(device.id), await addTrial(device.id)]
  const body = new Uint8Array([1, 2, 3])
  const kept = {
    mdmServerId: device.mdmServerId ?? '',
    receivedAt: at(1),
    body,
    sha256: 'x',
    receipt: crypto.randomUUID(),
  }
  const [eventId = 0] = await insertRawEvents(lab.db, [kept])
  const payload = new Uint8Array([0, 255])
  await settleRawEvent(lab.db, eventId, { readState: 'read', trialId: trial.id, payload })
  const reply = await findTrialReply(lab.db, trial.id, eventId)
  expect(new Uint8Array(reply?.payload ?? [])).toEqual(payload)
  expect(await findTrialReply(lab.db, other.id, eventId)).toBeUndefined()
  expect(await findTrialReply(lab.db, trial.id, Number.NaN)).toBeUndefined()
})
