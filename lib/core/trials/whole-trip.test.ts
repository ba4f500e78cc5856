import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import {
  findOutcomeDecision,
  findTrial,
  listObservations,
  listTrialEvents,
} from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { foldTrial } from '@/lib/domain/trial/trial'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { readKeptEvent } from '../ingest/read-kept-event'
import { observe } from '../record/observe'
import { deliver } from '../release/deliver'
import { readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, releaseSigned, seenSlot } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { voidTrial, withdrawTrial } from './close-trial'
import { concludeTrial, proposeForTrial } from './conclude-trial'
import { registerTrial } from './prepare-trial'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Bench = Awaited<ReturnType<typeof armedTrial>>

const release = async ({ trialId }: Bench, ordinal: number, at: number) => {
  const seen = await seenSlot(lab.db, trialId, ordinal, later(at))
  const released = must(await releaseSigned(lab.db, engineer, seen, later(at)), 'released')
  const server = fakeServer()
  await deliver(lab.db, server.servers, released.commandUuid, () => later(at + 121))
  expect(server.ledger.enqueued).toEqual([released.commandUuid])
  return released.commandUuid
}

const answer = async (
  bench: Bench,
  commandUuid: string,
  at: number,
  keys = '',
  status = 'Acknowledged',
) => {
  const { enrollmentId, mdmServerId } = bench.device
  const body = answerBody({ enrollmentId, commandUuid, status, keys, at: later(at) })
  const id = await keepEvent(lab.db, mdmServerId, body, later(at))
  await readKeptEvent(lab.db, id ?? 0, later(at))
}

const downloading = `<key>UpdateResults</key><array><dict><key>InstallAction</key><string>Default</string>
  <key>ProductKey</key><string>iOSUpdate16B92</string><key>Status</key><string>Downloading</string></dict></array>`

const seen = (trialId: string, kind: 'promptShown' | 'newOsSeen' | 'other', more = {}) => ({
  trialId,
  kind,
  text: '',
  observedAt: later(900),
  nonce: randomUUID(),
  ...more,
})

test('the whole trip: two commands, their replies, observations, and the outcome from the build', async () => {
  const bench = await armedTrial(lab.db)
  const { trialId, device } = bench
  await answer(bench, await release(bench, 1, 0), 130, downloading)
  // Readings from before the first command do not permit the second one.
  const early = await seenSlot(lab.db, trialId, 2, later(590))
  expect(await releaseSigned(lab.db, engineer, early, later(590))).toMatchObject({
    status: 'refused',
  })
  const fresh = {
    batteryLevel: 0.9,
    externalPower: true,
    passcodePresent: false,
    updateActivity: 'idle',
  } as const
  await insertReadings(lab.db, device.id, readingsOf(fresh, later(590)))
  await answer(bench, await release(bench, 2, 600), 730)
  const sighting = seen(trialId, 'newOsSeen', { osVersion: '12.1', osBuild: '16B92' })
  must(await observe(lab.db, engineer, sighting, later(901)), 'logged')
  const trial = await findTrial(lab.db, trialId)
  expect(trial).toMatchObject({ startBuild: '16A404', endBuild: '16B92', endSeenAt: later(900) })
  if (!trial) throw new Error('the trial is gone')
  const proposal = await proposeForTrial(lab.db, trial, later(910))
  expect(proposal?.outcome).toBe('installedAsExpected')
  const outcome = 'installedAsExpected' as const
  const concluded = await concludeTrial(
    lab.db,
    engineer,
    { trialId, outcome, reason: '' },
    later(920),
  )
  expect(concluded).toEqual({ status: 'concluded', overruled: false })
  const kinds = (await listTrialEvents(lab.db, trialId)).map(({ kind }) => kind)
  expect(foldTrial(kinds)).toBe('concluded')
  expect(await findOutcomeDecision(lab.db, trialId)).toMatchObject({
    decided: outcome,
    proposed: outcome,
  })
})

test('a concluded trial accepts no more writes, and a device whose baseline at that build is consumed cannot be used again', async () => {
  const bench = await armedTrial(lab.db)
  await answer(bench, await release(bench, 1, 0), 130, downloading)
  const { trialId } = bench
  const reason = 'the bench lost power'
  const short = { trialId, reason: 'no power', proofId: undefined }
  expect(await voidTrial(lab.db, lead, short, later(200))).toMatchObject({ field: 'reason' })
  const unproved = { trialId, reason, proofId: undefined }
  expect(await voidTrial(lab.db, lead, unproved, later(200))).toMatchObject({ field: 'proof' })
  const proofId = await proofOf(lab.db, lead, 'voidTrial', trialId, later(200))
  must(await voidTrial(lab.db, lead, { trialId, reason, proofId }, later(200)), 'closed')
  expect(await observe(lab.db, engineer, seen(trialId, 'promptShown'), later(901))).toMatchObject({
    status: 'refused',
  })
  const [row] =
    await lab.sql`select overall, reason from device_verdicts where device_id = ${bench.device.id}`
  expect(row?.overall).toBe('no')
})

test('an outcome other than the proposed one needs a lead and a reason', async () => {
  const bench = await armedTrial(lab.db)
  await answer(bench, await release(bench, 1, 0), 130, downloading)
  const sighting = seen(bench.trialId, 'newOsSeen', { osVersion: '12.1', osBuild: '16B92' })
  must(await observe(lab.db, engineer, sighting, later(901)), 'logged')
  const input = {
    trialId: bench.trialId,
    outcome: 'refused' as const,
    reason: 'the operator touched it',
  }
  expect(await concludeTrial(lab.db, engineer, input, later(950))).toMatchObject({
    status: 'refused',
  })
  expect(await concludeTrial(lab.db, lead, { ...input, reason: 'no' }, later(950))).toMatchObject({
    field: 'reason',
  })
  expect(await concludeTrial(lab.db, lead, input, later(950))).toMatchObject({ field: 'proof' })
  const proofId = await proofOf(lab.db, lead, 'overrule', bench.trialId, later(950))
  expect(await concludeTrial(lab.db, lead, { ...input, proofId }, later(950))).toEqual({
    status: 'concluded',
    overruled: true,
  })
})

test('before the deadline only a lead concludes without a proposal, signed and with a reason', async () => {
  const bench = await armedTrial(lab.db)
  await answer(bench, await release(bench, 1, 0), 130, downloading)
  const { trialId } = bench
  const reason = 'we have seen enough of it'
  const input = { trialId, outcome: 'installedAsExpected' as const, reason }
  const byEngineer = await concludeTrial(lab.db, engineer, input, later(950))
  expect(byEngineer).toMatchObject({ reason: expect.stringContaining('role lead') })
  expect(await concludeTrial(lab.db, lead, input, later(950))).toMatchObject({ field: 'proof' })
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(950))
  must(await concludeTrial(lab.db, lead, { ...input, proofId }, later(950)), 'concluded')
  expect(await findTrial(lab.db, trialId)).toMatchObject({ overruled: true, proposedOutcome: null })
})

test('no reply until the deadline is recorded and has an outcome', async () => {
  const bench = await armedTrial(lab.db)
  await release(bench, 1, 0)
  const at = later(121 + 3600 + 10)
  await carryOn({ db: lab.db, servers: fakeServer().servers, clock: () => at })
  const kinds = (await listTrialEvents(lab.db, bench.trialId)).map(({ kind }) => kind)
  expect(kinds.filter((kind) => kind === 'deadlinePassed')).toHaveLength(1)
  const trial = await findTrial(lab.db, bench.trialId)
  const proposal = trial && (await proposeForTrial(lab.db, trial, at))
  expect(proposal?.outcome).toMatch(/^noReply/)
})

test('the device of a running trial is queried on a schedule, with one command in flight', async () => {
  const bench = await armedTrial(lab.db)
  await answer(bench, await release(bench, 1, 0), 130, downloading)
  const server = fakeServer()
  const round = (s: number) =>
    carryOn({ db: lab.db, servers: server.servers, clock: () => later(s) })
  for (const s of [140, 260, 262, 264, 500]) await round(s)
  const probes =
    await lab.sql`select request_type from commands where trial_id = ${bench.trialId} and purpose = 'probe'`
  expect(probes.map(({ request_type }) => request_type)).toEqual(['OSUpdateStatus'])
})

test('pressing Save twice records one observation', async () => {
  const bench = await armedTrial(lab.db)
  const input = { ...seen(bench.trialId, 'promptShown'), observedAt: later(5) }
  await Promise.all([1, 2].map(() => observe(lab.db, engineer, input, later(10))))
  expect(await listObservations(lab.db, bench.trialId)).toHaveLength(1)
})

test('a correction is a new entry with a reason, and the old one stays', async () => {
  const bench = await armedTrial(lab.db)
  const first = { ...seen(bench.trialId, 'promptShown'), observedAt: later(5) }
  const { id } = must(await observe(lab.db, engineer, first, later(10)), 'logged')
  const correction = { ...first, nonce: randomUUID(), kind: 'nothing' as const, correctsId: id }
  expect(await observe(lab.db, engineer, correction, later(20))).toMatchObject({ field: 'reason' })
  const reason = 'it was the other phone'
  must(await observe(lab.db, engineer, { ...correction, reason }, later(20)), 'logged')
  const rows = await listObservations(lab.db, bench.trialId)
  expect(rows.map(({ kind, correctsId }) => [kind, correctsId])).toEqual([
    ['promptShown', null],
    ['nothing', id],
  ])
})

test('an observation cannot be in the future, and a new OS is recorded with its version', async () => {
  const bench = await armedTrial(lab.db)
  const ahead = { ...seen(bench.trialId, 'promptShown'), observedAt: later(5000) }
  expect(await observe(lab.db, engineer, ahead, later(10))).toMatchObject({ field: 'observedAt' })
  const bare = { ...seen(bench.trialId, 'newOsSeen'), observedAt: later(5) }
  expect(await observe(lab.db, engineer, bare, later(10))).toMatchObject({ field: 'osVersion' })
})

test('a withdrawn trial frees its device, and a command it had reserved is never sent', async () => {
  const bench = await armedTrial(lab.db)
  const { trialId, device } = bench
  const seenNow = await seenSlot(lab.db, trialId)
  const { commandUuid } = must(await releaseSigned(lab.db, engineer, seenNow, now), 'released')
  must(
    await withdrawTrial(lab.db, engineer, { trialId, reason: 'wrong cable' }, later(20)),
    'closed',
  )
  const server = fakeServer()
  await carryOn({ db: lab.db, servers: server.servers, clock: () => later(300) })
  expect(server.ledger.enqueued).not.toContain(commandUuid)
  const [row] =
    await lab.sql`select count(*)::int as n from trials where device_id = ${device.id} and state in ('registered', 'armed', 'released', 'observing')`
  expect(row?.n).toBe(0)
})

test('a registration hash is the SHA-256 of the sealed text, and a second registration is refused', async () => {
  const { trialId } = await armedTrial(lab.db)
  const [row] =
    await lab.sql`select registration_hash as hash, encode(sha256(convert_to(registration, 'UTF8')), 'hex') as again from trials where id = ${trialId}`
  expect(row?.hash).toBe(row?.again)
  expect(await registerTrial(lab.db, engineer, { trialId }, later(5))).toMatchObject({
    status: 'refused',
  })
})
