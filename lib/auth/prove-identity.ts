import { createHash, randomBytes } from 'node:crypto'
import { recordHash } from '../core/kernel/sign'
import { countAction } from '../core/shared/action-limits'
import { type Refusal, refused } from '../core/shared/result'
import { type Proof, proveByPassword } from '../credentials/prove'
import type { Db } from '../db/client'
import { keepChallenge, listPasskeys, takeChallenge } from '../db/queries/people/second-factors'
import { insertProof } from '../db/queries/trials/signatures'
import { transact } from '../db/transact'
import type { Actor } from '../domain/account/permissions'
import { proofSeconds, type SignatureAct } from '../domain/signature/signature'
import { checkPasskey, type PasskeyAnswer, passkeyQuestion } from './passkeys'

/** What a proof is for: one act on one trial. It signs nothing else. */
type ProvedFor = { act: SignatureAct; subjectId: string }

/** What a person gives to prove their identity again when they sign. */
export type Assertion =
  | { method: 'password'; password: string }
  | { method: 'passkey'; answer: PasskeyAnswer }

type Proved = { status: 'proved'; proofId: string }
type Unproved = { status: 'refused'; reason: string; field: 'proof' }

/**
 * Checks the identity of the signed-in person again, at the moment of signing. A proof is stored only if the
 * password or passkey is right; it signs that act on that trial, once, within `proofSeconds`. Its ID never
 * leaves the server.
 */
export async function proveIdentity(
  db: Db,
  actor: Actor,
  wanted: ProvedFor,
  assertion: Assertion,
  now: Date,
): Promise<Proved | Unproved> {
  const given =
    assertion.method === 'password'
      ? await proveByPassword(db, actor, assertion, now)
      : await proveByPasskey(db, actor, { ...wanted, answer: assertion.answer }, now)
  if (given.status === 'refused') return unproved(`${given.reason} Nothing was done.`)
  const proof = { ...wanted, byId: actor.id, method: assertion.method, at: now }
  const proofId = await transact(db, actor, (tx) => insertProof(tx, proof))
  return { status: 'proved', proofId }
}

/**
 * Starts a proof by passkey, for one act on a trial with its record as it is now: the challenge, which the
 * authenticator signs, is a hash of both. It can be answered once, within `proofSeconds`; the next request
 * for the same act replaces it.
 */
export async function askForProof(
  db: Db,
  actor: Actor,
  wanted: ProvedFor,
  now: Date,
): Promise<{ status: 'asked'; options: Awaited<ReturnType<typeof passkeyQuestion>> } | Refusal> {
  const wait = await countAction(db, actor, 'askPasskey', now)
  if (wait) return refused(wait.reason, 'proof')
  const keys = await listPasskeys(db, actor.id)
  if (keys.length === 0)
    return refused(
      'You have no passkey here. Add one under Account, or give your password.',
      'proof',
    )
  const hash = await recordHash(db, wanted)
  if (hash === undefined) return refused('There is no such trial.', 'trialId')
  const salt = randomBytes(32).toString('base64url')
  const challenge = challengeOf(wanted, hash, salt)
  await keepChallenge(db, {
    identifier: identifierOf(actor, wanted),
    challenge: `${salt}.${base64url(challenge)}`,
    now,
    seconds: proofSeconds,
  })
  return { status: 'asked', options: await passkeyQuestion(keys, challenge) }
}

/**
 * Whether a passkey of this person has answered the challenge for this act, and the record has not changed
 * since the challenge was made. The first answer uses the challenge up, right or wrong.
 */
export async function proveByPasskey(
  db: Db,
  actor: Actor,
  { answer, ...wanted }: ProvedFor & { answer: PasskeyAnswer },
  now: Date,
): Promise<Proof> {
  const kept = await takeChallenge(db, identifierOf(actor, wanted), now)
  if (kept === undefined)
    return unproved('Your passkey was not asked for this, or more than two minutes ago.')
  const [salt = '', asked = ''] = kept.split('.')
  const hash = await recordHash(db, wanted)
  const challenge = hash && base64url(challengeOf(wanted, hash, salt))
  if (challenge !== asked)
    return unproved('The record has changed since your passkey was asked. Look at it once more.')
  const personId = await checkPasskey(db, asked, answer, now)
  return personId === actor.id
    ? { status: 'proved', method: 'passkey' }
    : unproved('This is no passkey of yours, or it did not answer what was asked.')
}

const identifierOf = (actor: Pick<Actor, 'id'>, { act, subjectId }: ProvedFor) =>
  `proof:${actor.id}:${act}:${subjectId}`
const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const unproved = (reason: string): Unproved => ({ status: 'refused', reason, field: 'proof' })

const challengeOf = ({ act, subjectId }: ProvedFor, recordSha256: string, salt: string) =>
  Uint8Array.from(
    createHash('sha256')
      .update(['oneway-proof-1', act, subjectId, recordSha256, salt].join('\n'))
      .digest(),
  )
