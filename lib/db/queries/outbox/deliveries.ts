import { and, asc, desc, eq, inArray, lt, lte, notExists, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { noticeDeliveries, notices, noticeTargets } from '@/lib/db/schema/notices'
import type { AfterTry, DeliveryState, TryResult } from '@/lib/domain/notice/delivery'
import type { StoredNotice } from '@/lib/domain/notice/topics'

/** Queues one notice for one receiver, whatever its topics. For a test by an admin; events are queued by triggers. */
export async function queueTestNotice(
  db: Db,
  { targetId, at }: { targetId: string; at: Date },
): Promise<number> {
  const [notice] = await db
    .insert(notices)
    .values({ topic: 'oneway.test', simulated: false, about: {}, at })
    .returning({ id: notices.id })
  if (!notice) throw new Error('the test notice was not written')
  const [delivery] = await db
    .insert(noticeDeliveries)
    .values({ noticeId: notice.id, targetId, dueAt: at })
    .returning({ id: noticeDeliveries.id })
  if (!delivery) throw new Error('the test delivery was not written')
  return delivery.id
}

const d = noticeDeliveries
const isTest = sql`${notices.topic} = 'oneway.test'`

/** Due, and tried by no worker that is alive. What is held for a receiver that is off is not, but for a test. */
const isDue = (now: Date) =>
  and(
    eq(d.state, 'waiting'),
    lte(d.dueAt, now),
    or(sql`${d.claimedUntil} is null`, lte(d.claimedUntil, now)),
    or(eq(noticeTargets.isOn, true), isTest),
  )

/** The receivers for which something is due. */
export async function listDueTargets(db: Db, now: Date): Promise<string[]> {
  const rows = await db
    .selectDistinct({ id: d.targetId })
    .from(d)
    .innerJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .where(isDue(now))
  return rows.map(({ id }) => id)
}

export type ClaimedDelivery = {
  id: number
  targetId: string
  url: string
  tries: number
  notice: StoredNotice
}

/**
 * Takes the oldest delivery to a receiver that is due, for one try; undefined if there is none. Others skip it until
 * `until`, so that two workers do not send the same at once.
 */
export async function claimDelivery(
  db: Db,
  targetId: string,
  { now, until }: { now: Date; until: Date },
): Promise<ClaimedDelivery | undefined> {
  const next = db
    .select({ id: d.id })
    .from(d)
    .innerJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .where(and(eq(d.targetId, targetId), isDue(now)))
    .orderBy(asc(d.id))
    .limit(1)
    .for('update', { of: d, skipLocked: true })
  const [taken] = await db
    .update(d)
    .set({ claimedUntil: until, tries: sql`${d.tries} + 1`, lastAt: now })
    .where(eq(d.id, sql`(${next})`))
    .returning({ id: d.id })
  if (!taken) return undefined
  const [row] = await db
    .select({ id: d.id, tries: d.tries, url: noticeTargets.url, notice: notices })
    .from(d)
    .innerJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .where(eq(d.id, taken.id))
  return row && { ...row, targetId }
}

/**
 * Records how a try ended.
 * @returns false if it was claimed again meanwhile: then that try counts
 */
export async function settleDelivery(
  db: Db,
  { id, tries }: { id: number; tries: number },
  { result, after }: { result: TryResult; after: AfterTry },
): Promise<boolean> {
  const rows = await db
    .update(d)
    .set({
      ...after,
      claimedUntil: null,
      lastStatus: result.status ?? null,
      lastReason: result.reason,
    })
    .where(and(eq(d.id, id), eq(d.state, 'waiting'), eq(d.tries, tries)))
    .returning({ id: d.id })
  return rows.length > 0
}

export type Delivery = typeof noticeDeliveries.$inferSelect

/** One delivery, locked until the transaction ends. */
export async function lockDelivery(db: Db, id: number): Promise<Delivery | undefined> {
  const [row] = await db.select().from(d).where(eq(d.id, id)).for('update')
  return row
}

export async function updateDelivery(
  db: Db,
  id: number,
  change: Partial<Pick<Delivery, 'state' | 'tries' | 'dueAt' | 'endedAt'>>,
): Promise<void> {
  await db.update(d).set(change).where(eq(d.id, id))
}

export type ListedDelivery = Delivery & {
  notice: StoredNotice
  targetName: string
  isHeld: boolean
}

/** The deliveries, newest first; `before` continues a page. */
export async function listDeliveries(
  db: Db,
  { state, before }: { state?: DeliveryState | undefined; before?: number | undefined },
  limit: number,
): Promise<ListedDelivery[]> {
  const rows = await db
    .select({
      delivery: d,
      notice: notices,
      targetName: noticeTargets.name,
      isHeld: sql<boolean>`${d.state} = 'waiting' and not ${noticeTargets.isOn} and not ${isTest}`,
    })
    .from(d)
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .innerJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .where(
      and(
        state === undefined ? undefined : eq(d.state, state),
        before === undefined ? undefined : lt(d.id, before),
      ),
    )
    .orderBy(desc(d.id))
    .limit(limit)
  return rows.map(({ delivery, ...row }) => ({ ...delivery, ...row }))
}

const countsSchema = z.array(z.object({ state: z.string(), count: z.number() }))

/** How many there are in each state. */
export async function countDeliveries(db: Db): Promise<ReadonlyMap<string, number>> {
  const rows = await db.execute(
    sql`select state, count(*)::int as count from notice_deliveries group by state`,
  )
  return new Map(countsSchema.parse([...rows]).map(({ state, count }) => [state, count]))
}

/** Gives up what was due before `since`, as for a receiver that stays off. */
export async function giveUpWaiting(
  db: Db,
  { since, now, reason }: { since: Date; now: Date; reason: string },
): Promise<void> {
  await db
    .update(d)
    .set({ state: 'givenUp', endedAt: now, lastReason: reason })
    .where(
      and(
        eq(d.state, 'waiting'),
        lt(d.dueAt, since),
        or(sql`${d.claimedUntil} is null`, lte(d.claimedUntil, now)),
      ),
    )
}

/** Deletes deliveries that ended long ago, and notices that have none left. */
export async function deleteEnded(
  db: Db,
  { delivered, others }: { delivered: Date; others: Date },
): Promise<number> {
  const gone = await db
    .delete(d)
    .where(
      or(
        and(eq(d.state, 'delivered'), lt(d.endedAt, delivered)),
        and(inArray(d.state, ['givenUp', 'discarded']), lt(d.endedAt, others)),
      ),
    )
    .returning({ id: d.id })
  const left = db.select({ id: d.id }).from(d).where(eq(d.noticeId, notices.id))
  await db.delete(notices).where(and(lt(notices.at, delivered), notExists(left)))
  return gone.length
}
