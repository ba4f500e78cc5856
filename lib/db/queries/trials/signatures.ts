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

/** Stores a proof of identity and gives its ID. It can sign once, within two minutes. */
export async function insertProof(
  db: Db,
  proof: Omit<typeof proofs.$inferInsert, 'id' | 'usedAt'>,
): Promise<string> {
  const [inserted] = await db.insert(proofs).values(proof).returning({ id: proofs.id })
  if (!inserted) throw new Error('the proof was not written')
  return inserted.id
}

/** The proof, locked until the transaction ends, so that it is used only once. */
export async function lockProof(db: Db, id: string): Promise<Proof | undefined> {
  const [proof] = await db.select().from(proofs).where(eq(proofs.id, id)).for('update')
  return proof
}

/** Stores a signature and uses up its proof. The database refuses a proof of another person or act, a used and an expired one. */
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

/** A password reset by an admin's link in the 24 hours before its person signed. */
export type ResetBefore = {
  /** When the link was used. */
  at: Date
  /** Who created the link. */
  byName: string
  removedSecondFactors: boolean
}

/**
 * The resets before the signatures of one trial, by the signature's ID. Works for a past state as well
 * (lib/db/audit/past.ts), as the function resolves table names when it is called.
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

/** Trials of the list that have signatures, never checked ones first, then those checked longest ago. */
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

export type SignatureCheck = typeof signatureChecks.$inferInsert

/** Stores the results of checks and replaces earlier ones. */
export async function putSignatureChecks(db: Db, checks: readonly SignatureCheck[]): Promise<void> {
  if (checks.length === 0) return
  await db
    .insert(signatureChecks)
    .values([...checks])
    .onConflictDoUpdate({
      target: signatureChecks.signatureId,
      set: { checkedAt: sql`excluded.checked_at`, differences: sql`excluded.differences` },
    })
}
