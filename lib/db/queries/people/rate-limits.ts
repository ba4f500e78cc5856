import { and, eq, gt, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { familiarAddresses, rateLimits } from '@/lib/db/schema/people'
import { users } from '@/lib/db/schema/schema'

/** How often something may be attempted. Times in milliseconds. */
export type RateLimit = {
  /** Attempts in one window; at least two. */
  max: number
  windowMs: number
  /**
   * If set, using up a window starts a wait as long as one window, which doubles each time up to this length.
   * If left out, the next attempt is possible when the window ends.
   */
  maxWaitMs?: number
}

export type Attempt = { status: 'counted' } | { status: 'wait'; seconds: number }

/** After a day without a used-up window the waits are short again, so that nobody is locked out for good. */
const forgetMs = 24 * 3600 * 1000

/**
 * Counts one attempt under `key`, or gives the seconds to wait. Called before the attempt is made and counted
 * in one statement, so that a hundred requests at once make `max` attempts. Asking again during a wait does
 * not make it longer.
 */
export async function countAttempt(
  db: Db,
  key: string,
  limit: RateLimit,
  now: Date,
): Promise<Attempt> {
  const rows = await db.execute(counting(sql`values (${key}, 1, ${endOf(limit, now)})`, limit, now))
  return rows.length > 0 ? { status: 'counted' } : findWait(db, key, now)
}

/** The same for each row of a query, `keys`, with a key, 1 and `endOf`: the statement gives a row for each attempt that counts. */
export function counting(keys: SQL, limit: RateLimit, now: Date): SQL {
  const at = sql`${now.toISOString()}::timestamptz`
  const old = rateLimits
  const over = sql`${old.windowEndsAt} <= ${at}`
  const usedUp = sql`${old.count} + 1 >= ${limit.max}`
  return sql`insert into ${old} (key, count, window_ends_at) ${keys}
    on conflict (key) do update set
      count = case when ${over} then 1 else ${old.count} + 1 end,
      strikes = case when ${old.windowEndsAt} <= ${at} - ${millis(forgetMs)} then 0
        when not ${over} and ${usedUp} then ${old.strikes} + 1 else ${old.strikes} end,
      window_ends_at = case when ${over} then ${at} + ${millis(limit.windowMs)}
        when ${usedUp} then ${waitEnd(limit, at)} else ${old.windowEndsAt} end
      where ${over} or ${old.count} < ${limit.max}
    returning ${old.count}`
}

/** When a window ends that begins now. */
export const endOf = ({ windowMs }: RateLimit, now: Date): SQL =>
  sql`${later(now, windowMs).toISOString()}::timestamptz`

function waitEnd({ windowMs, maxWaitMs }: RateLimit, at: SQL): SQL {
  if (maxWaitMs === undefined) return sql`${rateLimits.windowEndsAt}`
  // Twenty doublings of a second are twelve days, beyond any `maxWaitMs`; more would overflow the number.
  const wait = sql`least(${windowMs}::float8 * 2 ^ least(${rateLimits.strikes}, 20), ${maxWaitMs}::float8)`
  return sql`${at} + ${wait} * interval '1 millisecond'`
}

/** How long an attempt under this key must wait; it counts if the wait is over meanwhile. */
export async function findWait(db: Db, key: string, now: Date): Promise<Attempt> {
  const [row] = await db
    .select({ until: rateLimits.windowEndsAt })
    .from(rateLimits)
    .where(eq(rateLimits.key, key))
  const ms = (row?.until.getTime() ?? 0) - now.getTime()
  return ms > 0 ? { status: 'wait', seconds: Math.ceil(ms / 1000) } : { status: 'counted' }
}

/** Clears the count, after an attempt that succeeded. */
export async function clearAttempts(db: Db, key: string): Promise<void> {
  await db.delete(rateLimits).where(eq(rateLimits.key, key))
}

/** Takes one attempt off the count: one that succeeded under a key that others use too. */
export async function uncountAttempt(db: Db, key: string): Promise<void> {
  await db
    .update(rateLimits)
    .set({ count: sql`greatest(${rateLimits.count} - 1, 0)` })
    .where(eq(rateLimits.key, key))
}

/** Deletes counts that no longer limit anything, so that attempts at made-up names do not fill the table. */
export async function deleteOldLimits(db: Db, now: Date): Promise<void> {
  await db.delete(rateLimits).where(lt(rateLimits.windowEndsAt, later(now, -forgetMs)))
}

const later = (at: Date, ms: number) => new Date(at.getTime() + ms)
const millis = (ms: number) => sql`${ms}::float8 * interval '1 millisecond'`

/** What the limits on guessing need of the account that is guessed at. */
export type GuessedAccount = { id: string; twoFactorEnabled: boolean; familiar: boolean }

const days = (n: number) => n * 24 * 3600 * 1000
/** An address that was not used for this long may belong to somebody else by now. */
const keptMs = days(90)

/** The account of a mail address, and whether its person has signed in from this network address; undefined if there is none. */
export async function findGuessedAccount(
  db: Db,
  email: string,
  address: string,
  now: Date,
): Promise<GuessedAccount | undefined> {
  const [found] = await db
    .select({
      id: users.id,
      twoFactorEnabled: users.twoFactorEnabled,
      address: familiarAddresses.address,
    })
    .from(users)
    .leftJoin(
      familiarAddresses,
      and(
        eq(familiarAddresses.userId, users.id),
        eq(familiarAddresses.address, address),
        gt(familiarAddresses.lastAt, new Date(now.getTime() - keptMs)),
      ),
    )
    .where(eq(users.email, email.toLowerCase()))
  if (!found) return undefined
  return {
    id: found.id,
    twoFactorEnabled: found.twoFactorEnabled,
    familiar: found.address !== null,
  }
}

/** Called when a person has signed in completely, with the second factor if there is one. */
export async function recordFamiliarAddress(
  db: Db,
  userId: string,
  address: string,
  now: Date,
): Promise<void> {
  await db
    .insert(familiarAddresses)
    .values({ userId, address, lastAt: now })
    .onConflictDoUpdate({
      target: [familiarAddresses.userId, familiarAddresses.address],
      set: { lastAt: now },
    })
  await db
    .delete(familiarAddresses)
    .where(
      and(
        eq(familiarAddresses.userId, userId),
        lt(familiarAddresses.lastAt, new Date(now.getTime() - keptMs)),
      ),
    )
}
