import { randomUUID } from 'node:crypto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { listGaps } from '@/lib/db/queries/events/gaps'
import { findCommand, listCommandsOfTrial } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { createLanes } from '../release/send-lanes'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { proposeForTrial } from '../trials/conclude-trial'
import { handleGaps } from './handle-gaps'
import { keepEvent } from './keep-events'
import { recordHeartbeat } from './listener-health'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

/** A trial whose first command was sent at 121 s. */
async function observing() {
  const bench = await sentTrial(lab.db)
  await lab.sql`update mdm_servers set created_at = '2026-01-01'`
  return bench
}
type Bench = Awaited<ReturnType<typeof observing>>

const web = () => ({ id: randomUUID(), startedAt: later(0) })
const silence = async (from: number, to: number) => {
  await recordHeartbeat(lab.db, web(), () => later(from))
  await recordHeartbeat(lab.db, web(), () => later(to))
}
const handle = async (at: number) => {
  const server = fakeServer()
  const wrongs: unknown[] = []
  const pushes = createLanes({ report: (error) => wrongs.push(error) })
  const input = { db: lab.db, servers: server.servers, clock: () => later(at), pushes }
  await handleGaps(input, (action) => action())
  await pushes.idle()
  expect(wrongs).toEqual([])
  return server.ledger
}
const answer = async ({ device }: Bench, commandUuid: string, at: number) => {
  const { enrollmentId, mdmServerId } = device
  const body = answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at: later(at) })
  const id = await keepEvent(lab.db, mdmServerId, body, later(at))
  await readKeptEvent(lab.db, id ?? 0, later(at))
}
const gapEvents = async (trialId: string) =>
  (await listTrialEvents(lab.db, trialId)).filter(({ kind }) => kind === 'observationGap')
const probes = async (trialId: string) =>
  (await listCommandsOfTrial(lab.db, trialId)).filter(({ purpose }) => purpose === 'probe')

test('F28: a gap is recorded once, in words, on a trial that is observing', async () => {
  const { trialId } = await observing()
  await silence(200, 800)
  await handle(801)
  await handle(802)
  const [event, ...more] = await gapEvents(trialId)
  expect(more).toEqual([])
  expect(event?.text).toBe(
    'Observation gap from 2026-03-02 09:03:20 UTC to 2026-03-02 09:13:20 UTC: an answer may have been missed',
  )
})

test('F28: a gap before anything was sent is not recorded on the trial', async () => {
  await recordHeartbeat(lab.db, web(), () => later(0))
  const { trialId } = await observing()
  await recordHeartbeat(lab.db, web(), () => later(100))
  await handle(801)
  expect(await gapEvents(trialId)).toEqual([])
})

test('F28: after a gap the device of a trial is queried, and its command is not sent again', async () => {
  const bench = await observing()
  await answer(bench, bench.commandUuid, 130)
  await silence(200, 800)
  const ledger = await handle(801)
  expect(ledger.enqueued).toEqual([])
  const asked = await probes(bench.trialId)
  expect(asked.map(({ requestType, state }) => [requestType, state])).toEqual([
    ['OSUpdateStatus', 'reserved'],
  ])
})

test('F28: while the command itself waits for its answer, the device is only pushed', async () => {
  const { trialId, device } = await observing()
  await silence(200, 800)
  const ledger = await handle(801)
  expect(ledger).toEqual({ enqueued: [], pushed: [device.enrollmentId] })
  expect(await probes(trialId)).toEqual([])
})

test('F28: a query whose answer was lost is withdrawn once the device is in contact again', async () => {
  const bench = await observing()
  await answer(bench, bench.commandUuid, 130)
  const { id: deviceId } = bench.device
  const ask = { deviceId, questions: ['OSUpdateStatus' as const], trialId: bench.trialId }
  const { commandUuid } = must(await queryDevice(lab.db, engineer, ask, later(190)), 'asked')
  await deliver(lab.db, fakeServer().servers, commandUuid, () => later(191))
  await silence(200, 800)
  await handle(801)
  await handle(900)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ withdrawnAt: null })
  await lab.sql`update devices set last_seen_at = ${later(850).toISOString()} where id = ${deviceId}`
  await handle(900)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ withdrawnBy: 'Oneway' })
  expect(await probes(bench.trialId)).toHaveLength(2)
})

test('F28: the proposal "no reply" names the gap', async () => {
  const { trialId, device } = await observing()
  await silence(200, 800)
  const [gap] = await listGaps(lab.db, device.mdmServerId)
  expect(gap?.endedAt).toEqual(later(800))
  const trial = await findTrial(lab.db, trialId)
  if (!trial) throw new Error('the trial is gone')
  const proposal = await proposeForTrial(lab.db, trial, later(100_000))
  expect(proposal?.outcome).toMatch(/^noReply/)
  expect(proposal?.certain).toBe(false)
  expect(proposal?.reasons.join()).toContain('an answer may have been missed')
})
