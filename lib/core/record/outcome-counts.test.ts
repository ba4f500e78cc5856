import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { countsThatDiffer, listFoldMismatches } from '@/lib/db/audit/check-folds'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { countOutcomes } from '@/lib/db/queries/trials/analytics'
import { countFlow } from '@/lib/db/queries/trials/flow'
import { listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { transact } from '@/lib/db/transact'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { deviationsOf } from '@/lib/domain/trial/deviation'
import { casesOf, fc } from '@/lib/property.testing'
import { readingsOf } from '../testing/device'
import { engineer, later, lead, must } from '../testing/people'
import { armedTrial, proofOf, seenSlot, sentTrial } from '../testing/trial'
import { voidTrial, withdrawTrial } from '../trials/close-trial'
import { concludeTrial, reopenTrial } from '../trials/conclude-trial'
import { correctOutcome } from './correct-outcome'
import { answerQuery, askQuery, closeQuery } from './query-trial'
import { recordDeviation } from './record-deviation'
import { approve, closer, lock, reviewer, unlock } from './review.testing'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const actions = [
  ...['conclude', 'conclude', 'send', 'void', 'withdraw', 'reopen', 'concludeAgain'],
  ...[
    'ask',
    'answer',
    'close',
    'correct',
    'approve',
    'lock',
    'unlock',
    'lateReading',
    'lateReading',
  ],
  ...['earlyReading', 'model', 'arm', 'deviate', 'noDeviation'],
] as const
const anyStep = fc.record({
  action: fc.constantFrom(...actions),
  /** Which of the trials so far. */
  pick: fc.nat(1000),
  outcome: fc.constantFrom(...outcomes),
  simulated: fc.boolean(),
})
type Step = typeof anyStep extends fc.Arbitrary<infer T> ? T : never
type Trial = { trialId: string; device: { id: string } }

const reason = 'words that say enough'
/** So that the device does not qualify for its trial. */
const tooEmpty = { batteryLevel: 0.1, externalPower: false }

const deviation = (trialId: string) => ({
  ...{ trialId, what: reason, why: '', effect: 'none' as const, nonce: randomUUID() },
})

async function attempt(trials: Trial[], { action, pick, outcome, simulated }: Step, at: Date) {
  const { db } = lab
  if (action === 'conclude') return trials.push(await concludedTrial(db, { outcome, simulated }))
  if (action === 'arm') {
    const trial = await armedTrial(db, { simulated, ...(pick % 2 && { but: tooEmpty }) })
    await seenSlot(db, trial.trialId)
    return trials.push(trial)
  }
  if (action === 'send') return trials.push(await sentTrial(db, { simulated }))
  const trial = trials[pick % trials.length]
  if (!trial) return
  const { trialId, device } = trial
  const proof = (act: 'overrule' | 'voidTrial') => proofOf(db, lead, act, trialId, at)
  const queryId =
    (await listReviewEvents(db, trialId)).findLast(({ kind }) => kind === 'queried')?.id ?? 0
  switch (action) {
    case 'void':
      return voidTrial(db, lead, { trialId, reason, proofId: await proof('voidTrial') }, at)
    case 'withdraw':
      return withdrawTrial(db, lead, { trialId, reason }, at)
    case 'reopen':
      return reopenTrial(db, lead, { trialId, reason }, at)
    case 'concludeAgain':
      return concludeTrial(
        db,
        lead,
        { trialId, outcome, reason, proofId: await proof('overrule') },
        at,
      )
    case 'correct':
      return correctOutcome(
        db,
        lead,
        { trialId, outcome, reason, proofId: await proof('overrule') },
        at,
      )
    case 'ask':
      return askQuery(db, reviewer, { trialId, field: 'outcome', text: reason }, at)
    case 'answer':
      return answerQuery(db, engineer, { trialId, queryId, text: reason }, at)
    case 'close':
      return closeQuery(db, reviewer, { trialId, queryId, text: reason }, at)
    case 'approve':
      return approve(db, trialId, reviewer, at)
    case 'lock':
      return lock(db, trialId, closer, at)
    case 'unlock':
      return unlock(db, trialId, closer, at)
    case 'deviate':
      return recordDeviation(db, engineer, { ...deviation(trialId), correctsId: undefined }, at)
    case 'noDeviation': {
      const [found] = deviationsOf(await listTrialEvents(db, trialId))
      if (!found) return
      const corrected = { ...deviation(trialId), stands: pick % 2 === 0, reason }
      return recordDeviation(db, engineer, { ...corrected, correctsId: found.entry.id }, at)
    }
    case 'lateReading':
    case 'earlyReading': {
      // Within the trial, at whatever time it was recorded, or before it.
      const os = pick % 2 === 0 ? { osVersion: '12.1', osBuild: '16B92' } : { osVersion: '12.0.1' }
      const seen = later(action === 'lateReading' ? 910 + (pick % 9) : 20)
      return insertReadings(db, device.id, readingsOf(os, seen))
    }
    case 'model':
      return transact(db, lead, (tx) =>
        updateDevice(tx, device.id, {
          modelIdentifier: `iPad${pick % 3},1`,
          platform: pick % 2 ? 'iPadOS' : 'tvOS',
        }),
      ).catch(() => 'refused while the trial is live')
  }
}

/** So that each run has an outcome that the builds do not bear out, a review and an approval, whatever is drawn. */
const beginning: Step[] = [
  { action: 'conclude', pick: 0, outcome: 'refused', simulated: false },
  { action: 'ask', pick: 1, outcome: 'refused', simulated: false },
  { action: 'approve', pick: 0, outcome: 'refused', simulated: false },
]

test('whatever happens to trials, their devices and reviews, the counts are what a recount gives', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 25, maxLength: 40 }), async (random) => {
      const trials: Trial[] = [await concludedTrial(lab.db, { outcome: 'installedAsExpected' })]
      for (const [index, step] of [...beginning, ...random].entries()) {
        await attempt(trials, step, later(2000 + index * 10))
        expect(await countsThatDiffer(lab.sql), `after step ${index}, ${step.action}`).toEqual([])
        if (index !== beginning.length - 1) continue
        const rows = await lab.sql`select against, review from trial_outcomes
          where trial_id in ${lab.sql(trials.map(({ trialId }) => trialId))} order by number`
        expect(rows).toMatchObject([
          { against: false, review: 'approved' },
          { against: true, review: 'inReview' },
        ])
      }
    }),
    { numRuns: casesOf(3) },
  )
  const mismatches = (await listFoldMismatches(lab.sql)).map(({ table }) => table)
  expect(mismatches).toEqual([])
}, 300_000)

test('two conclusions at once are both counted', async () => {
  const both = [await sentTrial(lab.db), await sentTrial(lab.db)]
  await Promise.all(
    both.map(async ({ trialId }) => {
      const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(2000))
      const input = { trialId, outcome: 'refused' as const, reason, proofId }
      must(await concludeTrial(lab.db, lead, input, later(2000)), 'concluded')
    }),
  )
  expect(await countsThatDiffer(lab.sql)).toEqual([])
})

test('a late reading of a device whose trial has no starting version is in the flow of its trials', async () => {
  const { trialId, device } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const { id } = await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update trials set start_os = null where id = ${trialId}`
    await tx`delete from trial_outcomes where trial_id = ${trialId}`
    await tx`set local session_replication_role = origin`
    await tx`select recount_outcomes()`
    return { id: device.id }
  })
  const against = async () =>
    (await lab.sql`select against from trial_flow where trial_id = ${trialId}`)[0]?.against
  expect(await against()).toBe(false)
  await insertReadings(
    lab.db,
    id,
    readingsOf({ osVersion: '12.0.1', osBuild: '16A404' }, later(918)),
  )
  expect(await against()).toBe(true)
  expect(await countsThatDiffer(lab.sql)).toEqual([])
  expect(await lab.sql`select from trial_flow_marks`).toHaveLength(0)
})

test('a filter that the kept flow answers counts as one that reads every trial', async () => {
  for (const filter of [{}, { state: 'concluded' }, { outcome: 'refused' }] as const) {
    const sum = (rows: Awaited<ReturnType<typeof countFlow>>) =>
      rows.map((row) => JSON.stringify(Object.entries(row).toSorted())).toSorted()
    const kept = await countFlow(lab.db, 'real', filter)
    expect(kept.length).toBeGreaterThan(0)
    const read = await countFlow(lab.db, 'real', { ...filter, flow: 'drafted' })
    expect(sum(read)).toEqual(sum(kept))
  }
})

test('a span of days is counted from whole months and the days beside them, as from the record', async () => {
  await pastTriggers(
    lab.sql,
    (
      tx,
    ) => tx`update trials set released_at = timestamptz '2026-01-28 23:30+00' + number % 90 * interval '1 day'
      where released_at is not null`,
  )
  await lab.sql`select recount_outcomes()`
  const bounds = [undefined, '2026-01-29', '2026-02-01', '2026-02-14', '2026-02-28', '2026-03-31']
  const counted = new Set<number>()
  for (const from of bounds)
    for (const to of bounds) {
      const [record] = await lab.sql`
        select count(*)::int as n from trial_outcomes o join trials t on t.id = o.trial_id
        where not t.simulated and (t.released_at >= ${`${from ?? '1970-01-01'}T00:00:00Z`} or ${from === undefined})
          and (t.released_at < ${`${to ?? '2100-01-01'}T00:00:00Z`}::timestamptz + interval '1 day' or ${to === undefined})`
      const rows = await countOutcomes(lab.db, 'real', { from, to })
      const total = rows.reduce((sum, { trials }) => sum + trials, 0)
      expect([from, to, total]).toEqual([from, to, record?.n])
      counted.add(total)
    }
  // The trials are not all of one month.
  expect(counted.size).toBeGreaterThan(3)
})

test('a forged count is found, the app may not write one, and a recount mends it', async () => {
  await expect(lab.db.execute('update outcome_counts set trials = trials + 1')).rejects.toThrow()
  await expect(lab.db.execute('delete from trial_outcomes')).rejects.toThrow()
  await expect(lab.db.execute('select recount_outcomes()')).rejects.toThrow()
  await expect(lab.sql`delete from review_queue`).rejects.toThrow('only the database writes them')
  await pastTriggers(
    lab.sql,
    (tx) => tx`update outcome_counts set trials = trials + 1 where factor = 'version'`,
  )
  expect((await countsThatDiffer(lab.sql)).map(({ table }) => table)).toContain('outcome_counts')
  await lab.sql`select recount_outcomes()`
  expect(await countsThatDiffer(lab.sql)).toEqual([])
})
