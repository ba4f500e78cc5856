import { hashPassword, verifyPassword } from 'better-auth/crypto'
import type { Db } from '../db/client'
import { findPasswordHash } from '../db/passwords'
import type { Actor } from '../domain/actor'
import { forgetGuesses, guessLimits, takeLoneGuess, waitWords } from './guess-limits'

/** That the person at the keyboard is the one signed in, or why this is not proved. */
export type Proof =
  | { status: 'proved'; method: 'password' | 'passkey' }
  | { status: 'refused'; because: string; field?: string | undefined }

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
  const turn = await takeLoneGuess(db, `prove:${actor.id}`, guessLimits.account, now)
  if (turn.status === 'wait')
    return { status: 'refused', because: waitWords(turn.seconds), field: 'password' }
  const hash = await findPasswordHash(db, actor.id)
  if (hash === undefined) {
    await hashPassword(input.password)
    return {
      status: 'refused',
      because: 'You have no password here; prove yourself with a passkey, or set a password first.',
      field: 'password',
    }
  }
  if (!(await verifyPassword({ hash, password: input.password })))
    return { status: 'refused', because: 'This is not your password.', field: 'password' }
  await forgetGuesses(db, turn)
  return { status: 'proved', method: 'password' }
}
