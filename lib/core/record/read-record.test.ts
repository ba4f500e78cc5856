import { randomUUID } from 'node:crypto'
import { setTimeout } from 'node:timers/promises'
import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findMoment, inThePast, listRecordChanges } from '@/lib/db/audit/past'
import { listStaleVerdicts } from '@/lib/db/queries/devices/verdicts'
import { storeLabSetting } from '@/lib/db/queries/settings'
import { updateTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { holdDevice } from '../devices/hold-device'
import { typeReadings } from '../devices/type-readings'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { deliver } from '../release/deliver'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must, now } from '../testing/people'
import { proofOf, releaseSigned, reviewedProtocol, seenSlot, twoSlots } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { concludeTrial } from '../trials/conclude-trial'
import { armTrial, disarmTrial, draftTrial, registerTrial } from '../trials/prepare-trial'
import { observe } from './observe'
import { answerQuery, askQuery, closeQuery } from './query-trial'
import { type DeviceRecord, readDevice, readTrial, type TrialRecord } from './read-record'
import { approve, lock, peer, unlock } from './review.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** Keeps two actions from having the same millisecond, the precision of an instant. */
const apart = () => setTimeout(3)

type Snapshot = {
  action: string
  at: Date
  device: DeviceRecord
  trial: TrialRecord
}

/** Runs an action and stores what the pages read right after it. */
function createCamera(deviceId: string, trialId: string) {
  const snapshots: Snapshot[] = []
  const after = async <T>(action: string, done: T): Promise<T> => {
    expect(done, action).not.toMatchObject({ status: 'refused' })
    await apart()
    const at = new Date()
    const device = must(await readDevice(lab.db, engineer, { id: deviceId }, at), 'shown')
    const trial = must(await readTrial(lab.db, engineer, { id: trialId }, at), 'shown')
    snapshots.push({ action, at, device: device.record, trial: trial.record })
    await apart()
    return done
  }
  return { snapshots, after }
}

async function drafted() {
  const by = { changedAt: now, changedBy: lead.name }
  await storeLabSetting(lab.db, 'twoPersonRelease', 'protocolOnly', by)
  const device = await addDevice(lab.db, { simulated: true })
  const versionId = await reviewedProtocol(lab.db, twoSlots, now)
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  await apart()
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  return { device, trialId }
}

/** A trial from its draft to its lock and unlock, read after each action. */
async function lookedAtAfterEachAction() {
  const { db } = lab
  const { device, trialId } = await drafted()
  const { id: deviceId, enrollmentId, mdmServerId } = device
  const { snapshots, after } = createCamera(deviceId, trialId)
  await after('register', await registerTrial(db, engineer, { trialId }, now))
  const arm = { trialId, serialLast4: device.serial.slice(-4) }
  await after('arm', await armTrial(db, engineer, arm, now))
  await after('disarm', await disarmTrial(db, engineer, { trialId }, now))
  await after('arm again', await armTrial(db, engineer, arm, now))
  const slot = await seenSlot(db, trialId)
  const release = await after('release', await releaseSigned(db, engineer, slot, now))
  const { commandUuid } = must(release, 'released')
  await after('send', await deliver(db, fakeServer().servers, commandUuid, () => later(121)))
  const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at: later(130) })
  const eventId = await after('hear', (await keepEvent(db, mdmServerId, body, later(130))) ?? 0)
  await after('read', await readKeptEvent(db, eventId, later(130)))
  const newOs = { osVersion: '12.1', osBuild: '16B92' }
  const sighting = { trialId, observedAt: later(900), text: '', kind: 'newOsSeen' as const }
  const entry = { ...sighting, nonce: randomUUID(), ...newOs }
  await after('see', await observe(db, engineer, entry, later(901)))
  const typing = { deviceId, texts: { batteryLevel: '40' } }
  await after('type', await typeReadings(db, engineer, typing, new Date()))
  const proofId = await proofOf(db, lead, 'overrule', trialId, later(920))
  const decision = {
    trialId,
    outcome: 'installedAsExpected' as const,
    reason: 'seen by two people',
  }
  await after('conclude', await concludeTrial(db, lead, { ...decision, proofId }, later(920)))
  await after(
    'hold',
    await holdDevice(db, lead, { deviceId, reason: 'kept for a fix', until: later(86_400) }, now),
  )
  const query = { trialId, field: 'outcome', text: 'Who read it?' }
  const { id: queryId } = must(
    await after('ask', await askQuery(db, peer, query, later(1500))),
    'recorded',
  )
  const on = { trialId, queryId, text: 'I did, at the bench.' }
  await after('answer', await answerQuery(db, engineer, on, later(1500)))
  await after('close', await closeQuery(db, peer, on, later(1500)))
  await after('approve', await approve(db, trialId))
  await after('lock', await lock(db, trialId))
  await after('free', await holdDevice(db, lead, { deviceId, reason: undefined }, now))
  await after('unlock', await unlock(db, trialId))
  return { trialId, deviceId, snapshots }
}

/** The last contact of device and server is not in the trail. */
const withoutTheUnkept = <T extends { device: object; server: object | undefined }>(read: T) => ({
  ...read,
  device: { ...read.device, lastSeenAt: null },
  server: read.server && { ...read.server, lastContactAt: null },
})

test('a trial and its device are shown in their historical state after every single action', async () => {
  const { trialId, deviceId, snapshots } = await lookedAtAfterEachAction()
  expect(snapshots).toHaveLength(19)
  expect(new Set(snapshots.map(({ trial }) => JSON.stringify(trial))).size).toBeGreaterThan(15)
  for (const { action, at, device, trial } of snapshots) {
    const asOf = at.toISOString()
    const then = must(await readTrial(lab.db, engineer, { id: trialId, asOf }, new Date()), 'shown')
    expect({ action, ...then.record, view: withoutTheUnkept(then.record.view) }).toEqual({
      action,
      ...trial,
      view: withoutTheUnkept(trial.view),
    })
    const deviceThen = must(
      await readDevice(lab.db, engineer, { id: deviceId, asOf }, new Date()),
      'shown',
    )
    expect({ action, ...withoutTheUnkept(deviceThen.record) }).toEqual({
      action,
      ...withoutTheUnkept(device),
    })
  }
})

const trialOf = async () => (await drafted()).trialId
const look = (id: string, asOf: string) => readTrial(lab.db, engineer, { id, asOf }, new Date())

test('before its creation a record did not exist yet, and its creation time is given', async () => {
  const before = new Date()
  await apart()
  const trialId = await trialOf()
  const nothing = must(await look(trialId, before.toISOString()), 'notYet')
  expect(
    must(await look(trialId, nothing.since.toISOString()), 'shown').record.view.trial,
  ).toMatchObject({
    id: trialId,
    state: 'draft',
  })
  const justBefore = new Date(nothing.since.getTime() - 2).toISOString()
  must(await look(trialId, justBefore), 'notYet')
})

test('a record older than the trail is unknown until the trail begins, not absent', async () => {
  const id = randomUUID()
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into devices (id, name, platform) values (${id}, 'Older than the trail', 'iOS')`
  })
  const before = new Date()
  await apart()
  const ask = (at: Date) => readDevice(lab.db, engineer, { id, asOf: at.toISOString() }, new Date())
  expect(await ask(before)).toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/no entry about it/),
  })
  await lab.sql`select audit_append('baseline', 'devices', ${id}, ${id}, null, null,
    (select to_jsonb(d) from devices d where id = ${id}), null)`
  must(await ask(before), 'unknown')
  await apart()
  expect(must(await ask(new Date()), 'shown').record.device.name).toBe('Older than the trail')
})

test.each([
  ['last Tuesday', /not a date and time in UTC/],
  ['2999-01-01T00:00:00Z', /in the future/],
])('%s is refused with its reason', async (asOf, reason) => {
  const trialId = await trialOf()
  expect(await look(trialId, asOf)).toEqual({
    status: 'refused',
    reason: expect.stringMatching(reason),
    field: 'asOf',
  })
})

test('each change in the list shows at its instant and not at the one before', async () => {
  const { device, trialId } = await drafted()
  await apart()
  const [drafting] = await listRecordChanges(lab.db, 'trial', trialId)
  await setTimeout(300)
  must(await registerTrial(lab.db, engineer, { trialId }, now), 'done')
  const [registering, same] = await listRecordChanges(lab.db, 'trial', trialId)
  expect(same).toEqual(drafting)
  expect(registering).toMatchObject({
    by: engineer.name,
    tables: expect.arrayContaining(['trials']),
  })
  const stateAt = async (at: Date | undefined) =>
    must(await look(trialId, at?.toISOString() ?? ''), 'shown').record.view.trial.state
  expect(await stateAt(drafting?.at)).toBe('draft')
  expect(await stateAt(registering?.at)).toBe('registered')
  expect((await listRecordChanges(lab.db, 'device', device.id)).length).toBeGreaterThan(1)
})

const nowThere = async () => findMoment(lab.db, new Date())

test('a historical view writes nothing and reads no current table', async () => {
  const trialId = await trialOf()
  const moment = await nowThere()
  await expect(
    inThePast(lab.db, moment, (then) => updateTrial(then, trialId, { closedReason: 'no' })),
  ).rejects.toThrow()
  await expect(
    inThePast(lab.db, moment, (then) => listStaleVerdicts(then, '', new Date(), 1)),
  ).rejects.toThrow()
})

test('a historical view contains no key of a server either', async () => {
  const { mdmServerId } = (await drafted()).device
  await apart()
  const rows = await inThePast(lab.db, await nowThere(), (then) =>
    then.execute(
      sql`select api_key, hmac_key, webhook_token_sha256 from mdm_servers where id = ${mdmServerId}`,
    ),
  )
  expect([...rows]).toEqual([{ api_key: null, hmac_key: null, webhook_token_sha256: null }])
})

test('an instant is the last entry up to then, from the first to the newest', async () => {
  const entries = await lab.sql<{ seq: string; at: string }[]>`
    select seq, audit_time(at) as at from audit_log order by seq`
  const seqBy = (at: Date) =>
    Number(entries.findLast((entry) => entry.at <= at.toISOString().replace('Z', '000Z'))?.seq ?? 0)
  const times = entries.flatMap((entry) => {
    const at = Date.parse(entry.at)
    return [new Date(at), new Date(at + 1)]
  })
  for (const at of [new Date(0), ...times])
    expect(await findMoment(lab.db, at)).toEqual({ at, seq: seqBy(at) })
})

test('the historical views have every column of their tables, with the same type', async () => {
  const differing = await lab.sql`
    select v.relname, a.attname from pg_class v join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
    left join pg_attribute t on t.attrelid = ('public.' || v.relname)::regclass and t.attname = a.attname
      and (t.atttypid, t.atttypmod) = (a.atttypid, a.atttypmod)
    where v.relnamespace = 'past'::regnamespace and t.attname is null`
  expect([...differing]).toEqual([])
  const [counts] =
    await lab.sql`select count(*)::int as n from pg_class where relnamespace = 'past'::regnamespace`
  expect(counts?.n).toBeGreaterThan(20)
})
