import { asc, eq, min, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import {
  devices,
  proofs,
  protocolVersions,
  signatureChecks,
  signatures,
  trials,
} from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

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

/** Trials of the list that carry signatures, those checked longest ago or never at the front. */
export async function listTrialsToCheck(
  db: Db,
  { environment, filter, limit }: { environment: Environment; filter: TrialFilter; limit: number },
): Promise<string[]> {
  const oldest = min(signatureChecks.checkedAt)
  const rows = await db
    .select({ id: trials.id })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(signatures, eq(signatures.trialId, trials.id))
    .leftJoin(signatureChecks, eq(signatureChecks.signatureId, signatures.id))
    .where(trialsMatching(environment, filter))
    .groupBy(trials.id)
    .orderBy(sql`count(*) filter (where ${signatureChecks.signatureId} is null) desc`, asc(oldest))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Keeps what a check has found, over what was found before. */
export async function putSignatureChecks(
  db: Db,
  checks: readonly (typeof signatureChecks.$inferInsert)[],
): Promise<void> {
  if (checks.length === 0) return
  await db
    .insert(signatureChecks)
    .values([...checks])
    .onConflictDoUpdate({
      target: signatureChecks.signatureId,
      set: { checkedAt: sql`excluded.checked_at`, differences: sql`excluded.differences` },
    })
}
