import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { insertAlarm } from '@/lib/db/queries/devices/device-alarms'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { listDeliveries } from '@/lib/db/queries/outbox/deliveries'
import { stopServer } from '@/lib/db/queries/servers/servers'
import { insertTrialEvent } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { transact } from '@/lib/db/transact'
import { topics } from '@/lib/domain/notice/topics'
import { recordOsChange } from '../ingest/detect-os-change'
import { askQuery } from '../record/query-trial'
import { addDevice, addServer, readingsOf } from '../testing/device'
import { admin, engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, sentTrial } from '../testing/trial'
import { concludeTrial } from '../trials/conclude-trial'
import { discardDelivery, retryDelivery } from './decide-delivery'
import { saveTarget } from './save-target'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
beforeEach(async () => {
  await lab.sql`update notice_targets set is_on = false`
  await lab.sql`delete from notices`
})
afterAll(() => lab.drop())

const receiver = async (but: Partial<Parameters<typeof saveTarget>[2]> = {}) => {
  const wished = { name: randomUUID(), url: 'https://hooks.example', topics, isOn: true }
  const input = { ...wished, withSimulated: false, ...but }
  return must(await saveTarget(lab.db, admin, input, now), 'saved').targetId
}
const queued = async () => {
  const rows = await listDeliveries(lab.db, {}, 100)
  return rows.map(({ notice }) => ({ topic: notice.topic, about: notice.about })).toReversed()
}

const concluded = async (simulated = false) => {
  const { trialId, device } = await sentTrial(lab.db, { simulated })
  const reason = 'Looked at in the test: it is on the old version still.'
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(200))
  const input = { trialId, outcome: 'refused' as const, reason, proofId }
  must(await concludeTrial(lab.db, lead, input, later(200)), 'concluded')
  return { trialId, device }
}

test('a conclusion is queued with its IDs, and the trial for review', async () => {
  await receiver()
  const { trialId, device } = await concluded()
  const ids = { trialId, trialNumber: expect.any(Number), deviceId: device.id }
  expect(await queued()).toEqual([
    { topic: 'trial.concluded', about: { ...ids, outcome: 'refused' } },
    { topic: 'trial.review_due', about: ids },
  ])
})

test('nobody who wants it, nothing is written: off, another topic, another environment', async () => {
  await receiver({ isOn: false })
  await receiver({ topics: ['sending.stopped'] })
  await concluded(true)
  await concluded()
  expect(await queued()).toEqual([])
  const [notices] = await lab.sql`select count(*)::int as count from notices`
  expect(notices).toEqual({ count: 0 })
})

test('a receiver of both environments gets simulated events, marked so', async () => {
  await receiver({ withSimulated: true, topics: ['trial.concluded'] })
  await receiver({ topics: ['trial.concluded'] })
  await concluded(true)
  const [only, ...others] = await listDeliveries(lab.db, {}, 10)
  expect(only?.notice.simulated).toBe(true)
  expect(others).toEqual([])
})

test('two receivers get one notice each, with one ID', async () => {
  await receiver({ topics: ['trial.concluded'] })
  await receiver({ topics: ['trial.concluded'] })
  await concluded()
  const rows = await listDeliveries(lab.db, {}, 10)
  expect(rows).toHaveLength(2)
  expect(new Set(rows.map(({ noticeId }) => noticeId)).size).toBe(1)
})

test('what is rolled back is no notice', async () => {
  await receiver()
  const id = await addServer(lab.db)
  const stop = transact(lab.db, admin, async (tx) => {
    await stopServer(tx, id, 'two answers to one command')
    throw new Error('rolled back')
  })
  await expect(stop).rejects.toThrow('rolled back')
  expect(await queued()).toEqual([])
  await transact(lab.db, admin, (tx) => stopServer(tx, id, 'two answers to one command'))
  await transact(lab.db, admin, (tx) => stopServer(tx, id, 'another'))
  expect(await queued()).toEqual([{ topic: 'server.stopped', about: { serverId: id } }])
})

test('an update outside a trial is queued, with nothing of the device but its ID', async () => {
  await receiver()
  const device = await addDevice(lab.db, {})
  await insertReadings(lab.db, device.id, readingsOf({ osVersion: '12.1' }, later(100)))
  await recordOsChange(lab.db, device.id, { at: later(100) }, later(101))
  expect(await queued()).toEqual([
    { topic: 'device.updated_outside_a_trial', about: { deviceId: device.id } },
  ])
})

test('a trial that loses its baseline before it is sent is queued', async () => {
  await receiver({ topics: ['trial.lost'] })
  const { trialId, device } = await armedTrial(lab.db)
  await insertReadings(lab.db, device.id, readingsOf({ osVersion: '12.1' }, later(100)))
  await recordOsChange(lab.db, device.id, { at: later(100) }, later(101))
  expect(await queued()).toMatchObject([{ topic: 'trial.lost', about: { trialId } }])
})

test('an update command that may have been sent is queued', async () => {
  await receiver({ topics: ['command.unconfirmed'] })
  const result = { outcome: 'unconfirmed' as const, reason: 'no answer' }
  const { trialId, commandUuid } = await sentTrial(lab.db, { result })
  expect(await queued()).toMatchObject([
    { topic: 'command.unconfirmed', about: { trialId, commandUuid } },
  ])
})

test('a query of a reviewer is queued', async () => {
  await receiver({ topics: ['trial.query_raised'] })
  const { trialId } = await concluded()
  const query = { trialId, field: 'outcome', text: 'Which build did it show?' }
  const reviewer = { id: 'r1', name: 'Ray', role: 'engineer' } as const
  must(await askQuery(lab.db, reviewer, query, later(300)), 'recorded')
  expect(await queued()).toMatchObject([{ topic: 'trial.query_raised', about: { trialId } }])
})

test.each([
  ['deadlinePassed', 'trial.deadline_passed'],
  ['observationGap', 'trial.observation_gap'],
] as const)('the event %s of a trial is queued', async (kind, topic) => {
  await receiver({ topics: [topic] })
  const { trialId } = await sentTrial(lab.db)
  const by = { byId: admin.id, byName: admin.name, byRole: 'system' }
  await insertTrialEvent(lab.db, { trialId, kind, at: later(200), ...by })
  expect(await queued()).toMatchObject([{ topic, about: { trialId } }])
})

test('an alarm on a device is queued with its kind', async () => {
  await receiver({ topics: ['device.alarm_raised'] })
  const { id: deviceId } = await addDevice(lab.db, {})
  const alarm = { deviceId, kind: 'foreignUpdate' as const, reason: 'an unknown command' }
  await insertAlarm(lab.db, { ...alarm, raisedAt: later(100) })
  expect(await queued()).toEqual([
    { topic: 'device.alarm_raised', about: { deviceId, alarm: 'foreignUpdate' } },
  ])
})

test('an error code is queued the first time that a device of its environment reports it', async () => {
  await receiver({ topics: ['error.first_reported'] })
  const report = async (code: number) => {
    const { commandUuid, device } = await sentTrial(lab.db)
    await lab.sql`insert into error_sightings (domain, code, place, command_uuid, device_id, request_type, at)
      values ('MCMDMErrorDomain', ${code}, 'reply', ${commandUuid}, ${device.id}, 'ScheduleOSUpdate', ${later(150).toISOString()})`
  }
  await report(12_060)
  await report(12_060)
  await report(12_061)
  const of = { topic: 'error.first_reported' }
  expect(await queued()).toMatchObject([
    { ...of, about: { errorDomain: 'MCMDMErrorDomain', errorCode: 12_060 } },
    { ...of, about: { errorCode: 12_061 } },
  ])
})

test('a lead retries and discards, which the trail names; an engineer does not', async () => {
  await receiver({ topics: ['trial.concluded'] })
  await concluded()
  const [{ id } = { id: 0 }] = await listDeliveries(lab.db, {}, 1)
  expect(await discardDelivery(lab.db, engineer, { id }, later(300))).toMatchObject({
    status: 'refused',
  })
  must(await discardDelivery(lab.db, lead, { id }, later(300)), 'decided')
  expect(await retryDelivery(lab.db, lead, { id }, later(300))).toMatchObject({
    status: 'refused',
  })
  await lab.sql`update notice_deliveries set state = 'givenUp', tries = 8 where id = ${id}`
  must(await retryDelivery(lab.db, admin, { id }, later(400)), 'decided')
  expect(await listDeliveries(lab.db, { state: 'waiting' }, 1)).toMatchObject([
    { id, tries: 0, dueAt: later(400), endedAt: null },
  ])
  await lab.sql`update notice_deliveries set claimed_until = ${later(500).toISOString()} where id = ${id}`
  expect(await discardDelivery(lab.db, lead, { id }, later(450))).toMatchObject({
    reason: expect.stringContaining('right now'),
  })
  expect(await retryDelivery(lab.db, lead, { id: 999_999 }, now)).toMatchObject({
    reason: 'There is no such delivery.',
  })
  const trail = await lab.sql`select kind, by_name from audit_log
    where table_name = 'notice_deliveries' and row_id = ${String(id)} order by seq`
  expect(trail.map(({ kind, by_name }) => [kind, by_name])).toEqual([
    ['noticeDiscarded', lead.name],
    ['noticeRetried', admin.name],
  ])
})

// Last, because nothing is released after it.
test('a stop of all sending is queued', async () => {
  await receiver({ topics: ['sending.stopped'] })
  await lab.sql`insert into sending_stops (witness_id, reason, found, found_at)
    values ('w1', 'the audit trail ends earlier', '{}', ${later(100).toISOString()})`
  expect(await queued()).toEqual([{ topic: 'sending.stopped', about: {} }])
})
