import {
  and,
  asc,
  desc,
  eq,
  inArray,
  isNotNull,
  lt,
  lte,
  not,
  notExists,
  or,
  type SQL,
  sql,
} from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { noticeDeliveries, notices, noticeTargets } from '@/lib/db/schema/notices'
import { users } from '@/lib/db/schema/schema'
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

/** Who receives a delivery: a receiver by its ID, or people by mail, one mail at a time. */
export const mailLane = 'mail'
const laneIs = (lane: string) => (lane === mailLane ? isNotNull(d.personId) : eq(d.targetId, lane))
const laneOf = sql<string>`coalesce(${d.targetId}::text, ${mailLane})`

/** Waits for its receiver to be switched on again, or for its person's account. */
const isHeld: SQL<boolean> = sql<boolean>`(case when ${d.personId} is null
  then not ${noticeTargets.isOn} and not ${isTest} else ${users.disabledAt} is not null end)`

/**
 * Due, and tried by no worker that is alive. What is held for a receiver that is off is not, but for a test, and
 * neither is mail to a person whose account is disabled.
 */
const isDue = (now: Date) =>
  and(
    eq(d.state, 'waiting'),
    lte(d.dueAt, now),
    or(sql`${d.claimedUntil} is null`, lte(d.claimedUntil, now)),
    not(isHeld),
  )

/** The receivers for which something is due; `mailLane` stands for all people. */
export async function listDueLanes(db: Db, now: Date): Promise<string[]> {
  const rows = await db
    .selectDistinct({ lane: laneOf })
    .from(d)
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .leftJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .leftJoin(users, eq(users.id, d.personId))
    .where(isDue(now))
  return rows.map(({ lane }) => lane)
}

export type ClaimedDelivery = { id: number; tries: number; notice: StoredNotice } & (
  | { targetId: string; url: string }
  | { email: string }
)

/**
 * Takes the oldest delivery of a lane that is due, for one try; undefined if there is none. Others skip it until
 * `until`, so that two workers do not send the same at once.
 */
export async function claimDelivery(
  db: Db,
  lane: string,
  { now, until }: { now: Date; until: Date },
): Promise<ClaimedDelivery | undefined> {
  const next = db
    .select({ id: d.id })
    .from(d)
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .leftJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .leftJoin(users, eq(users.id, d.personId))
    .where(and(laneIs(lane), isDue(now)))
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
    .select({
      ...{ id: d.id, tries: d.tries, targetId: d.targetId, notice: notices },
      ...{ url: noticeTargets.url, email: users.email },
    })
    .from(d)
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .leftJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .leftJoin(users, eq(users.id, d.personId))
    .where(eq(d.id, taken.id))
  if (!row) return undefined
  const { targetId, url, email, ...claimed } = row
  if (targetId !== null && url !== null) return { ...claimed, targetId, url }
  if (email !== null) return { ...claimed, email }
  throw new Error(`delivery ${row.id} has no receiver`)
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

export type ListedDelivery = Delivery & { notice: StoredNotice; receiver: string; isHeld: boolean }

/** The deliveries, newest first; `before` continues a page. People are shown by name, not by address. */
export async function listDeliveries(
  db: Db,
  { state, before }: { state?: DeliveryState | undefined; before?: number | undefined },
  limit: number,
): Promise<ListedDelivery[]> {
  const rows = await db
    .select({
      delivery: d,
      notice: notices,
      receiver: sql<string>`coalesce(${noticeTargets.name}, ${users.name})`,
      isHeld: sql<boolean>`${d.state} = 'waiting' and ${isHeld}`,
    })
    .from(d)
    .innerJoin(notices, eq(notices.id, d.noticeId))
    .leftJoin(noticeTargets, eq(noticeTargets.id, d.targetId))
    .leftJoin(users, eq(users.id, d.personId))
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
