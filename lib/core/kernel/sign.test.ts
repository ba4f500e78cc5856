import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Db } from '@/lib/db/client'
import { insertSignature, listSignatures } from '@/lib/db/queries/trials/signatures'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { concludedTrial } from '../record/trial-trip.testing'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, seenSlot } from '../testing/trial'
import { disarmTrial } from '../trials/prepare-trial'
import { checkSignatures, type Sign, sign } from './sign'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const inOne = (actor: Actor, input: Sign, at = now) =>
  lab.db.transaction((tx: Db) => sign(tx, actor, input, at))

/** Signs as the lead that a concluded trial is approved. */
async function approved() {
  const { trialId, device, commandUuid } = await concludedTrial(lab.db, {
    outcome: 'installedAsExpected',
  })
  const at = later(1000)
  const proofId = await proofOf(lab.db, lead, 'approve', trialId, at)
  must(await inOne(lead, { trialId, act: 'approve', proofId }, at), 'signed')
  return { trialId, device, commandUuid }
}

test('a signature has its signer, meaning and method as they were, and matches its record', async () => {
  const { trialId } = await approved()
  expect(await checkSignatures(lab.db, trialId)).toMatchObject([
    { act: 'release', byName: 'Erin', meaning: 'release', slotOrdinal: 1, differences: [] },
    {
      act: 'approve',
      meaning: 'approval',
      byName: 'Lee',
      byRole: 'lead',
      at: later(1000),
      method: 'password',
      differences: [],
    },
  ])
})

test('a record that only grows keeps its signatures', async () => {
  const { trialId } = await armedTrial(lab.db)
  const proofId = await proofOf(lab.db, lead, 'waive', trialId)
  const reason = 'the cable was checked by hand'
  must(await inOne(lead, { trialId, act: 'waive', proofId, reason }), 'signed')
  must(await disarmTrial(lab.db, engineer, { trialId }, later(10)), 'done')
  expect((await checkSignatures(lab.db, trialId)).map(({ differences }) => differences)).toEqual([
    [],
  ])
})

const trial = (id: string) => `trial_id = '${id}'`
test.each([
  ['an event', /^events\.\d+: /, 'trial_events', `text = 'Armed by another'`, trial, 'min(id)'],
  [
    'an observation',
    /^observations\.\d+: /,
    'observations',
    `text = 'no prompt'`,
    trial,
    'max(id)',
  ],
  ['a decision', /^decisions\.\d+: /, 'outcome_decisions', `decided = 'noReply'`, trial, 'max(id)'],
] as const)(
  '%s altered behind the triggers breaks the signature, and it is named',
  async (...row) => {
    const [, named, table, set, of, which] = row
    const { trialId } = await approved()
    await behindTheTriggers(
      `update ${table} set ${set} where id = (select ${which} from ${table} where ${of(trialId)})`,
    )
    const checked = (await checkSignatures(lab.db, trialId)).at(-1)
    expect(checked?.differences).toEqual([expect.stringMatching(named)])
  },
)

test.each([
  ['the outcome', `update trials set outcome = 'noReply' where id = $trial`, /closing\.outcome/],
  ['the serial', `update devices set serial = 'OTHER1234' where id = $device`, /device\.serial/],
  ['the plist', `update commands set plist = '\\x00' where command_uuid = $command`, /commands\./],
  ['a reply', `update raw_events set body = '\\x00' where trial_id = $trial`, /replies\./],
  ['the signer', `update signatures set by_name = 'Eve' where trial_id = $trial`, /byName/],
  ['what was signed', `update signatures set record = '{}' where trial_id = $trial`, /record: /],
  ['the sealed text', `update trials set registration = '{}' where id = $trial`, /registration/],
  [
    'a missing event',
    `delete from trial_events where kind = 'armed' and trial_id = $trial`,
    /now n/,
  ],
])('%s altered behind the triggers breaks the signature', async (_, statement, named) => {
  const { trialId, device, commandUuid } = await approved()
  const given = { trial: trialId, device: device.id, command: commandUuid }
  await behindTheTriggers(
    Object.entries(given).reduce(
      (text, [key, id]) => text.replace(`$${key}`, `'${id}'`),
      statement,
    ),
  )
  const checked = (await checkSignatures(lab.db, trialId)).at(-1)
  expect(checked?.differences.join('\n')).toMatch(named)
})

/** Like a superuser who disables the triggers. */
const behindTheTriggers = (statement: string) =>
  lab.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql.unsafe(statement)
  })

const reason = 'seen by two people at the bench'
test.each([
  ['of another person', 'proof belongs to another person', lead, 'voidTrial', 0],
  ['of another act', 'given for something else', engineer, 'waive', 0],
  ['that is too old', 'older than 2 minutes', engineer, 'voidTrial', 121],
  ['from the future', 'older than 2 minutes', engineer, 'voidTrial', -1],
] as const)('a proof %s signs nothing, by the service and by the database', async (...row) => {
  const [, reason, prover, act, seconds] = row
  const { trialId } = await armedTrial(lab.db)
  const proofId = await proofOf(lab.db, prover, act, trialId)
  const input = { trialId, act: 'voidTrial', proofId, reason } as const
  expect(await inOne(engineer, input, later(seconds))).toMatchObject({
    status: 'refused',
    field: 'proof',
    reason: expect.stringContaining(reason),
  })
  await expect(raw(trialId, proofId, later(seconds))).rejects.toThrow()
  expect(await listSignatures(lab.db, trialId)).toEqual([])
})

/** A signature forged by SQL, as well as possible. */
const raw = async (trialId: string, proofId: string, at = now) => {
  const { createHash } = await import('node:crypto')
  return insertSignature(lab.db, {
    trialId,
    proofId,
    at,
    act: 'voidTrial',
    meaning: 'responsibility',
    byId: engineer.id,
    byName: engineer.name,
    byRole: engineer.role,
    method: 'password',
    reason,
    record: '{}',
    recordSha256: createHash('sha256').update('{}').digest('hex'),
  })
}

test('a proof for another trial signs nothing, by the service and by the database', async () => {
  const [one, other] = [await armedTrial(lab.db), await armedTrial(lab.db)]
  const proofId = await proofOf(lab.db, engineer, 'voidTrial', other.trialId)
  const input = { trialId: one.trialId, act: 'voidTrial', proofId, reason } as const
  expect(await inOne(engineer, input)).toMatchObject({ status: 'refused', field: 'proof' })
  await expect(raw(one.trialId, proofId)).rejects.toThrow()
})

test('without a proof nothing is signed, nor with an invented one', async () => {
  const { trialId } = await armedTrial(lab.db)
  for (const proofId of [undefined, crypto.randomUUID()])
    expect(await inOne(lead, { trialId, act: 'voidTrial', proofId, reason })).toMatchObject({
      status: 'refused',
      reason: expect.stringContaining('needs proof'),
    })
})

test('a proof signs once: twenty at the same time make one signature', async () => {
  const { trialId } = await armedTrial(lab.db)
  const proofId = await proofOf(lab.db, lead, 'voidTrial', trialId)
  const input = { trialId, act: 'voidTrial', proofId, reason } as const
  const answers = await Promise.all(Array.from({ length: 20 }, () => inOne(lead, input)))
  expect(answers.filter(({ status }) => status === 'signed')).toHaveLength(1)
  expect(await listSignatures(lab.db, trialId)).toHaveLength(1)
})

test('SQL cannot use, change or remove a proof, nor a signature', async () => {
  const { trialId } = await armedTrial(lab.db)
  const proofId = await proofOf(lab.db, lead, 'voidTrial', trialId)
  const { sql } = lab
  await expect(sql`update proofs set used_at = now() where id = ${proofId}`).rejects.toThrow(/once/)
  await expect(sql`update proofs set act = 'lock' where id = ${proofId}`).rejects.toThrow(/once/)
  await expect(sql`delete from proofs where id = ${proofId}`).rejects.toThrow(/only grows/)
  must(await inOne(lead, { trialId, act: 'voidTrial', proofId, reason }), 'signed')
  await expect(sql`update signatures set reason = ''`).rejects.toThrow(/only grows/)
  await expect(sql`delete from signatures`).rejects.toThrow(/only grows/)
  await expect(sql`truncate signatures cascade`).rejects.toThrow(/only grows/)
})

test('a release is signed for a verdict of its own trial, by its hash', async () => {
  const [one, other] = [await armedTrial(lab.db), await armedTrial(lab.db)]
  const seen = await seenSlot(lab.db, other.trialId)
  const proofId = await proofOf(lab.db, engineer, 'release', one.trialId)
  const verdict = { id: seen.verdictId, hash: 'of another' }
  const input = { trialId: one.trialId, act: 'release', proofId, slotOrdinal: 1, verdict } as const
  await expect(inOne(engineer, input)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('verdict is not of this trial') },
  })
})
