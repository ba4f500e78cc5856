import { createHash, randomBytes } from 'node:crypto'
import { recordHash } from '../core/kernel/sign'
import { countAction } from '../core/shared/action-limits'
import { type Refusal, refused } from '../core/shared/result'
import type { Proof } from '../credentials/prove'
import type { Db } from '../db/client'
import { keepChallenge, listPasskeys, takeChallenge } from '../db/queries/people/passkeys'
import type { Actor } from '../domain/account/permissions'
import { proofSeconds, type SignatureAct } from '../domain/signature/signature'
import { checkPasskey, type PasskeyAnswer, passkeyQuestion } from './passkeys'

/** The act and the trial it is given for; for another it signs nothing. */
export type ProvedFor = { act: SignatureAct; subjectId: string }

const identifierOf = (actor: Pick<Actor, 'id'>, { act, subjectId }: ProvedFor) =>
  `proof:${actor.id}:${act}:${subjectId}`

/**
 * Asks for a passkey of this person, for one act on a trial as its record is now: the challenge, over which
 * the authenticator signs, is a hash of both. It can be answered once, within `proofSeconds`; the next
 * question for the same act takes its place.
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
 * Whether a passkey of this very person has answered the question for this act, while the record is still
 * the one that was asked about. A question is used up by its first answer, right or wrong.
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

const base64url = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64url')
const unproved = (reason: string): Proof => ({ status: 'refused', reason, field: 'proof' })

const challengeOf = ({ act, subjectId }: ProvedFor, recordSha256: string, salt: string) =>
  Uint8Array.from(
    createHash('sha256')
      .update(['oneway-proof-1', act, subjectId, recordSha256, salt].join('\n'))
      .digest(),
  )
