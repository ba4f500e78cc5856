import { and, eq, gt } from 'drizzle-orm'
import type { Db } from './client'
import { releaseWishes } from './schema'

export async function putReleaseWish(
  db: Db,
  wish: typeof releaseWishes.$inferInsert,
): Promise<void> {
  const { until, byName } = wish
  await db
    .insert(releaseWishes)
    .values(wish)
    .onConflictDoUpdate({ target: releaseWishes.deviceId, set: { until, byName } })
}

/** True while somebody is about to release on the device. */
export async function isReleaseWished(db: Db, deviceId: string, now: Date): Promise<boolean> {
  const [wish] = await db
    .select({ until: releaseWishes.until })
    .from(releaseWishes)
    .where(and(eq(releaseWishes.deviceId, deviceId), gt(releaseWishes.until, now)))
  return wish !== undefined
}

export async function deleteReleaseWish(db: Db, deviceId: string): Promise<void> {
  await db.delete(releaseWishes).where(eq(releaseWishes.deviceId, deviceId))
}
