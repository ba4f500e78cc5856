import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { Db } from '../db/client'
import { findPasswordHash } from '../db/queries/people/users'
import type { Actor } from '../domain/account/permissions'
import { clearGuesses, countGuessByKey, guessInQueue, guessLimits, waitWords } from './guess-limits'

/** Whether the person at the keyboard has proved to be the one signed in, and how, or why not. */
export type Proof =
  | { status: 'proved'; method: 'password' | 'passkey' | 'session' }
  | { status: 'refused'; reason: string; field?: string | undefined }

/**
 * Checks the actor's own password again, where an act needs it (ASVS 5.0 7.5.3, 21 CFR 11.200). Wrong ones
 * count against the account, whichever session they come from. Takes as long for a person without a password
 * as for one with. Stores nothing; the caller stores the proof.
 */
export async function proveByPassword(
  db: Db,
  actor: Pick<Actor, 'id'>,
  input: { password: string },
  now: Date,
): Promise<Proof> {
  const key = `prove:${actor.id}`
  return guessInQueue([key], () => checkPassword(db, actor, input, key, now))
}

async function checkPassword(
  db: Db,
  actor: Pick<Actor, 'id'>,
  input: { password: string },
  key: string,
  now: Date,
): Promise<Proof> {
  const attempt = await countGuessByKey(db, key, guessLimits.account, now)
  if (attempt.status === 'wait')
    return { status: 'refused', reason: waitWords(attempt.seconds), field: 'password' }
  const hash = await findPasswordHash(db, actor.id)
  if (hash === undefined) {
    await hashPassword(input.password)
    return {
      status: 'refused',
      reason: 'You have no password here; prove yourself with a passkey, or set a password first.',
      field: 'password',
    }
  }
  if (!(await verifyPassword({ hash, password: input.password })))
    return { status: 'refused', reason: 'This is not your password.', field: 'password' }
  await clearGuesses(db, attempt)
  return { status: 'proved', method: 'password' }
}

/** How many minutes after signing in a person without a password may change their passkeys. */
const freshMinutes = 10

/**
 * The same before a passkey is added or removed. A person without a password signs in at the organisation's
 * identity provider, so for them a session opened a few minutes ago is the proof.
 */
export async function proveForPasskeys(
  db: Db,
  actor: Pick<Actor, 'id'>,
  given: { password?: string | undefined; signedInAt: Date },
  now: Date,
): Promise<Proof> {
  const { password, signedInAt } = given
  if (password !== undefined) return proveByPassword(db, actor, { password }, now)
  if ((await findPasswordHash(db, actor.id)) !== undefined)
    return { status: 'refused', reason: 'Enter your password.', field: 'password' }
  const ageMs = now.getTime() - signedInAt.getTime()
  if (ageMs <= freshMinutes * 60_000) return { status: 'proved', method: 'session' }
  return {
    status: 'refused',
    reason: `Passkeys are changed within ${freshMinutes} minutes of signing in. Sign out, sign in again, and come back.`,
  }
}
