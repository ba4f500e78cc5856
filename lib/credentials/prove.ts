import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { Db } from '../db/client'
import { findPasswordHash } from '../db/queries/people/users'
import type { Actor } from '../domain/account/permissions'
import { forgetGuesses, guessLimits, takeLoneGuess, waitWords } from './guess-limits'
import { inGuessTurn } from './guess-queue'

/** That the person at the keyboard is the one signed in, or why this is not proved. */
export type Proof =
  | { status: 'proved'; method: 'password' | 'passkey' | 'session' }
  | { status: 'refused'; reason: string; field?: string | undefined }

/**
 * Whether this is the actor's own password, asked again at an act that needs it (ASVS 5.0 7.5.3,
 * 21 CFR 11.200). Wrong ones count against the account, whichever session they come from. Takes as long
 * for a person without a password as for one with. Nothing is stored; the caller keeps the proof.
 */
export async function proveByPassword(
  db: Db,
  actor: Pick<Actor, 'id'>,
  input: { password: string },
  now: Date,
): Promise<Proof> {
  const key = `prove:${actor.id}`
  return inGuessTurn([key], () => proveInTurn(db, actor, input, key, now))
}

async function proveInTurn(
  db: Db,
  actor: Pick<Actor, 'id'>,
  input: { password: string },
  key: string,
  now: Date,
): Promise<Proof> {
  const turn = await takeLoneGuess(db, key, guessLimits.account, now)
  if (turn.status === 'wait')
    return { status: 'refused', reason: waitWords(turn.seconds), field: 'password' }
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
  await forgetGuesses(db, turn)
  return { status: 'proved', method: 'password' }
}

/** How long after signing in somebody without a password may change their passkeys, in minutes. */
const freshMinutes = 10

/**
 * The same for adding or removing a passkey. Who has no password here signs in at the organisation's
 * provider, which is then asked instead: the session must have been opened a moment ago.
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
