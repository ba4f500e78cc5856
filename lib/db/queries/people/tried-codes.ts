import { lt } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { triedCodes } from '@/lib/db/schema/people'

/** Longer than a code of an authenticator app can be right: 30 seconds, and one step before and after. */
const keptMs = 5 * 60_000

/** Writes down that a code is tried; false when it was tried in the last minutes. Of two at once, one is heard. */
export async function tryCode(
  db: Db,
  tried: { userId: string; codeSha256: string },
  now: Date,
): Promise<boolean> {
  await db.delete(triedCodes).where(lt(triedCodes.triedAt, new Date(now.getTime() - keptMs)))
  const rows = await db
    .insert(triedCodes)
    .values({ ...tried, triedAt: now })
    .onConflictDoNothing()
    .returning({ userId: triedCodes.userId })
  return rows.length > 0
}
