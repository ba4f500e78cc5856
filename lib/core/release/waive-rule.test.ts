import { afterAll, beforeAll, expect, test } from 'vitest'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { checkSignatures } from '../kernel/sign'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, releaseSigned, seenSlot, twoSlots } from '../testing/trial'
import { deliver } from './deliver'
import { previewSlot } from './preview-slot'
import { waiveRule } from './waive-rule'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const reason = 'the charger is plugged in at the bench'
const lowBattery: Partial<ReadingValues> = { batteryLevel: 0.3, externalPower: false }

const waive = async (
  trialId: string,
  ruleId: string,
  but: Partial<{ by: Actor; why: string }> = {},
) => {
  const { by = lead, why = reason } = but
  const proofId = await proofOf(lab.db, by, 'waive', trialId)
  return waiveRule(lab.db, by, { trialId, ordinal: 1, ruleId, reason: why, proofId }, now)
}
const judged = async (trialId: string) =>
  must(await previewSlot(lab.db, engineer, { trialId, ordinal: 1 }, now), 'judged').qualification

test('a waived rule only warns, names who waived it and why, and the command is released and sent', async () => {
  const { trialId } = await armedTrial(lab.db, { but: lowBattery })
  expect((await judged(trialId)).overall).toBe('no')
  must(await waive(trialId, 'Q12'), 'waived')
  const { overall, findings, warnings } = await judged(trialId)
  expect(overall).toBe('qualified')
  expect(findings.find(({ ruleId }) => ruleId === 'Q12')).toMatchObject({
    verdict: 'fail',
    warnOnly: true,
    waived: { by: 'Lee', reason },
  })
  expect(warnings.map(({ text }) => text).join()).toContain(`waived by Lee, reason: ${reason}`)
  const seen = await seenSlot(lab.db, trialId)
  const { commandUuid } = must(await releaseSigned(lab.db, engineer, seen), 'released')
  const server = fakeServer()
  await deliver(lab.db, server.servers, commandUuid, () => later(121))
  expect(server.ledger.enqueued).toEqual([commandUuid])
  const checked = await checkSignatures(lab.db, trialId)
  expect(checked.map(({ act, differences }) => [act, differences])).toEqual([
    ['waive', []],
    ['release', []],
  ])
})

test('a preview from before the waiver does not count for a release after it', async () => {
  const { trialId } = await armedTrial(lab.db, { but: lowBattery })
  const seen = await seenSlot(lab.db, trialId)
  must(await waive(trialId, 'Q12'), 'waived')
  const result = must(await releaseSigned(lab.db, engineer, seen, later(5)), 'changed')
  expect(result.differences.join()).toContain('not waived → waived by Lee')
})

test('the person who waives does not release, by the service and by the database', async () => {
  const { trialId } = await armedTrial(lab.db, { but: lowBattery })
  must(await waive(trialId, 'Q12'), 'waived')
  const seen = await seenSlot(lab.db, trialId)
  expect(await releaseSigned(lab.db, lead, seen)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('another person must release'),
  })
  expect(await findSlotCommand(lab.db, trialId, 1)).toBeUndefined()
})

const unknownBattery = { batteryLevel: undefined, externalPower: undefined }
const askedFor = { ...twoSlots, conditions: { battery: { min: 0.8 } } }
test.each([
  ['a rule that passes', 'Q13', lowBattery, twoSlots],
  ['what is unknown', 'Q12', unknownBattery, twoSlots],
  ['what the protocol itself asks for', 'Q12', lowBattery, askedFor],
  ['supervision', 'Q2', { supervised: false }, twoSlots],
  ['an active declaration', 'Q9', { osVersion: '18.6', activeDeclaration: true }, twoSlots],
  ['a user channel', 'Q10', { userEnrollment: true }, twoSlots],
  ['free disk', 'Q11', { freeCapacity: 0.1 }, twoSlots],
  ['an update under way', 'Q16', { updateActivity: 'downloading' }, twoSlots],
  ['a rule there is not', 'Q99', lowBattery, twoSlots],
] as const)('%s is not waived', async (_, ruleId, but, plan) => {
  // The literal types of the rows do not show that each is a set of readings.
  const { trialId } = await armedTrial(lab.db, { but: but as Partial<ReadingValues>, plan })
  expect(await waive(trialId, ruleId)).toMatchObject({ status: 'refused' })
})

test('a waiver takes a lead, a reason of ten characters and a proof, and only once', async () => {
  const { trialId } = await armedTrial(lab.db, { but: lowBattery })
  expect(await waive(trialId, 'Q12', { by: engineer })).toMatchObject({ status: 'refused' })
  expect(await waive(trialId, 'Q12', { why: 'reason' })).toMatchObject({ field: 'reason' })
  const input = { trialId, ordinal: 1, ruleId: 'Q12', reason, proofId: undefined }
  expect(await waiveRule(lab.db, lead, input, now)).toMatchObject({ field: 'proof' })
  must(await waive(trialId, 'Q12'), 'waived')
  expect(await waive(trialId, 'Q12')).toMatchObject({ reason: expect.stringContaining('already') })
})

test('the database accepts a waiver only with its signature and for a waivable rule, and never changes one', async () => {
  const { trialId } = await armedTrial(lab.db, { but: lowBattery })
  must(await waive(trialId, 'Q12'), 'waived')
  const { sql } = lab
  const [waiver] = await sql`select signature_id from waivers where trial_id = ${trialId}`
  const insert = (ruleId: string) => sql`
    insert into waivers (trial_id, rule_id, reason, by_id, by_name, at, signature_id)
    values (${trialId}, ${ruleId}, ${reason}, 'l1', 'Lee', ${now.toISOString()}, ${waiver?.signature_id})`
  await expect(insert('Q13')).rejects.toThrow(/signed/)
  await expect(insert('Q2')).rejects.toThrow()
  await expect(sql`update waivers set reason = 'something else'`).rejects.toThrow(/only grows/)
  await expect(sql`delete from waivers`).rejects.toThrow(/only grows/)
})
