import { proveByPassword } from '../credentials/prove'
import type { Db } from '../db/client'
import { insertProof } from '../db/queries/trials/signatures'
import { transact } from '../db/transact'
import type { Actor } from '../domain/account/permissions'
import type { PasskeyAnswer } from './passkeys'
import { type ProvedFor, proveByPasskey } from './prove-by-passkey'

/** What a person gives at the act to show that it is still them. */
export type Assertion =
  | { method: 'password'; password: string }
  | { method: 'passkey'; answer: PasskeyAnswer }

export type Proved = { status: 'proved'; proofId: string }
export type Unproved = { status: 'refused'; reason: string; field: 'proof' }

/**
 * Asks once more who it is, at the moment of the act. The proof is written only where the answer is
 * right, and signs that act on that trial, once, within two minutes. Its ID never leaves the server.
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

const unproved = (reason: string): Unproved => ({ status: 'refused', reason, field: 'proof' })
