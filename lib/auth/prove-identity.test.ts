import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { sign } from '../core/kernel/sign'
import { approveTrial } from '../core/record/seal-trial'
import { concludedTrial } from '../core/record/trial-trip.testing'
import { must } from '../core/testing/people'
import { armedTrial } from '../core/testing/trial'
import { createPerson } from '../credentials/people'
import { createTestDb, type TestDb } from '../db/testing'
import type { Actor, Role } from '../domain/account/permissions'
import { createAuthenticator, givePasskey } from './passkey.testing'
import { askForProof, proveByPasskey, proveIdentity } from './prove-identity'

const origin = 'http://localhost:3000'
const now = new Date('2026-03-02T09:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  vi.stubEnv('DATABASE_URL', lab.url)
  vi.stubEnv('ONEWAY_BASE_URL', origin)
  vi.stubEnv('BETTER_AUTH_SECRET', 'a secret of this test, 32 characters')
})
afterAll(async () => {
  await lab.drop()
  vi.unstubAllEnvs()
})

let people = 0
async function person(role: Role = 'lead') {
  const name = `Lee ${++people}`
  const email = `lee-${people}@lab.example`
  const id = await createPerson(lab.db, { name, email, password: 'correct horse battery', role })
  const actor: Actor = { id, name, role }
  const key = createAuthenticator({ origin, rpId: 'localhost' })
  await givePasskey(lab.db, id, key, now)
  return { actor, key }
}

const waive = (subjectId: string) => ({ act: 'waive', subjectId }) as const
const challengeOf = async (actor: Actor, wanted: Parameters<typeof askForProof>[2], at = now) =>
  must(await askForProof(lab.db, actor, wanted, at), 'asked').options.challenge

test('a passkey that answers for an act signs that act, and the signature says by what', async () => {
  const { actor, key } = await person()
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const wanted = { act: 'approve', subjectId: trialId } as const
  const answer = key.answer(await challengeOf(actor, wanted, later(1000)))
  const assertion = { method: 'passkey', answer } as const
  const proved = must(await proveIdentity(lab.db, actor, wanted, assertion, later(1003)), 'proved')
  const approved = await approveTrial(
    lab.db,
    actor,
    { trialId, proofId: proved.proofId },
    later(1004),
  )
  expect(approved.status).not.toBe('refused')
  const [row] = await lab.sql`
    select method, by_id, act from signatures where trial_id = ${trialId} order by id desc limit 1`
  expect(row).toMatchObject({ method: 'passkey', by_id: actor.id, act: 'approve' })
})

test('replay: an answer proves once, and a second time for nobody', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const answer = key.answer(await challengeOf(actor, waive(trialId)))
  const give = () => proveByPasskey(lab.db, actor, { ...waive(trialId), answer }, later(1))
  const answers = await Promise.all([give(), give(), give()])
  expect(answers.filter(({ status }) => status === 'proved')).toHaveLength(1)
  expect(await give()).toMatchObject({ status: 'refused', field: 'proof' })
})

test('replay: an answer that was caught signs nothing after the next question either', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const caught = key.answer(await challengeOf(actor, waive(trialId)))
  await challengeOf(actor, waive(trialId), later(1))
  expect(
    await proveByPasskey(lab.db, actor, { ...waive(trialId), answer: caught }, later(2)),
  ).toMatchObject({ status: 'refused' })
})

test('an answer for one act or trial proves nothing for another', async () => {
  const { actor, key } = await person()
  const [one, other] = [await armedTrial(lab.db), await armedTrial(lab.db)]
  const wanted = waive(one.trialId)
  const elsewhere = [
    { act: 'voidTrial', subjectId: one.trialId },
    { act: 'waive', subjectId: other.trialId },
  ] as const
  for (const asked of elsewhere) {
    // Both questions are open; the answer is given to the wrong one.
    await challengeOf(actor, asked)
    const answer = key.answer(await challengeOf(actor, wanted))
    expect(await proveByPasskey(lab.db, actor, { ...asked, answer }, later(1))).toMatchObject({
      reason: expect.stringContaining('did not answer what was asked'),
    })
  }
})

test('a passkey of another person proves nothing, and neither does a stranger’s', async () => {
  const { actor } = await person()
  const other = await person()
  const stranger = createAuthenticator({ origin, rpId: 'localhost' })
  const { trialId } = await armedTrial(lab.db)
  for (const key of [other.key, stranger]) {
    const answer = key.answer(await challengeOf(actor, waive(trialId)))
    expect(
      await proveByPasskey(lab.db, actor, { ...waive(trialId), answer }, later(1)),
    ).toMatchObject({ reason: expect.stringContaining('no passkey of yours') })
  }
})

test('an answer after two minutes, from another site, or without looking who it is, proves nothing', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const tries = [
    { at: later(121), but: {} },
    { at: later(1), but: { origin: 'https://evil.example' } },
    // Somebody was there; a finger or a PIN was not asked.
    { at: later(1), but: { flags: 0x01 } },
  ]
  for (const { at, but } of tries) {
    const answer = key.answer(await challengeOf(actor, waive(trialId)), but)
    expect(await proveByPasskey(lab.db, actor, { ...waive(trialId), answer }, at)).toMatchObject({
      status: 'refused',
    })
  }
})

test('a record that changes between question and answer is not signed', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const answer = key.answer(await challengeOf(actor, waive(trialId)))
  await lab.sql`
    insert into trial_events (trial_id, kind, text, at, by_id, by_name, by_role)
    select trial_id, kind, 'another event', at, by_id, by_name, by_role from trial_events
    where trial_id = ${trialId} limit 1`
  expect(
    await proveByPasskey(lab.db, actor, { ...waive(trialId), answer }, later(1)),
  ).toMatchObject({ reason: expect.stringContaining('The record has changed') })
})

test('who has no passkey is told so, and who is disabled proves nothing', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const answer = key.answer(await challengeOf(actor, waive(trialId)))
  await lab.sql`update users set disabled_at = now() where id = ${actor.id}`
  expect(
    await proveByPasskey(lab.db, actor, { ...waive(trialId), answer }, later(1)),
  ).toMatchObject({ status: 'refused' })
  expect(await askForProof(lab.db, { ...actor, id: 'nobody' }, waive(trialId), now)).toMatchObject({
    reason: expect.stringContaining('no passkey here'),
  })
})

test('a proof by passkey signs only as one by passkey', async () => {
  const { actor, key } = await person()
  const { trialId } = await armedTrial(lab.db)
  const answer = key.answer(await challengeOf(actor, waive(trialId)))
  const assertion = { method: 'passkey', answer } as const
  const { proofId } = must(
    await proveIdentity(lab.db, actor, waive(trialId), assertion, later(1)),
    'proved',
  )
  const signed = await lab.db.transaction((tx) =>
    sign(tx, actor, { trialId, act: 'waive', proofId, reason: 'seen by hand' }, later(2)),
  )
  expect(must(signed, 'signed').signature.method).toBe('passkey')
})
