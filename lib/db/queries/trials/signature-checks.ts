import { asc, eq, min, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import {
  devices,
  protocolVersions,
  signatureChecks,
  signatures,
  trials,
} from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-where'

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
