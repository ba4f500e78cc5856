import { asc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { proofs, signatures } from '@/lib/db/schema/schema'

export type Proof = typeof proofs.$inferSelect
export type Signature = typeof signatures.$inferSelect

/** Writes that somebody has just proved who they are, and answers the proof's ID. It signs for two minutes, once. */
export async function insertProof(
  db: Db,
  proof: Omit<typeof proofs.$inferInsert, 'id' | 'usedAt'>,
): Promise<string> {
  const [inserted] = await db.insert(proofs).values(proof).returning({ id: proofs.id })
  if (!inserted) throw new Error('the proof was not written')
  return inserted.id
}

/** The proof, locked until the transaction ends, so that nobody else uses it meanwhile. */
export async function lockProof(db: Db, id: string): Promise<Proof | undefined> {
  const [proof] = await db.select().from(proofs).where(eq(proofs.id, id)).for('update')
  return proof
}

/** Uses its proof up. The database refuses one that is another's, for something else, used or too old. */
export async function insertSignature(
  db: Db,
  signature: typeof signatures.$inferInsert,
): Promise<Signature> {
  const [inserted] = await db.insert(signatures).values(signature).returning()
  if (!inserted) throw new Error('the signature was not written')
  return inserted
}

/** The signatures of one trial, the oldest first. */
export async function listSignatures(db: Db, trialId: string): Promise<Signature[]> {
  return db
    .select()
    .from(signatures)
    .where(eq(signatures.trialId, trialId))
    .orderBy(asc(signatures.id))
}

/** That an admin's link gave a signer a new password in the 24 hours before they signed. */
export type ResetBefore = {
  /** When the link was used. */
  at: Date
  /** Who had made it. */
  byName: string
  removedSecondFactors: boolean
}

/**
 * The signatures of one trial that were made within 24 hours after a reset, by their number. Reads the past
 * too (lib/db/audit/past.ts), as the function takes the tables that the names mean at its call.
 */
export async function listResetsBefore(db: Db, trialId: string): Promise<Map<number, ResetBefore>> {
  const rows = await db.execute<{ id: number; ms: number; by: string; removed: boolean }>(sql`
    select g.id::float8 as id, extract(epoch from r.reset_at)::float8 * 1000 as ms, r.reset_by as by,
      r.second_factors_removed as removed
    from signatures g cross join lateral public.reset_before_signature(g.by_id, g.at) r
    where g.trial_id = ${trialId}`)
  return new Map(
    rows.map(({ id, ms, by, removed }) => [
      id,
      { at: new Date(ms), byName: by, removedSecondFactors: removed },
    ]),
  )
}
