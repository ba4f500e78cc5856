import { type Proof, proveByPassword, proveForPasskeys } from '@/lib/credentials/prove'
import type { Db } from '@/lib/db/client'
import {
  deleteAuthenticatorApp,
  deletePasskey,
  settleSecondFactor,
} from '@/lib/db/queries/people/second-factors'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/actor'
import { forbidden, type Refusal, refused } from '../shared/result'

type Removed = { status: 'removed' } | Refusal

/** Removes the own authenticator app with its backup codes; the password is asked again (ASVS 5.0 7.5.1). */
export async function removeAuthenticatorApp(
  db: Db,
  actor: Actor,
  input: { password: string },
  now: Date,
): Promise<Removed> {
  const prove = () => proveByPassword(db, actor, input, now)
  return remove(db, actor, prove, now, (tx) => deleteAuthenticatorApp(tx, actor.id))
}

/** Removes one of the own passkeys; proved as for adding one. */
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
  if (proof.status === 'refused') return refused(proof.because, 'password')
  return transact(db, actor, async (tx) => {
    if (!(await take(tx))) return refused('It was removed already.')
    await settleSecondFactor(tx, actor.id, now)
    return { status: 'removed' }
  })
}
