import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deviationsOf } from '@/lib/domain/trial/deviation'
import { ticksOf } from '@/lib/domain/trial/step-tick'
import { engineer, later, must, now } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { recordDeviation } from './record-deviation'
import { approvedAndLocked } from './review.testing'
import { type TickStep, tickStep } from './tick-step'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const viewer = { id: 'v1', name: 'Vi', role: 'viewer' as const }

const tick = (trialId: string, more: Partial<TickStep> = {}): TickStep => ({
  ...{ trialId, step: 1, done: true, at: later(200), note: '', nonce: randomUUID(), ...more },
})
const deviation = (trialId: string) => ({
  ...{ trialId, what: 'The cable was pulled', why: 'it was in the way' },
  ...{ effect: 'possible' as const, nonce: randomUUID() },
})
const ticks = async (trialId: string) => ticksOf(await listTrialEvents(lab.db, trialId))
const deviations = async (trialId: string) =>
  deviationsOf(await listTrialEvents(lab.db, trialId)).filter(({ kind }) => kind !== 'typedReading')
const send = (input: TickStep, at = later(300)) => tickStep(lab.db, engineer, input, at)

test('a step is ticked off once, with time and person; sending it again writes nothing', async () => {
  const { trialId } = await sentTrial(lab.db)
  const input = tick(trialId)
  must(await send(input), 'ticked')
  must(await send(input), 'ticked')
  expect(await ticks(trialId)).toMatchObject([
    { step: 1, done: true, at: later(200), recordedAt: later(300), byName: engineer.name },
  ])
  expect(await send(tick(trialId))).toMatchObject({ status: 'refused' })
  await expect(
    lab.sql`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role, data)
      values (${trialId}, 'stepTicked', now(), 'x', 'X', 'engineer', '{"step": 1, "done": true}')`,
  ).rejects.toThrow(/one_tick_per_step/)
})

test('two phones that tick the same step at once write one entry, and the second is told so', async () => {
  const { trialId } = await sentTrial(lab.db)
  const both = await Promise.all([send(tick(trialId)), send(tick(trialId))])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['refused', 'ticked'])
  expect(await ticks(trialId)).toHaveLength(1)
})

test.each([
  [{ step: 2 }, 'step'],
  [{ at: later(400) }, 'at'],
  [{ at: later(-1) }, 'at'],
  [{ done: false }, 'note'],
  [{ correctsId: 999_999_999, reason: 'it was another step' }, 'correctsId'],
] as const)('%o is refused at its field', async (more, field) => {
  const { trialId } = await sentTrial(lab.db)
  expect(await send(tick(trialId, more))).toMatchObject({ status: 'refused', field })
  expect(await ticks(trialId)).toEqual([])
})

test('a correction keeps the old entry and its reason; it is the last that is accepted after the end', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  expect(await send(tick(trialId), later(1000))).toMatchObject({ status: 'refused' })
  const { trialId: other } = await sentTrial(lab.db)
  must(await send(tick(other)), 'ticked')
  const [first] = await ticks(other)
  const correction = { correctsId: first?.id ?? 0, at: later(210) }
  expect(await send(tick(other, correction))).toMatchObject({ field: 'reason' })
  must(await send(tick(other, { ...correction, reason: 'the clock was read wrongly' })), 'ticked')
  expect(await ticks(other)).toMatchObject([
    { at: later(200) },
    { at: later(210), correctsId: first?.id, reason: 'the clock was read wrongly' },
  ])
})

test('a viewer ticks nothing off and records no deviation', async () => {
  const { trialId } = await sentTrial(lab.db)
  expect(await tickStep(lab.db, viewer, tick(trialId), later(300))).toMatchObject({
    status: 'refused',
  })
  expect(await recordDeviation(lab.db, viewer, deviation(trialId), later(300))).toMatchObject({
    status: 'refused',
  })
})

test('a step that was not done, and one done after the deadline, are deviations', async () => {
  const { trialId } = await sentTrial(lab.db)
  must(await send(tick(trialId, { done: false, note: 'the device was away' })), 'ticked')
  expect(await deviations(trialId)).toMatchObject([
    {
      kind: 'stepNotDone',
      entry: { what: 'Step 1 was not done: the device was away', byName: 'Oneway' },
    },
  ])
  const late = await sentTrial(lab.db)
  const at = later(121 + 65 * 60)
  must(await send(tick(late.trialId, { at }), at), 'ticked')
  expect(await deviations(late.trialId)).toMatchObject([
    {
      kind: 'lateStep',
      entry: { what: 'Step 1 was done 5 min after the deadline', effect: 'notJudged' },
    },
  ])
})

test('readings that were entered although the device reports them are one deviation, recorded at the sending', async () => {
  const armed = await armedTrial(lab.db)
  expect(deviationsOf(await listTrialEvents(lab.db, armed.trialId))).toEqual([])
  const { trialId } = await sentTrial(lab.db)
  const [found, ...others] = deviationsOf(await listTrialEvents(lab.db, trialId))
  expect(others).toEqual([])
  expect(found).toMatchObject({ kind: 'typedReading' })
  expect(found?.entry.what).toContain('Battery')
  expect(found?.entry.what).not.toContain('External power')
})

test('a deviation is judged by a further entry, and taken back by another; all stay', async () => {
  const { trialId } = await sentTrial(lab.db)
  const input = deviation(trialId)
  const record = (more: object) =>
    recordDeviation(lab.db, engineer, { ...input, ...more }, later(300))
  must(await record({}), 'recorded')
  must(await record({}), 'recorded')
  const [first] = await deviations(trialId)
  expect(first).toMatchObject({
    kind: 'byHand',
    entry: { why: 'it was in the way' },
    corrected: [],
  })
  const correctsId = first?.entry.id ?? 0
  const again = { nonce: randomUUID(), correctsId }
  expect(await record(again)).toMatchObject({ field: 'reason' })
  const reason = 'another device was meant'
  must(await record({ ...again, stands: false, reason }), 'recorded')
  expect(await deviations(trialId)).toMatchObject([
    { entry: { stands: false, reason }, corrected: [{ id: correctsId, stands: true }] },
  ])
  expect(await record({ ...again, nonce: randomUUID(), reason })).toMatchObject({
    field: 'correctsId',
  })
})

test.each([
  [{ what: 'Cable' }, 'what'],
  [{ why: '' }, 'why'],
] as const)('a deviation with %o is refused at its field', async (more, field) => {
  const { trialId } = await sentTrial(lab.db)
  const input = { ...deviation(trialId), ...more }
  expect(await recordDeviation(lab.db, engineer, input, later(300))).toMatchObject({ field })
})

test('after the end a deviation is recorded until the approval, then nobody writes', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  must(await recordDeviation(lab.db, engineer, deviation(trialId), later(1000)), 'recorded')
  const sealed = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  await approvedAndLocked(lab.db, sealed.trialId)
  expect(
    await recordDeviation(lab.db, engineer, deviation(sealed.trialId), later(3000)),
  ).toMatchObject({ status: 'refused' })
  const armed = await armedTrial(lab.db)
  must(await recordDeviation(lab.db, engineer, deviation(armed.trialId), now), 'recorded')
})

test('SQL itself cannot correct an entry without a reason, or one of another trial', async () => {
  const { trialId } = await sentTrial(lab.db)
  const other = await sentTrial(lab.db)
  must(await send(tick(trialId)), 'ticked')
  const [first] = await ticks(trialId)
  const insert = (trial: string, kind: string, data: object) =>
    lab.sql`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role, data)
      values (${trial}, ${kind}, now(), 'x', 'X', 'engineer', ${JSON.stringify({ step: 1, done: true, ...data })}::text::jsonb)`
  const corrects = first?.id ?? 0
  await expect(insert(trialId, 'stepTicked', { corrects })).rejects.toThrow(/has a reason/)
  const reason = 'it was another step'
  await expect(insert(other.trialId, 'stepTicked', { corrects, reason })).rejects.toThrow(
    /no entry that this one corrects/,
  )
  await expect(insert(trialId, 'deviated', { corrects, reason })).rejects.toThrow(
    /no entry that this one corrects/,
  )
  await expect(insert(other.trialId, 'stepTicked', { step: 9 })).rejects.toThrow(/has 1 steps/)
})
