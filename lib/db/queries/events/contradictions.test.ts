import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { now } from '@/lib/core/testing/people'
import { armedTrial } from '@/lib/core/testing/trial'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import {
  countContradictionsOfTrial,
  insertReplyCheck,
  listContradictionsOfEvent,
  listContradictionsOfTrial,
} from './contradictions'
import { insertRawEvents } from './stored-bodies'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const event = async (mdmServerId: string) => {
  const body = new Uint8Array([1])
  const [id = 0] = await insertRawEvents(lab.db, [
    { mdmServerId, receivedAt: now, body, sha256: 'x', receipt: crypto.randomUUID() },
  ])
  return id
}

const finding = (observed = 'integer') => ({
  path: 'OSUpdateStatus[].IsDownloaded',
  kind: 'typeDiffers' as const,
  observed,
  expected: 'boolean',
  reason: 'integer where boolean is documented',
  fingerprint: `OSUpdateStatus OSUpdateStatus[].IsDownloaded typeDiffers ${observed}`,
  outOf: 'OSUpdateStatus[].IsDownloaded',
  cites: [],
  reported: [],
})

const checkOf = (rawEventId: number, deviceId: string, trialId?: string) => ({
  rawEventId,
  deviceId,
  trialId: trialId ?? null,
  requestType: 'OSUpdateStatus' as const,
  platform: 'iOS' as const,
  osVersion: '11.3',
  documentation: 'lists of a test',
  judged: ['(reply)', 'OSUpdateStatus[].IsDownloaded'],
  createdAt: now,
})

/** A device with one reply that was checked and one contradiction in it. */
const checked = async (simulated = false) => {
  const device = await addDevice(lab.db, { simulated })
  const rawEventId = await event(device.mdmServerId)
  await insertReplyCheck(lab.db, checkOf(rawEventId, device.id), [finding()])
  return { device, rawEventId }
}

test.each(['reply_checks', 'contradictions'])(
  '%s only grows: update, delete and truncate are refused to SQL itself',
  async (table) => {
    const { sql } = lab
    await checked()
    await expect(sql`update ${sql(table)} set created_at = created_at`).rejects.toThrow(
      /only grows/,
    )
    await expect(sql`delete from ${sql(table)}`).rejects.toThrow(/only grows/)
    await expect(sql`truncate ${sql(table)} cascade`).rejects.toThrow(/only grows/)
  },
)

test('an event is checked once: a second check of it writes nothing', async () => {
  const { device, rawEventId } = await checked()
  const again = { ...checkOf(rawEventId, device.id), osVersion: '12' }
  await insertReplyCheck(lab.db, again, [finding(), finding('string')])
  expect(await listContradictionsOfEvent(lab.db, rawEventId)).toMatchObject([{ osVersion: '11.3' }])
  await expect(
    lab.sql`insert into contradictions (raw_event_id, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, created_at)
      select raw_event_id, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, created_at from contradictions where raw_event_id = ${rawEventId}`,
  ).rejects.toThrow(/one_row_per_fingerprint_of_a_reply/)
})

test('the same contradiction of a device, trial and version is one row, and every reply counts', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const events: number[] = []
  for (let n = 0; n < 5; n += 1) {
    const rawEventId = await event(device.mdmServerId)
    const found = n === 4 ? [finding(), finding('string')] : [finding()]
    await insertReplyCheck(lab.db, checkOf(rawEventId, device.id, trialId), found)
    events.push(rawEventId)
  }
  const rows = await listContradictionsOfTrial(lab.db, trialId)
  expect(rows.map(({ rawEventId, observed }) => [rawEventId, observed])).toEqual([
    [events[0], 'integer'],
    [events[4], 'string'],
  ])
  const times = await countContradictionsOfTrial(lab.db, trialId)
  expect([...times.values()].toSorted()).toEqual([1, 5])
  // The page of a later reply shows what it contradicts all the same.
  expect(await listContradictionsOfEvent(lab.db, events[2] ?? 0)).toMatchObject([
    { observed: 'integer' },
  ])
  const later = { ...checkOf(await event(device.mdmServerId), device.id, trialId), osVersion: '12' }
  await insertReplyCheck(lab.db, later, [finding()])
  expect(await listContradictionsOfTrial(lab.db, trialId)).toHaveLength(3)
})

test('a contradiction is about the device, the version and the environment of its check, whatever is written', async () => {
  const { device, rawEventId } = await checked(true)
  const other = await addDevice(lab.db)
  await lab.sql`insert into contradictions (raw_event_id, device_id, request_type, platform, os_version, documentation, simulated, path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, created_at)
    values (${rawEventId}, ${other.id}, 'SecurityInfo', 'tvOS', '9.9', 'mine', false, 'Status', 'typeDiffers', 'x', 'y', 'z', 'f', '(reply)', '[]', '[]', now())`
  const rows = await listContradictionsOfEvent(lab.db, rawEventId)
  expect(rows).toHaveLength(2)
  for (const row of rows)
    expect(row).toMatchObject({
      deviceId: device.id,
      requestType: 'OSUpdateStatus',
      platform: 'iOS',
      osVersion: '11.3',
      simulated: true,
    })
})

test('nothing is found where nothing was looked at', async () => {
  const device = await addDevice(lab.db)
  const rawEventId = await event(device.mdmServerId)
  const elsewhere = { ...finding(), outOf: 'OSUpdateStatus[].Status' }
  await expect(
    insertReplyCheck(lab.db, checkOf(rawEventId, device.id), [elsewhere]),
  ).rejects.toMatchObject({ cause: { message: expect.stringMatching(/did not look at/) } })
})

test('an event of one environment is never checked for a device of the other, nor for the trial of another device', async () => {
  const [real, virtual] = [await addDevice(lab.db), await addDevice(lab.db, { simulated: true })]
  const crossed = insertReplyCheck(lab.db, checkOf(await event(virtual.mdmServerId), real.id), [])
  await expect(crossed).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/not of the environment/) },
  })
  const { trialId } = await armedTrial(lab.db)
  const foreign = checkOf(await event(real.mdmServerId), real.id, trialId)
  await expect(insertReplyCheck(lab.db, foreign, [])).rejects.toMatchObject({
    cause: { message: expect.stringMatching(/trial of another device/) },
  })
})

test('a check names the version it compared for, or says why it compared nothing', async () => {
  const device = await addDevice(lab.db)
  const base = checkOf(await event(device.mdmServerId), device.id)
  for (const half of [
    { osVersion: null, documentation: null, notCompared: null },
    { notCompared: 'both' },
    { documentation: null },
  ])
    await expect(insertReplyCheck(lab.db, { ...base, ...half }, [])).rejects.toThrow()
})

test('the export of a trial tells none from not compared, and each fingerprint once', async () => {
  const { trialId, device } = await armedTrial(lab.db)
  const cell = async () => {
    const [row] = await lab.sql`select contradictions from trial_export where trial = ${trialId}`
    return row?.contradictions
  }
  expect(await cell()).toBeNull()
  const check = async () => checkOf(await event(device.mdmServerId), device.id, trialId)
  await insertReplyCheck(lab.db, await check(), [])
  expect(await cell()).toBe('none')
  await insertReplyCheck(lab.db, await check(), [finding(), finding('string')])
  await insertReplyCheck(lab.db, await check(), [finding()])
  expect(await cell()).toBe(`${finding().fingerprint}; ${finding('string').fingerprint}`)
})
