import { afterAll, beforeAll, expect, test } from 'vitest'
import { countCoverage } from '@/lib/db/queries/planning/coverage'
import { countFlow } from '@/lib/db/queries/trials/flow'
import {
  countReadingPairs,
  findSecondReading,
  listOutcomeOpenings,
  listWaitingOutcomes,
} from '@/lib/db/queries/trials/second-readings'
import { findTrial, listOutcomeDecisions } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Outcome } from '@/lib/domain/outcome/outcome'
import { listWaiting } from '../home/list-waiting'
import { checkSignatures } from '../kernel/sign'
import { engineer, later, lead, must } from '../testing/people'
import { twoSlots } from '../testing/trial'
import { assessOutcome } from '../trials/assess'
import { withdrawTrial } from '../trials/close-trial'
import { concludeTrial, reopenTrial } from '../trials/conclude-trial'
import { copyTrial } from './copy-trial'
import { correctOutcome } from './correct-outcome'
import { askQuery } from './query-trial'
import { readTrial } from './read-record'
import { reportTrial } from './report/report-trial'
import { approve, closer, lock, peer, proofOf, reviewer } from './review.testing'
import { openOutcome, recordSecondReading } from './second-reading'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const plan = { ...twoSlots, secondReader: true }
const saw = 'the device showed 12.1 at the end'
const viewer = { id: 'v1', name: 'Vic', role: 'viewer' } as const

/** Decided by a lead against the proposal, so that a signature and a reason could give it away too. */
const decided = (outcome: Outcome = 'refused') => concludedTrial(lab.db, { plan, outcome })

const read = (trialId: string, outcome: Outcome, actor: typeof peer = peer, at = later(1000)) =>
  recordSecondReading(lab.db, actor, { trialId, outcome, reason: saw }, at)

async function adjudicate(trialId: string, outcome: Outcome, actor = reviewer) {
  const proofId = await proofOf(lab.db, actor, 'overrule', trialId, later(1100))
  const reason = 'the log shows that the install began'
  return correctOutcome(lab.db, actor, { trialId, outcome, reason, proofId }, later(1100))
}

const whole = (value: unknown) => JSON.stringify(value)
/** Whatever tells that it was decided `refused`, or why; and the outcome function's proposal. */
const telling =
  /refused|seen on the bench|Refused by|"overruled":true|"overrule"|"certain"|functionVersion/

test('until the second reading the trial has no outcome, and is in no number', async () => {
  const { trialId } = await decided()
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    ...{ state: 'concluded', outcome: null, proposedOutcome: null, outcomeReason: null },
    ...{ overruled: false, outcomeAwaits: 'secondReading', concludedBy: 'Lee' },
  })
  expect(await countCoverage(lab.db, 'real')).toEqual([])
  expect(await lab.sql`select from trial_outcomes where trial_id = ${trialId}`).toHaveLength(0)
  const flow = await countFlow(lab.db, 'real', {})
  expect(flow).toContainEqual(expect.objectContaining({ state: 'concluded', outcome: undefined }))
  const late = await approve(lab.db, trialId)
  expect(late).toMatchObject({ reason: expect.stringContaining('second reader') })
})

test('nothing that a possible reader is given tells the outcome, its reason or the proposal', async () => {
  const { trialId } = await decided()
  const query = { trialId, field: 'expectation', text: 'Is it really refused?' }
  must(await askQuery(lab.db, reviewer, query, later(930)), 'recorded')
  const trial = await findTrial(lab.db, trialId)
  if (!trial) throw new Error('the trial is gone')
  const shown = must(await readTrial(lab.db, peer, { id: trialId }, later(940)), 'shown')
  expect(shown.record.withheld).toBe(true)
  const { plan: _, ...version } = shown.record.view.version
  expect(whole({ ...shown.record, view: { ...shown.record.view, version } })).not.toMatch(telling)
  expect(
    await assessOutcome(lab.db, peer, { trial, version: { plan } }, later(940)),
  ).toBeUndefined()
  // A report is passed on, so it is the same for whoever decided.
  for (const actor of [peer, lead]) {
    const reported = must(await reportTrial(lab.db, actor, { trialId }, later(940)), 'reported')
    expect(whole(reported.report)).not.toMatch(telling)
    expect(whole(reported.report)).toContain('newOsSeen')
    expect(reported.report.outcome.secondReader).toMatchObject({
      awaits: 'secondReading',
      reading: null,
    })
  }
  expect(await copyTrial(lab.db, reviewer, { trialId }, later(940))).toMatchObject({
    reason: expect.stringContaining('withheld'),
  })
  const contributor = must(await readTrial(lab.db, lead, { id: trialId }, later(940)), 'shown')
  expect(contributor.record.view.decision).toMatchObject({ decided: 'refused' })
})

test('whoever opens it is shown it, is entered once, and reads it only as a lead and marked', async () => {
  const { trialId } = await decided()
  for (const actor of [viewer, peer, peer, reviewer, lead])
    must(await openOutcome(lab.db, actor, { trialId }, later(950)), 'opened')
  const openings = await listOutcomeOpenings(lab.db, trialId)
  expect(openings.map(({ byName }) => byName)).toEqual(['Vic', 'Pat', 'Rae'])
  const shown = must(await readTrial(lab.db, peer, { id: trialId }, later(960)), 'shown')
  expect(shown.record).toMatchObject({
    withheld: false,
    view: { decision: { decided: 'refused' } },
  })
  expect(await read(trialId, 'refused')).toMatchObject({
    reason: expect.stringContaining('not blinded'),
  })
  expect(must(await read(trialId, 'refused', reviewer), 'recorded').agrees).toBe(true)
  expect(await findSecondReading(lab.db, trialId)).toMatchObject({ unblindedBy: 'opened' })
  const pairs = await countReadingPairs(lab.db, 'real', {})
  expect(pairs).toContainEqual(
    expect.objectContaining({ first: 'refused', second: 'refused', blinded: false, pairs: 1 }),
  )
  expect(must(await openOutcome(lab.db, closer, { trialId }, later(1200)), 'opened')).toBeTruthy()
  expect(await listOutcomeOpenings(lab.db, trialId)).toHaveLength(3)
})

test('whoever is not shown it neither takes a conclusion back nor concludes, so that no refusal tells of it', async () => {
  const { trialId } = await decided()
  const back = (actor: typeof peer) =>
    reopenTrial(lab.db, actor, { trialId, reason: saw }, later(950))
  for (const actor of [peer, reviewer])
    expect(await back(actor)).toMatchObject({ reason: expect.stringContaining('withheld') })
  must(await openOutcome(lab.db, reviewer, { trialId }, later(950)), 'opened')
  must(await back(reviewer), 'reopened')
  for (const outcome of ['refused', 'lost', 'installedAsExpected'] as const) {
    const guessed = await concludeTrial(lab.db, peer, { trialId, outcome, reason: '' }, later(960))
    expect(guessed).toMatchObject({ reason: expect.stringContaining('withheld') })
  }
})

test('the same outcome settles it: the first decision stands, and the review goes on', async () => {
  const { trialId } = await decided()
  const bare = { trialId, outcome: 'refused' as const, reason: 'yes' }
  expect(await recordSecondReading(lab.db, peer, bare, later(990))).toMatchObject({
    field: 'reason',
  })
  expect(must(await read(trialId, 'refused'), 'recorded').agrees).toBe(true)
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    ...{ outcome: 'refused', outcomeAwaits: null, overruled: true },
    outcomeReason: 'seen on the bench by two people',
  })
  expect(await lab.sql`select from trial_outcomes where trial_id = ${trialId}`).toHaveLength(1)
  expect(await findSecondReading(lab.db, trialId)).toMatchObject({
    ...{ first: 'refused', outcome: 'refused', agrees: true, unblindedBy: null, byId: 'e2' },
  })
  const again = await read(trialId, 'lost', reviewer)
  expect(again).toMatchObject({ reason: expect.stringContaining('one for each trial') })
  const back = await reopenTrial(lab.db, lead, { trialId, reason: saw }, later(1010))
  expect(back).toMatchObject({ reason: expect.stringContaining('second person') })
  must(await approve(lab.db, trialId), 'sealed')
  must(await lock(lab.db, trialId), 'sealed')
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked.flatMap(({ differences }) => differences)).toEqual([])
  const { copy } = must(await copyTrial(lab.db, reviewer, { trialId }, later(2300)), 'copied')
  expect(copy.record.secondReadings).toMatchObject([{ outcome: 'refused', by_name: 'Pat' }])
  expect(copy.trail.filter((entry) => whole(entry).includes('second_readings'))).toHaveLength(1)
  // A reading that is altered past the guards breaks the signature, and is named.
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update second_readings set reason = 'something else was seen' where trial_id = ${trialId}`
  })
  const broken = await checkSignatures(lab.db, trialId)
  expect(broken.flatMap(({ differences }) => differences).join()).toMatch(/secondReadings\.\d+/)
})

test('another outcome leaves it without one until a third person, a lead, decides', async () => {
  const { trialId } = await decided()
  expect(await adjudicate(trialId, 'refused')).toMatchObject({
    reason: expect.stringContaining('second reading'),
  })
  expect(must(await read(trialId, 'installedAfterUserAction'), 'recorded').agrees).toBe(false)
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    ...{ outcome: null, outcomeAwaits: 'adjudication' },
  })
  const waiting = await listWaitingOutcomes(lab.db, {
    environment: 'real',
    filter: {},
    personId: reviewer.id,
  })
  expect(waiting).toContainEqual(
    expect.objectContaining({
      ...{ id: trialId, awaits: 'adjudication' },
      ...{ first: 'refused', second: 'installedAfterUserAction' },
    }),
  )
  expect(await approve(lab.db, trialId)).toMatchObject({
    reason: expect.stringContaining('disagree'),
  })
  const own = await adjudicate(trialId, 'refused', lead)
  expect(own).toMatchObject({ reason: expect.stringContaining('one of its two readers') })
  expect(await adjudicate(trialId, 'refused', peer)).toMatchObject({
    reason: expect.stringContaining('role lead'),
  })
  must(await adjudicate(trialId, 'refused'), 'corrected')
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    ...{ outcome: 'refused', outcomeAwaits: null, overruled: true },
  })
  expect(await listOutcomeDecisions(lab.db, trialId)).toHaveLength(2)
  must(await approve(lab.db, trialId, closer), 'sealed')
  expect((await checkSignatures(lab.db, trialId)).every(({ differences: d }) => !d.length)).toBe(
    true,
  )
})

test('the reader is neither the decider nor somebody without the role, and the trial has to be concluded', async () => {
  const { trialId } = await decided()
  for (const [actor, reason] of [
    [lead, 'another person reads it'],
    [engineer, 'not blinded'],
    [viewer, 'role engineer or lead'],
  ] as const)
    expect(
      await recordSecondReading(
        lab.db,
        actor,
        { trialId, outcome: 'refused', reason: saw },
        later(990),
      ),
    ).toMatchObject({ reason: expect.stringContaining(reason) })
  must(await reopenTrial(lab.db, lead, { trialId, reason: saw }, later(1000)), 'reopened')
  expect(await read(trialId, 'refused')).toMatchObject({
    reason: expect.stringContaining('not concluded'),
  })
  // The first conclusion, taken back, would tell as much.
  const shown = must(await readTrial(lab.db, peer, { id: trialId }, later(1010)), 'shown')
  const { plan: _, ...version } = shown.record.view.version
  expect(whole({ ...shown.record, view: { ...shown.record.view, version } })).not.toMatch(telling)
  must(await withdrawTrial(lab.db, lead, { trialId, reason: saw }, later(1020)), 'closed')
  const ended = must(await readTrial(lab.db, peer, { id: trialId }, later(1030)), 'shown')
  expect(ended.record).toMatchObject({
    withheld: false,
    view: { decision: { decided: 'refused' } },
  })
})

test('a trial of another protocol is concluded as ever, and nobody reads it a second time', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'refused' })
  expect(await findTrial(lab.db, trialId)).toMatchObject({ outcome: 'refused' })
  expect(await read(trialId, 'refused')).toMatchObject({
    reason: expect.stringContaining('no second reader'),
  })
  must(await openOutcome(lab.db, peer, { trialId }, later(990)), 'opened')
  expect(await listOutcomeOpenings(lab.db, trialId)).toEqual([])
})

test('the CSV has both readings once there are two, and before nothing that tells the first', async () => {
  const { trialId } = await decided()
  const row = async () => {
    const [found] = await lab.sql`select * from trial_export where trial = ${trialId}`
    return found
  }
  const waiting = await row()
  expect(waiting).toMatchObject({
    ...{
      outcome: null,
      second_reading: 'secondReading',
      first_outcome: 'NA',
      second_outcome: 'NA',
    },
    ...{ second_blinded: 'NA', overruled: null, against_builds: null, primary_reached: 'NA' },
  })
  expect(whole(waiting)).not.toMatch(telling)
  must(await read(trialId, 'lost'), 'recorded')
  expect(await row()).toMatchObject({
    ...{ outcome: null, second_reading: 'adjudication', second_reader: 'Pat' },
    ...{ first_outcome: 'refused', second_outcome: 'lost', second_blinded: 'true' },
  })
  must(await adjudicate(trialId, 'lost'), 'corrected')
  expect(await row()).toMatchObject({ outcome: 'lost', second_reading: 'adjudicated' })
})

test('what waits for a person says so: reading for who does not know it, deciding for a third one', async () => {
  const waits = async (actor: typeof peer) => {
    const now = later(1000)
    const items = await listWaiting(lab.db, actor, 'real', now)
    const of = (kind: string) => items.find((one) => one.kind === kind)?.count ?? 0
    return { toRead: of('secondReadings'), toDecide: of('adjudications'), toReview: of('reviews') }
  }
  const [before, ofLead] = [await waits(reviewer), await waits(lead)]
  const { trialId } = await decided()
  expect(await waits(reviewer)).toEqual({ ...before, toRead: before.toRead + 1 })
  expect(await waits(lead)).toEqual(ofLead)
  must(await read(trialId, 'lost'), 'recorded')
  expect(await waits(reviewer)).toEqual({ ...before, toDecide: before.toDecide + 1 })
  expect(await waits(lead)).toEqual(ofLead)
  must(await adjudicate(trialId, 'lost'), 'corrected')
  expect(await waits(closer)).toMatchObject({ toDecide: before.toDecide })
})

test('the database holds it, whoever writes', async () => {
  const { trialId } = await decided()
  const insert = (by: string, more = lab.sql`'engineer'`) => lab.sql`
    insert into second_readings (trial_id, decision_id, outcome, reason, at, by_id, by_name, by_role)
    select ${trialId}, max(id), 'refused', ${saw}, now(), ${by}, 'Somebody', ${more} from outcome_decisions`
  await expect(insert('l1', lab.sql`'lead'`)).rejects.toThrow(/another person/)
  await expect(insert('e1')).rejects.toThrow(/engineers_and_leads_read/)
  await expect(insert('e2', lab.sql`'viewer'`)).rejects.toThrow(/engineers_and_leads_read/)
  const settle = lab.sql`update trials set outcome = 'refused', outcome_awaits = null, overruled = true where id = ${trialId}`
  await expect(settle).rejects.toThrow(/waits for its second reader/)
  await expect(lab.sql`update trials set outcome = 'lost' where id = ${trialId}`).rejects.toThrow()
  await expect(insert('e2')).rejects.toThrow(/settles the outcome of its trial/)
  // Agreement and blinding follow from the record, whatever is written.
  await lab.sql.begin(async (tx) => {
    await tx`insert into second_readings (trial_id, decision_id, outcome, reason, agrees, unblinded_by, at, by_id, by_name, by_role)
      select ${trialId}, min(id), 'lost', ${saw}, true, 'opened', now(), 'e2', 'Pat', 'engineer' from outcome_decisions`
    await tx`update trials set outcome_awaits = 'adjudication' where id = ${trialId}`
  })
  const [decision] = await listOutcomeDecisions(lab.db, trialId)
  expect(await findSecondReading(lab.db, trialId)).toMatchObject({
    ...{ agrees: false, unblindedBy: null, decisionId: decision?.id },
  })
  await expect(insert('e3')).rejects.toThrow(/does not wait/)
  for (const table of ['second_readings', 'outcome_openings'])
    await expect(
      lab.sql`update ${lab.sql(table)} set by_name = 'Nobody' where trial_id = ${trialId} returning 1`.then(
        (rows) => {
          if (rows.length === 0) throw new Error('only grows, and is empty')
        },
      ),
    ).rejects.toThrow(/only grows/)
  const opening = lab.sql`insert into outcome_openings (trial_id, at, by_id, by_name, by_role)
    values (${trialId}, now(), 'v1', 'Vic', 'viewer')`
  await expect(opening).rejects.toThrow(/nothing of trial/)
  // Neither reader's outcome is taken over without a decision of a lead.
  await expect(
    lab.sql`update trials set outcome = 'lost', outcome_awaits = null, overruled = true where id = ${trialId}`,
  ).rejects.toThrow(/when its two readers agree/)
})
