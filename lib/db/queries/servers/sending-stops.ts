import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { sendingStops } from '@/lib/db/schema/alarms'

export type SendingStop = typeof sendingStops.$inferSelect

/** Records a stop of all sending; undefined if this witness has an open one already. */
export async function insertStop(
  db: Db,
  stop: typeof sendingStops.$inferInsert,
): Promise<SendingStop | undefined> {
  const [inserted] = await db.insert(sendingStops).values(stop).onConflictDoNothing().returning()
  return inserted
}

/** The stops that are in force, the oldest first. */
export async function listOpenStops(db: Db): Promise<SendingStop[]> {
  return db
    .select()
    .from(sendingStops)
    .where(isNull(sendingStops.endedAt))
    .orderBy(asc(sendingStops.id))
}

export async function findStop(db: Db, id: number): Promise<SendingStop | undefined> {
  const [stop] = await db.select().from(sendingStops).where(eq(sendingStops.id, id))
  return stop
}

export async function findLatestStopOf(
  db: Db,
  witnessId: string,
): Promise<SendingStop | undefined> {
  const [stop] = await db
    .select()
    .from(sendingStops)
    .where(eq(sendingStops.witnessId, witnessId))
    .orderBy(desc(sendingStops.id))
    .limit(1)
  return stop
}

export async function findOpenStopOf(db: Db, witnessId: string): Promise<SendingStop | undefined> {
  const latest = await findLatestStopOf(db, witnessId)
  return latest?.endedAt ? undefined : latest
}

/** Ends a stop; undefined if it was ended before or does not exist. */
export async function markStopEnded(
  db: Db,
  id: number,
  by: { at: Date; byId: string; byName: string; reason: string },
): Promise<SendingStop | undefined> {
  const [ended] = await db
    .update(sendingStops)
    .set({ endedAt: by.at, endedById: by.byId, endedByName: by.byName, endedReason: by.reason })
    .where(and(eq(sendingStops.id, id), isNull(sendingStops.endedAt)))
    .returning()
  return ended
}

/** Why nothing may be sent at all; undefined if no stop is in force. */
export async function findStopProblem(db: Db): Promise<string | undefined> {
  const [stop] = await listOpenStops(db)
  return stop && `all sending is stopped: ${stop.reason}`
}
