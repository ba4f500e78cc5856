import { and, asc, desc, eq, gt, isNotNull, isNull, lt, lte, max, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { oneOf } from '@/lib/db/schema/rule-sql'
import {
  commands,
  devices,
  mdmServers,
  observationGaps,
  trialEvents,
  trials,
  webHeartbeats,
} from '@/lib/db/schema/schema'
import { withServerStates } from '@/lib/domain/trial/command-slot'

export type Gap = typeof observationGaps.$inferSelect

// An arbitrary number, the same in every process.
const lockKey = 7_326_003

/** Until the transaction ends no other process judges whether a listener runs, so no gap is recorded twice. */
export async function lockListening(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey})`)
}

/** The last heartbeat of any listener; undefined before the first. */
export async function lastBeat(db: Db): Promise<Date | undefined> {
  const [row] = await db.select({ at: max(webHeartbeats.heartbeatAt) }).from(webHeartbeats)
  return row?.at ?? undefined
}

/** What the next heartbeat of a listener finds, in one statement: most find nothing to do. */
export type Listening = {
  /** The last heartbeat of any listener; undefined before the first. */
  last: Date | undefined
  hasOpenGap: boolean
  /** Whether another wrote no heartbeat after `before` and did not end in order. */
  hasLost: boolean
  /** Whether settled ones before `longAgo` are still kept. */
  hasOld: boolean
}

export async function readListening(
  tx: Db,
  { self, before, longAgo }: { self: string; before: Date; longAgo: Date },
): Promise<Listening> {
  const { heartbeatAt, settledAt, processId } = webHeartbeats
  const isLost = sql`${settledAt} is null and ${heartbeatAt} < ${before.toISOString()} and ${processId} <> ${self}`
  const isOld = sql`${settledAt} is not null and ${heartbeatAt} < ${longAgo.toISOString()}`
  const [row] = await tx
    .select({
      last: max(heartbeatAt),
      hasOpenGap: sql<boolean>`exists (select from ${observationGaps} where ended_at is null)`,
      hasLost: sql<boolean>`coalesce(bool_or(${isLost}), false)`,
      hasOld: sql<boolean>`coalesce(bool_or(${isOld}), false)`,
    })
    .from(webHeartbeats)
  if (!row) throw new Error('an aggregate gives one row')
  return { ...row, last: row.last ?? undefined }
}

/**
 * Listeners that wrote no heartbeat after `before` and did not end in order, except this one: when each wrote its last. Each is
 * given once.
 */
export async function takeLostListeners(
  tx: Db,
  { self, before, settledAt }: { self: string; before: Date; settledAt: Date },
): Promise<Date[]> {
  const lost = await tx
    .update(webHeartbeats)
    .set({ settledAt })
    .where(
      and(
        isNull(webHeartbeats.settledAt),
        lt(webHeartbeats.heartbeatAt, before),
        ne(webHeartbeats.processId, self),
      ),
    )
    .returning({ at: webHeartbeats.heartbeatAt })
  return lost.map(({ at }) => at).toSorted((one, other) => one.getTime() - other.getTime())
}

/** Stores that this listener has ended and that nothing it received is lost. */
export async function settleListener(db: Db, processId: string, settledAt: Date): Promise<void> {
  await db.update(webHeartbeats).set({ settledAt }).where(eq(webHeartbeats.processId, processId))
}

/** Stores a heartbeat. */
export async function putBeat(
  tx: Db,
  recordHeartbeat: { processId: string; startedAt: Date; heartbeatAt: Date },
): Promise<void> {
  await tx
    .insert(webHeartbeats)
    .values(recordHeartbeat)
    .onConflictDoUpdate({
      target: webHeartbeats.processId,
      set: { heartbeatAt: recordHeartbeat.heartbeatAt, settledAt: null },
    })
}

/** Deletes the settled heartbeats before `longAgo`. */
export async function forgetBeats(tx: Db, longAgo: Date): Promise<void> {
  await tx
    .delete(webHeartbeats)
    .where(and(lt(webHeartbeats.heartbeatAt, longAgo), isNotNull(webHeartbeats.settledAt)))
}

/** Ends the open gaps; gives how many. */
export async function endOpenGaps(tx: Db, endedAt: Date): Promise<number> {
  const ended = await tx
    .update(observationGaps)
    .set({ endedAt })
    .where(and(isNull(observationGaps.endedAt), lte(observationGaps.beganAt, endedAt)))
    .returning({ id: observationGaps.id })
  return ended.length
}

/** Servers without an open gap that existed before `before`, so that an event of theirs may have been missed. */
export async function listServersWithoutGap(db: Db, before: Date): Promise<string[]> {
  const rows = await db
    .select({ id: mdmServers.id })
    .from(mdmServers)
    .where(
      and(
        lt(mdmServers.createdAt, before),
        sql`not exists (select from ${observationGaps} where ${observationGaps.mdmServerId} = ${mdmServers.id} and ${observationGaps.endedAt} is null)`,
      ),
    )
  return rows.map(({ id }) => id)
}

/** Servers without an open gap that nothing has come from after `before`, and since when: their last contact, or their creation. */
export async function listSilentServers(
  db: Db,
  before: Date,
): Promise<{ mdmServerId: string; beganAt: Date }[]> {
  const since = sql`greatest(${mdmServers.createdAt}, ${mdmServers.lastContactAt})`
  return db
    .select({ mdmServerId: mdmServers.id, beganAt: since.mapWith(mdmServers.createdAt) })
    .from(mdmServers)
    .where(
      and(
        sql`${since} < ${before.toISOString()}`,
        sql`not exists (select from ${observationGaps} where ${observationGaps.mdmServerId} = ${mdmServers.id} and ${observationGaps.endedAt} is null)`,
      ),
    )
}

/** Records gaps, except for servers that have an open one. */
export async function insertGaps(
  tx: Db,
  gaps: (typeof observationGaps.$inferInsert)[],
): Promise<void> {
  if (gaps.length === 0) return
  await tx.insert(observationGaps).values(gaps).onConflictDoNothing()
}

/** A gap of this server that covers all of that time. */
export async function findGapAround(
  db: Db,
  serverId: string,
  from: Date,
  to: Date,
): Promise<Gap | undefined> {
  const [gap] = await db
    .select()
    .from(observationGaps)
    .where(
      and(
        eq(observationGaps.mdmServerId, serverId),
        lte(observationGaps.beganAt, from),
        or(isNull(observationGaps.endedAt), sql`${observationGaps.endedAt} >= ${to.toISOString()}`),
      ),
    )
    .limit(1)
  return gap
}

/** The newest gaps of a server, the newest first. */
export async function listGaps(db: Db, serverId: string, limit = 20): Promise<Gap[]> {
  return db
    .select()
    .from(observationGaps)
    .where(eq(observationGaps.mdmServerId, serverId))
    .orderBy(desc(observationGaps.beganAt), desc(observationGaps.id))
    .limit(limit)
}

/** The gaps of a server that are open or ended after `from`, the oldest first. */
export async function listGapsSince(db: Db, serverId: string, from: Date): Promise<Gap[]> {
  return db
    .select()
    .from(observationGaps)
    .where(
      and(
        eq(observationGaps.mdmServerId, serverId),
        or(
          isNull(observationGaps.endedAt),
          sql`${observationGaps.endedAt} >= ${from.toISOString()}`,
        ),
      ),
    )
    .orderBy(asc(observationGaps.beganAt))
}

/** Gaps that have ended and are not yet in the records of their trials. */
export async function listUnmarkedGaps(db: Db): Promise<Gap[]> {
  return db
    .select()
    .from(observationGaps)
    .where(and(isNull(observationGaps.markedAt), isNotNull(observationGaps.endedAt)))
    .orderBy(asc(observationGaps.id))
}

export async function markGap(tx: Db, id: number, markedAt: Date): Promise<void> {
  await tx
    .update(observationGaps)
    .set({ markedAt })
    .where(and(eq(observationGaps.id, id), isNull(observationGaps.markedAt)))
}

/** Trials under way on a gap's server whose first command was sent before the gap ended. */
export async function listTrialsInGap(
  db: Db,
  gap: Pick<Gap, 'mdmServerId'> & { endedAt: Date },
): Promise<{ id: string; deviceId: string }[]> {
  return db
    .select({ id: trials.id, deviceId: trials.deviceId })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .where(
      and(
        eq(trials.state, 'observing'),
        eq(devices.mdmServerId, gap.mdmServerId),
        lte(trials.sentAt, gap.endedAt),
      ),
    )
}

/** Whether a trial's record contains a gap already. */
export async function isGapMarked(db: Db, trialId: string, gapId: number): Promise<boolean> {
  const [event] = await db
    .select({ id: trialEvents.id })
    .from(trialEvents)
    .where(
      and(
        eq(trialEvents.trialId, trialId),
        eq(trialEvents.kind, 'observationGap'),
        sql`${trialEvents.data}->>'gapId' = ${String(gapId)}`,
      ),
    )
    .limit(1)
  return event !== undefined
}

export type LostQuestion = { commandUuid: string; deviceId: string; trialId: string }

/**
 * Queries of trials under way whose answer may have arrived during a gap: they were sent before the gap ended, the
 * device was seen after it without answering them, and the gap ended before `endedBefore`, longer ago than an answer
 * takes. A query answered with NotNow is still in the queue, so it is not lost.
 */
export async function listLostQuestions(db: Db, endedBefore: Date): Promise<LostQuestion[]> {
  const rows = await db
    .selectDistinct({
      commandUuid: commands.commandUuid,
      deviceId: commands.deviceId,
      trialId: trials.id,
    })
    .from(commands)
    .innerJoin(devices, eq(devices.id, commands.deviceId))
    .innerJoin(trials, and(eq(trials.deviceId, devices.id), eq(trials.state, 'observing')))
    .innerJoin(observationGaps, eq(observationGaps.mdmServerId, commands.mdmServerId))
    .where(
      and(
        eq(commands.purpose, 'probe'),
        oneOf(commands.state, withServerStates),
        isNull(commands.answeredAt),
        isNull(commands.withdrawnAt),
        eq(commands.notNowCount, 0),
        lte(observationGaps.endedAt, endedBefore),
        lt(commands.sendingAt, observationGaps.endedAt),
        gt(devices.lastSeenAt, observationGaps.endedAt),
      ),
    )
  return rows
}
