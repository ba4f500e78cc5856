import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listVersionEvents } from '@/lib/db/queries/trials/protocol-life'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { addDevice } from '../testing/device'
import { engineer, lead, must, now } from '../testing/people'
import { armedTrial, reviewedProtocol, twoSlots } from '../testing/trial'
import { armTrial, draftTrial, registerTrial } from './prepare-trial'
import { retireProtocol, reviewProtocol } from './review-protocol'
import { saveProtocol } from './save-protocol'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const otherLead: Actor = { id: 'l2', name: 'Lou', role: 'lead' }
const why = 'Replaced by a version with a longer deadline.'

const saved = async (by: Actor = engineer) =>
  must(await saveProtocol(lab.db, by, { plan: twoSlots }, now), 'saved').versionId

async function drafted(protocolVersionId: string) {
  const device = await addDevice(lab.db)
  const draft = { deviceId: device.id, protocolVersionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, now), 'done')
  return { trialId, device }
}

const register = (trialId: string) => registerTrial(lab.db, engineer, { trialId }, now)

test('a draft may wait for a review; it is registered once a lead has reviewed the version', async () => {
  const versionId = await saved()
  const { trialId } = await drafted(versionId)
  expect(await register(trialId)).toMatchObject({
    ...{ status: 'refused', field: 'protocolVersionId' },
    reason: expect.stringContaining('a lead other than Erin reviews it'),
  })
  must(await reviewProtocol(lab.db, lead, { versionId, reason: ' Good. ' }, now), 'done')
  must(await register(trialId), 'done')
  expect(await listVersionEvents(lab.db, [versionId])).toEqual([
    { versionId, kind: 'reviewed', at: now, byName: lead.name, reason: 'Good.' },
  ])
})

test('nobody reviews what they wrote, no engineer reviews, and a version is reviewed once', async () => {
  const versionId = await saved(lead)
  const review = (by: Actor) => reviewProtocol(lab.db, by, { versionId, reason: '' }, now)
  expect(await review(lead)).toMatchObject({ reason: expect.stringContaining('You wrote') })
  expect(await review(engineer)).toMatchObject({ reason: expect.stringContaining('role lead') })
  must(await review(otherLead), 'done')
  expect(await review(otherLead)).toMatchObject({ reason: expect.stringContaining('already') })
  const gone = { versionId: randomUUID(), reason: '' }
  expect(await reviewProtocol(lab.db, lead, gone, now)).toMatchObject({ status: 'refused' })
})

test('each version is reviewed by itself', async () => {
  const first = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  must(await reviewProtocol(lab.db, lead, { versionId: first.versionId, reason: '' }, now), 'done')
  const next = { protocolId: first.protocolId, basedOn: 1, plan: twoSlots }
  const second = must(await saveProtocol(lab.db, engineer, next, now), 'saved')
  const { trialId } = await drafted(second.versionId)
  expect(await register(trialId)).toMatchObject({
    reason: expect.stringContaining('version 2 of the protocol is a draft'),
  })
})

test('with a retired version no trial begins; one that is registered goes on', async () => {
  const versionId = await reviewedProtocol(lab.db)
  const waiting = await drafted(versionId)
  const running = await drafted(versionId)
  must(await register(running.trialId), 'done')
  const retire = (by: Actor, reason: string) =>
    retireProtocol(lab.db, by, { versionId, reason }, now)
  expect(await retire(engineer, why)).toMatchObject({ status: 'refused' })
  expect(await retire(lead, 'old')).toMatchObject({ field: 'reason' })
  must(await retire(lead, why), 'done')
  expect(await retire(lead, why)).toMatchObject({ reason: expect.stringContaining('retired by') })

  expect(await register(waiting.trialId)).toMatchObject({ reason: expect.stringContaining(why) })
  const device = await addDevice(lab.db)
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  expect(await draftTrial(lab.db, engineer, draft, now)).toMatchObject({
    field: 'protocolVersionId',
  })
  const check = { trialId: running.trialId, serialLast4: running.device.serial.slice(-4) }
  must(await armTrial(lab.db, engineer, check, now), 'done')
  const unreviewed = await saved()
  must(await retireProtocol(lab.db, lead, { versionId: unreviewed, reason: why }, now), 'done')
  expect(
    await reviewProtocol(lab.db, lead, { versionId: unreviewed, reason: '' }, now),
  ).toMatchObject({ reason: expect.stringContaining('retired') })
})

test('the database refuses the same by itself', async () => {
  const { sql } = lab
  const [version] = [await saved()]
  const { trialId } = await drafted(version)
  const advance = (state: string) =>
    sql`update trials set state = ${state}, registration_hash = 'x', registered_at = now() where id = ${trialId}`
  await expect(advance('registered')).rejects.toThrow('was not reviewed')
  const event = (kind: string, by: { id: string; name: string; role?: string }, reason = '') =>
    sql`insert into protocol_version_events (version_id, kind, reason, at, by_id, by_name, by_role)
      values (${version}, ${kind}, ${reason}, now(), ${by.id}, ${by.name}, ${by.role ?? 'lead'})`
  await expect(event('reviewed', engineer)).rejects.toThrow('another lead reviews it')
  await expect(event('reviewed', { ...otherLead, role: 'engineer' })).rejects.toThrow('by_a_lead')
  await expect(
    event('usedBefore', { id: 'system', name: 'Oneway', role: 'system' }),
  ).rejects.toThrow('known already')
  await expect(event('retired', lead, 'short')).rejects.toThrow('with_a_reason')
  await event('reviewed', lead)
  await expect(event('reviewed', otherLead)).rejects.toThrow('one_event_of_a_kind')
  await event('retired', lead, why)
  await expect(advance('registered')).rejects.toThrow('is retired')
  await expect(
    sql`insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by)
      select device_id, protocol_version_id, 'draft', now(), 'Erin' from trials where id = ${trialId}`,
  ).rejects.toThrow('is retired')
  await expect(
    sql`insert into protocol_versions (protocol_id, version, plan, created_by)
      select protocol_id, 99, plan, 'Erin' from protocol_versions where id = ${version}`,
  ).rejects.toThrow('names its author')
  await sql`update trials set state = 'withdrawn' where id = ${trialId}`
})

test('a version from before authors had an ID is not reviewed by somebody of their name', async () => {
  const versionId = await saved(lead)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update protocol_versions set created_by_id = null where id = ${versionId}`
  })
  const namesake = { ...otherLead, name: lead.name }
  const review = (by: Actor) => reviewProtocol(lab.db, by, { versionId, reason: '' }, now)
  expect(await review(namesake)).toMatchObject({ reason: expect.stringContaining('You wrote') })
  await expect(
    lab.sql`insert into protocol_version_events (version_id, kind, at, by_id, by_name, by_role)
      values (${versionId}, 'reviewed', now(), 'l2', ${lead.name}, 'lead')`,
  ).rejects.toThrow('another lead reviews it')
  must(await review(otherLead), 'done')
})

test('a retirement beside a registration: one waits for the other, and no trial slips between', async () => {
  const { sql } = lab
  const versionId = await reviewedProtocol(lab.db)
  const { trialId } = await drafted(versionId)
  let late: Promise<unknown> = Promise.resolve()
  await sql.begin(async (tx) => {
    await tx`insert into protocol_version_events (version_id, kind, reason, at, by_id, by_name, by_role)
      values (${versionId}, 'retired', ${why}, now(), 'l', 'Lee', 'lead')`
    late = register(trialId).catch((error: Error) => String(error.cause))
    await expect
      .poll(async () => {
        const [waiting] = await lab.owner.execute<{ n: number }>(
          'select count(*)::int as n from pg_locks where not granted',
        )
        return waiting?.n
      })
      .toBeGreaterThan(0)
  })
  expect(await late).toMatch(/is retired/)
  expect(await register(trialId)).toMatchObject({ status: 'refused' })
  const [row] = await sql`select state from trials where id = ${trialId}`
  expect(row?.state).toBe('draft')
})

test('what trials of the lab use is reviewed', async () => {
  const { trialId } = await armedTrial(lab.db)
  const [row] = await lab.sql`select e.kind, e.by_name as by from trials t
    join protocol_version_events e on e.version_id = t.protocol_version_id where t.id = ${trialId}`
  expect(row).toEqual({ kind: 'reviewed', by: lead.name })
})
