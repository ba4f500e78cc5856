import { and, eq, gt, isNotNull, lte } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { releaseRequests } from '@/lib/db/schema/schema'

export type ReleaseRequest = typeof releaseRequests.$inferSelect

/** A release request that is renewed keeps the queries that wait for its end. */
export async function putReleaseRequest(
  db: Db,
  request: typeof releaseRequests.$inferInsert,
): Promise<void> {
  const { until, byName } = request
  await db
    .insert(releaseRequests)
    .values(request)
    .onConflictDoUpdate({ target: releaseRequests.deviceId, set: { until, byName } })
}

/** The release request of somebody who is about to release on the device; undefined once it has lapsed. */
export async function findReleaseRequest(
  db: Db,
  deviceId: string,
  now: Date,
): Promise<ReleaseRequest | undefined> {
  const [request] = await db
    .select()
    .from(releaseRequests)
    .where(and(eq(releaseRequests.deviceId, deviceId), gt(releaseRequests.until, now)))
  return request
}

export async function deleteReleaseRequest(
  db: Db,
  deviceId: string,
): Promise<ReleaseRequest | undefined> {
  const [request] = await db
    .delete(releaseRequests)
    .where(eq(releaseRequests.deviceId, deviceId))
    .returning()
  return request
}

/** The queries behind this answered one wait until the release request has ended. */
export async function holdBehind(db: Db, deviceId: string, heldCommand: string): Promise<void> {
  await db
    .update(releaseRequests)
    .set({ heldCommand })
    .where(eq(releaseRequests.deviceId, deviceId))
}

/** Release requests that have lapsed with queries behind them. */
export async function listLapsedRequests(db: Db, now: Date): Promise<ReleaseRequest[]> {
  return db
    .select()
    .from(releaseRequests)
    .where(and(isNotNull(releaseRequests.heldCommand), lte(releaseRequests.until, now)))
}
