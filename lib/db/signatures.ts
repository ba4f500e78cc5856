import { asc, eq } from 'drizzle-orm'
import type { Db } from './client'
import { proofs, signatures } from './schema-signatures'

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
