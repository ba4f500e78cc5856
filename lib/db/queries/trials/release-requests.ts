import { and, eq, gt, isNotNull, lte } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { releaseWishes } from '@/lib/db/schema/schema'

export type ReleaseWish = typeof releaseWishes.$inferSelect

/** A wish that is renewed keeps the questions that wait for its end. */
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

/** The wish of somebody who is about to release on the device; undefined once it has lapsed. */
export async function findReleaseWish(
  db: Db,
  deviceId: string,
  now: Date,
): Promise<ReleaseWish | undefined> {
  const [wish] = await db
    .select()
    .from(releaseWishes)
    .where(and(eq(releaseWishes.deviceId, deviceId), gt(releaseWishes.until, now)))
  return wish
}

export async function deleteReleaseWish(
  db: Db,
  deviceId: string,
): Promise<ReleaseWish | undefined> {
  const [wish] = await db
    .delete(releaseWishes)
    .where(eq(releaseWishes.deviceId, deviceId))
    .returning()
  return wish
}

/** The questions behind this answered one wait until the wish has ended. */
export async function holdBehind(db: Db, deviceId: string, heldCommand: string): Promise<void> {
  await db.update(releaseWishes).set({ heldCommand }).where(eq(releaseWishes.deviceId, deviceId))
}

/** Wishes that have lapsed with questions behind them. */
export async function listLapsedWishes(db: Db, now: Date): Promise<ReleaseWish[]> {
  return db
    .select()
    .from(releaseWishes)
    .where(and(isNotNull(releaseWishes.heldCommand), lte(releaseWishes.until, now)))
}
