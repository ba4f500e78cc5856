import { isCommonPassword } from '@/lib/credentials/common-passwords'
import { givePassword } from '@/lib/credentials/people'
import { type Proof, proveByPassword, proveForPasskeys } from '@/lib/credentials/prove'
import type { Db } from '@/lib/db/client'
import {
  deleteAuthenticatorApp,
  deletePasskey,
  settleSecondFactor,
} from '@/lib/db/queries/people/second-factors'
import { endSession, endSessionsOf } from '@/lib/db/queries/people/sessions'
import { findPerson, setName } from '@/lib/db/queries/people/users'
import { transact } from '@/lib/db/transact'
import { passwordProblem } from '@/lib/domain/account/password'
import type { Actor } from '@/lib/domain/account/permissions'
import { forbidden, type Refusal, refused } from '../shared/result'

/** Changes the name that is recorded with the person's actions from now on. */
export async function changeOwnName(
  db: Db,
  actor: Actor,
  name: string,
  now: Date,
): Promise<{ status: 'saved' } | Refusal> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  const trimmed = name.trim()
  if (trimmed === '' || trimmed.length > 100)
    return refused('Write a name of 1 to 100 characters.', 'name')
  return transact(db, actor, async (tx) => {
    await setName(tx, actor.id, trimmed, now)
    return { status: 'saved' }
  })
}

/**
 * Changes the person's own password after checking the current one, and ends every other session, so that somebody
 * else who knew the old password is signed out (F39; ASVS 5.0 6.2.3, 7.4.3).
 */
export async function changeOwnPassword(
  db: Db,
  actor: Actor,
  input: { oldPassword: string; password: string; sessionId: string },
  now: Date,
): Promise<{ status: 'saved'; endedSessions: number } | Refusal> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  const proof = await proveByPassword(db, actor, { password: input.oldPassword }, now)
  if (proof.status === 'refused') return refused(proof.reason, 'oldPassword')
  const person = await findPerson(db, actor.id)
  const weak = passwordProblem(input.password, person ?? {}, isCommonPassword)
  if (weak !== undefined) return refused(weak, 'password')
  return transact(db, actor, async (tx) => {
    await givePassword(tx, actor.id, input.password, now)
    return { status: 'saved', endedSessions: await endSessionsOf(tx, actor.id, input.sessionId) }
  })
}

/** Ends one of the person's own sessions, such as one on another computer. */
export async function endOwnSession(
  db: Db,
  actor: Actor,
  sessionId: string,
): Promise<{ status: 'ended' } | Refusal> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  return transact(db, actor, async (tx) =>
    (await endSession(tx, actor.id, sessionId))
      ? { status: 'ended' }
      : refused('This session has ended already.'),
  )
}

/** Ends all of the person's own sessions except the current one. */
export async function endOtherSessions(
  db: Db,
  actor: Actor,
  keepId: string,
): Promise<{ status: 'ended'; sessions: number } | Refusal> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  return transact(db, actor, async (tx) => ({
    status: 'ended',
    sessions: await endSessionsOf(tx, actor.id, keepId),
  }))
}

type Removed = { status: 'removed' } | Refusal

/** Removes the person's own authenticator app with its backup codes, after checking the password again (ASVS 5.0 7.5.1). */
export async function removeAuthenticatorApp(
  db: Db,
  actor: Actor,
  input: { password: string },
  now: Date,
): Promise<Removed> {
  const prove = () => proveByPassword(db, actor, input, now)
  return remove(db, actor, prove, now, (tx) => deleteAuthenticatorApp(tx, actor.id))
}

/** Removes one of the person's own passkeys; takes the same proof as adding one. */
export async function removePasskey(
  db: Db,
  actor: Actor,
  input: { password?: string | undefined; keyId: string; signedInAt: Date },
  now: Date,
): Promise<Removed> {
  const prove = () => proveForPasskeys(db, actor, input, now)
  return remove(db, actor, prove, now, (tx) => deletePasskey(tx, actor.id, input.keyId))
}

async function remove(
  db: Db,
  actor: Actor,
  prove: () => Promise<Proof>,
  now: Date,
  take: (tx: Db) => Promise<boolean>,
): Promise<Removed> {
  const not = forbidden(actor, 'ownAccount')
  if (not) return not
  const proof = await prove()
  if (proof.status === 'refused') return refused(proof.reason, 'password')
  return transact(db, actor, async (tx) => {
    if (!(await take(tx))) return refused('It was removed already.')
    await settleSecondFactor(tx, actor.id, now)
    return { status: 'removed' }
  })
}
