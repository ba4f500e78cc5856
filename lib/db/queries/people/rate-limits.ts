import { eq, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { rateLimits } from '@/lib/db/schema/people'

/** How often something may happen. Times in milliseconds. */
export type RateLimit = {
  /** Turns in one window; two at least. */
  max: number
  windowMs: number
  /**
   * Where it is set, using up a window starts a wait of one window that doubles each time up to this
   * length. Left out, the next turn comes when the window ends.
   */
  longestWaitMs?: number
}

export type Turn = { status: 'taken' } | { status: 'wait'; seconds: number }

/** A day without a used-up window, and the waits are short again: nobody is made to wait for good. */
const forgetMs = 24 * 3600 * 1000

/**
 * Takes one turn of what `key` names, or tells how long to wait. Counted in one statement before the
 * thing is done, so that a hundred requests at once get `max` turns and not a hundred. Asking again
 * while waiting does not make the wait longer.
 */
export async function takeTurn(db: Db, key: string, limit: RateLimit, now: Date): Promise<Turn> {
  const at = sql`${now.toISOString()}::timestamptz`
  const old = rateLimits
  const over = sql`${old.windowEndsAt} <= ${at}`
  const usedUp = sql`${old.count} + 1 >= ${limit.max}`
  const rows = await db
    .insert(rateLimits)
    .values({ key, count: 1, windowEndsAt: later(now, limit.windowMs) })
    .onConflictDoUpdate({
      target: rateLimits.key,
      set: {
        count: sql`case when ${over} then 1 else ${old.count} + 1 end`,
        strikes: sql`case when ${old.windowEndsAt} <= ${at} - ${millis(forgetMs)} then 0
          when not ${over} and ${usedUp} then ${old.strikes} + 1 else ${old.strikes} end`,
        windowEndsAt: sql`case when ${over} then ${at} + ${millis(limit.windowMs)}
          when ${usedUp} then ${waitEnd(limit, at)} else ${old.windowEndsAt} end`,
      },
      setWhere: sql`${over} or ${old.count} < ${limit.max}`,
    })
    .returning({ count: rateLimits.count })
  if (rows.length > 0) return { status: 'taken' }
  return (await findWait(db, key, now)) ?? { status: 'taken' }
}

function waitEnd({ windowMs, longestWaitMs }: RateLimit, at: SQL): SQL {
  if (longestWaitMs === undefined) return sql`${rateLimits.windowEndsAt}`
  // Twenty doublings of a second are eleven days: beyond them the number would overflow, not the wait.
  const wait = sql`least(${windowMs}::float8 * 2 ^ least(${rateLimits.strikes}, 20), ${longestWaitMs}::float8)`
  return sql`${at} + ${wait} * interval '1 millisecond'`
}

async function findWait(db: Db, key: string, now: Date): Promise<Turn | undefined> {
  const [row] = await db
    .select({ until: rateLimits.windowEndsAt })
    .from(rateLimits)
    .where(eq(rateLimits.key, key))
  const ms = (row?.until.getTime() ?? 0) - now.getTime()
  return ms > 0 ? { status: 'wait', seconds: Math.ceil(ms / 1000) } : undefined
}

/** What was tried was right: all that was counted against it is forgotten. */
export async function forgetTurns(db: Db, key: string): Promise<void> {
  await db.delete(rateLimits).where(eq(rateLimits.key, key))
}

/** One turn is given back where what was done does not count, such as a right password among wrong ones. */
export async function giveTurnBack(db: Db, key: string): Promise<void> {
  await db
    .update(rateLimits)
    .set({ count: sql`greatest(${rateLimits.count} - 1, 0)` })
    .where(eq(rateLimits.key, key))
}

/** Removes what has no bearing on any turn any more; made-up names must not fill the table. */
export async function pruneTurns(db: Db, now: Date): Promise<void> {
  await db.delete(rateLimits).where(lt(rateLimits.windowEndsAt, later(now, -forgetMs)))
}

const later = (at: Date, ms: number) => new Date(at.getTime() + ms)
const millis = (ms: number) => sql`${ms}::float8 * interval '1 millisecond'`
