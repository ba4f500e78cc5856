import { afterAll, beforeAll, expect, test } from 'vitest'
import { listOpenAlarms } from '@/lib/db/queries/devices/device-alarms'
import { findRedelivery } from '@/lib/db/queries/events/redeliveries'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { carryOn } from '@/lib/worker/carry-on'
import { copyTrial } from '../record/copy-trial'
import { approvedAndLocked } from '../record/review.testing'
import { concludedTrial } from '../record/trial-trip.testing'
import { fakeServer } from '../testing/mdm-server'
import { later, lead, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { proposeForTrial } from '../trials/conclude-trial'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Bench = Awaited<ReturnType<typeof sentTrial>>

const nothingToDo = `<key>ErrorChain</key><array><dict><key>ErrorCode</key><integer>2213</integer>
  <key>ErrorDomain</key><string>DeviceManagement.error</string></dict></array>`

/** Stores a body as the web server does, and reads it as the worker does, if it became an event. */
async function say({ device, commandUuid }: Bench, status: string, at: number, keys = '') {
  const { enrollmentId, mdmServerId } = device
  const body = answerBody({ enrollmentId, commandUuid, status, keys, at: later(at) })
  const id = await keepEvent(lab.db, mdmServerId, body, later(at))
  if (id !== undefined) await readKeptEvent(lab.db, id, later(at))
}

const round = (at: number) =>
  carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => later(at) })

const count = async (table: string, { trialId }: Bench) => {
  const [row] =
    await lab.sql`select count(*)::int as n from ${lab.sql(table)} where trial_id = ${trialId}`
  return row?.n
}

/** Rows so far: entries of the audit trail and of the trial, events, redeliveries. */
const cost = async (bench: Bench) => {
  const [row] = await lab.sql`select (select count(*) from audit_log)::int as trail,
    (select count(*) from trial_events where trial_id = ${bench.trialId})::int as steps,
    (select count(*) from command_events where command_uuid = ${bench.commandUuid})::int as deliveries,
    (select count(*) from raw_events where trial_id = ${bench.trialId})::int as events`
  return row
}

test('an answer delivered again and again is one line, one deviation and one alarm, and every body is kept', async () => {
  const bench = await sentTrial(lab.db)
  await say(bench, 'Acknowledged', 130)
  await say(bench, 'Error', 200, nothingToDo)
  expect(await listOpenAlarms(lab.db, bench.device.id)).toEqual([])
  await say(bench, 'Error', 210, nothingToDo)
  await round(211)
  const before = await cost(bench)
  for (let n = 0; n < 232; n += 1) await say(bench, 'Error', 220 + n, nothingToDo)
  expect(await cost(bench)).toEqual(before)
  expect(await findRedelivery(lab.db, bench.commandUuid)).toMatchObject({
    times: 234,
    firstAt: later(200),
    lastAt: later(451),
  })
  const [kept] = await lab.sql`select count(*)::int as n from repeated_events r
    join raw_events e on e.id = r.raw_event_id where e.trial_id = ${bench.trialId} and octet_length(r.body) > 100`
  expect(kept?.n).toBe(233)
  const input = { trialId: bench.trialId }
  const { copy } = must(await copyTrial(lab.db, lead, input, later(455)), 'copied')
  expect(copy.record.redeliveries).toMatchObject([{ times: 234 }])
  expect(copy.record.repeatedEvents).toHaveLength(233)
  expect(copy.record.repeatedEvents[0]).toEqual({
    ...{ id: expect.any(Number), raw_event_id: expect.any(Number), receipt: expect.any(String) },
    ...{ received_at: expect.any(String), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  await round(460)
  const steps = await listTrialEvents(lab.db, bench.trialId)
  expect(steps.filter(({ data }) => data.deviation === 'redelivery')).toHaveLength(1)
  const alarms = await listOpenAlarms(lab.db, bench.device.id)
  expect(alarms.map(({ kind }) => kind)).toEqual(['redelivered'])
})

test('redeliveries do not change the proposed outcome, and it names them', async () => {
  const bench = await sentTrial(lab.db)
  await say(bench, 'Acknowledged', 130)
  for (const at of [200, 210, 220]) await say(bench, 'Error', at, nothingToDo)
  const trial = await findTrial(lab.db, bench.trialId)
  const proposal = trial && (await proposeForTrial(lab.db, trial, later(4000)))
  expect(proposal).toMatchObject({ outcome: 'acknowledgedNothingHappened', certain: false })
  expect(proposal?.reasons.join()).toContain('command 1 was answered 3 more times')
})

test('an answer that arrives twice, as Apple allows, raises no alarm', async () => {
  const bench = await sentTrial(lab.db)
  for (const at of [130, 131]) await say(bench, 'Acknowledged', at)
  await round(140)
  expect(await listOpenAlarms(lab.db, bench.device.id)).toEqual([])
  expect(await count('raw_events', bench)).toBe(2)
})

test('nothing is written on a locked trial, and the alarm is raised on the device', async () => {
  const { trialId, device, commandUuid } = await concludedTrial(lab.db, {
    outcome: 'installedAsExpected',
  })
  await approvedAndLocked(lab.db, trialId)
  const bench = { trialId, device, commandUuid }
  const steps = await listTrialEvents(lab.db, trialId)
  for (const at of [3000, 3010, 3020]) await say(bench, 'Error', at, nothingToDo)
  await round(3030)
  expect(await listTrialEvents(lab.db, trialId)).toEqual(steps)
  expect(await listOpenAlarms(lab.db, device.id)).toHaveLength(1)
})

test('the count only grows, also in SQL', async () => {
  await expect(lab.sql`update redeliveries set times = 1`).rejects.toThrow(/only grows/)
  await expect(lab.sql`delete from redeliveries`).rejects.toThrow(/only grows/)
  await expect(lab.sql`update repeated_events set body = ''`).rejects.toThrow(/only grows/)
})
