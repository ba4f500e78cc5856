import { verifyPassword } from 'better-auth/crypto'
import { and, eq } from 'drizzle-orm'
import type { Db } from '../db/client'
import { accounts } from '../db/schema'
import { insertProof } from '../db/signatures'
import { transact } from '../db/transact'
import type { Actor } from '../domain/actor'
import type { SignatureAct } from '../domain/signature'
import { createAttemptLimit } from './attempts'

/** What a person gives at the act to show that it is still them. */
export type Assertion = { method: 'password'; password: string }

/** The act and the trial it is given for; for another it signs nothing. */
export type ProvedFor = { act: SignatureAct; subjectId: string }

export type Proved = { status: 'proved'; proofId: string }
export type Unproved = { status: 'refused'; because: string; field: 'proof' }

const guesses = createAttemptLimit({ max: 5, windowMs: 5 * 60_000 })

/**
 * Asks for the password again, at the moment of the act. The proof is written only where it is right,
 * and signs that act on that trial, once, within two minutes. Five wrong ones in five minutes make a person
 * wait, never for good, and stop nobody else.
 */
export async function proveIdentity(
  db: Db,
  actor: Actor,
  wanted: ProvedFor,
  assertion: Assertion,
  now: Date,
): Promise<Proved | Unproved> {
  const waitSeconds = guesses.waitSeconds(actor.id, now)
  if (waitSeconds !== undefined)
    return unproved(`too many wrong passwords: try again in ${waitSeconds} seconds`)
  const hash = await findPasswordHash(db, actor.id)
  if (hash === undefined) return unproved('your account has no password to sign with')
  if (!(await verifyPassword({ hash, password: assertion.password }))) {
    guesses.failed(actor.id, now)
    return unproved('the password is not right; nothing was done')
  }
  guesses.succeeded(actor.id)
  const proof = { ...wanted, byId: actor.id, method: assertion.method, at: now }
  const proofId = await transact(db, actor, (tx) => insertProof(tx, proof))
  return { status: 'proved', proofId }
}

const unproved = (because: string): Unproved => ({ status: 'refused', because, field: 'proof' })

async function findPasswordHash(db: Db, personId: string): Promise<string | undefined> {
  const [account] = await db
    .select({ password: accounts.password })
    .from(accounts)
    .where(and(eq(accounts.userId, personId), eq(accounts.providerId, 'credential')))
  return account?.password ?? undefined
}
