import { afterAll, beforeAll, expect, test } from 'vitest'
import { findOutcomeDecision, findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { foldTrial } from '@/lib/domain/trial/trial'
import { askQuery } from '../record/query-trial'
import { reviewer } from '../record/review.testing'
import { concludedTrial } from '../record/trial-trip.testing'
import { engineer, later, lead, must, now } from '../testing/people'
import { proofOf, reviewedProtocol, twoSlots } from '../testing/trial'
import { concludeTrial, reopenTrial } from './conclude-trial'
import { draftTrial, registerTrial } from './prepare-trial'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const reason = 'the prompt came up a minute later'
const asProposed = () => concludedTrial(lab.db, { outcome: 'installedAsExpected' })

test('a conclusion is reopened with a reason, and the record only grows', async () => {
  const { trialId } = await asProposed()
  const bare = await reopenTrial(lab.db, engineer, { trialId, reason: 'oops' }, later(930))
  expect(bare).toMatchObject({ field: 'reason' })
  must(await reopenTrial(lab.db, engineer, { trialId, reason }, later(930)), 'reopened')
  const trial = await findTrial(lab.db, trialId)
  expect(trial).toMatchObject({ state: 'observing', outcome: null, concludedAt: null })
  const kinds = (await listTrialEvents(lab.db, trialId)).map(({ kind }) => kind)
  expect(kinds.slice(-2)).toEqual(['concluded', 'reopened'])
  expect(foldTrial(kinds)).toBe('observing')
  expect(await findOutcomeDecision(lab.db, trialId)).toMatchObject({ byName: 'Lee' })
  const again = { trialId, outcome: 'installedAsExpected' as const, reason: '' }
  must(await concludeTrial(lab.db, engineer, again, later(940)), 'concluded')
})

test('only a lead reopens a conclusion that a lead signed', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'refused' })
  const byEngineer = await reopenTrial(lab.db, engineer, { trialId, reason }, later(930))
  expect(byEngineer).toMatchObject({ reason: expect.stringContaining('role lead') })
  must(await reopenTrial(lab.db, lead, { trialId, reason }, later(930)), 'reopened')
})

test('it is not reopened once the review has begun, neither by a page nor in SQL', async () => {
  const { trialId } = await asProposed()
  const query = { trialId, field: 'outcome', text: 'Who saw the prompt?' }
  must(await askQuery(lab.db, reviewer, query, later(930)), 'recorded')
  const late = await reopenTrial(lab.db, lead, { trialId, reason }, later(940))
  expect(late).toMatchObject({ reason: expect.stringContaining('review has begun') })
  await expect(
    lab.sql`update trials set state = 'observing', outcome = null, proposed_outcome = null, outcome_reason = null,
      concluded_at = null, concluded_by = null, overruled = false where id = ${trialId}`,
  ).rejects.toThrow(/under review/)
})

test('it is not reopened while another trial has the device', async () => {
  const { trialId, device } = await asProposed()
  const plan = { deviceId: device.id, expectation: 'It does nothing.' }
  const versionId = await reviewedProtocol(lab.db, twoSlots, now)
  const draft = { ...plan, protocolVersionId: versionId }
  const other = must(await draftTrial(lab.db, engineer, draft, later(940)), 'done')
  must(await registerTrial(lab.db, engineer, { trialId: other.trialId }, later(945)), 'done')
  const busy = await reopenTrial(lab.db, lead, { trialId, reason }, later(960))
  expect(busy).toMatchObject({ reason: expect.stringMatching(/in trial T-\d+ meanwhile/) })
})

test('the database accepts no reopening without its event, and only the decided outcome', async () => {
  const { trialId } = await asProposed()
  await expect(
    lab.sql`update trials set state = 'observing', outcome = null, proposed_outcome = null, outcome_reason = null,
      concluded_at = null, concluded_by = null, overruled = false where id = ${trialId}`,
  ).rejects.toThrow(/by an entry of its record/)
})

test('the database accepts no decision against the proposal without a lead’s signature for it', async () => {
  const { trialId } = await asProposed()
  must(await reopenTrial(lab.db, lead, { trialId, reason }, later(930)), 'reopened')
  const decide = (proposed: string, decided: string, by = 'e1') => lab.sql`
    insert into outcome_decisions (trial_id, proposed, reasons, function_version, decided, reason, by_id, by_name, at)
    values (${trialId}, ${proposed}, '[]', 'x', ${decided}, ${reason}, ${by}, 'Erin', now())`
  await expect(decide('installedAsExpected', 'refused')).rejects.toThrow(/signed by a lead/)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`delete from readings where device_id = (select device_id from trials where id = ${trialId}) and answered_at > now() - interval '30 years' and value = '"12.1"'`
    await tx`delete from readings where device_id = (select device_id from trials where id = ${trialId}) and value = '"16B92"'`
    await tx`delete from observations where trial_id = ${trialId} and kind = 'newOsSeen'`
  })
  await expect(decide('installedAsExpected', 'installedAsExpected')).rejects.toThrow(
    /no other OS was read/,
  )
  // An overrule that was signed for another outcome does not count.
  const proofId = await proofOf(lab.db, lead, 'overrule', trialId, later(940))
  const given = { trialId, outcome: 'refused' as const, reason, proofId }
  must(await concludeTrial(lab.db, lead, given, later(940)), 'concluded')
  await expect(decide('refused', 'voidOperator', 'l1')).rejects.toThrow(/signed by a lead/)
})
