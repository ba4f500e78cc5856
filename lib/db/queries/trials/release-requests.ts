import { and, eq, gt, isNotNull, lte } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { releaseRequests } from '@/lib/db/schema/schema'

export type ReleaseRequest = typeof releaseRequests.$inferSelect

/** Stores or renews the release request of a device. Renewing keeps the queries that wait for its end. */
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

/** The release request of a person who is about to release on the device; undefined once it has lapsed. */
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

/** Lets the queries that would follow this answered command wait until the release request has ended. */
export async function holdBehind(db: Db, deviceId: string, heldCommand: string): Promise<void> {
  await db
    .update(releaseRequests)
    .set({ heldCommand })
    .where(eq(releaseRequests.deviceId, deviceId))
}

/** Release requests that have lapsed and have queries waiting. */
export async function listLapsedRequests(db: Db, now: Date): Promise<ReleaseRequest[]> {
  return db
    .select()
    .from(releaseRequests)
    .where(and(isNotNull(releaseRequests.heldCommand), lte(releaseRequests.until, now)))
}
