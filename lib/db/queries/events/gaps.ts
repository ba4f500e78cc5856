import { and, asc, desc, eq, gt, isNotNull, isNull, lt, lte, max, or, sql } from 'drizzle-orm'
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

/** Until the transaction ends no other process judges whether a web server is listening, so no gap is recorded twice. */
export async function lockListening(tx: Db): Promise<void> {
  await tx.execute(sql`select pg_advisory_xact_lock(${lockKey})`)
}

/** The last heartbeat of any web server; undefined before the first. */
export async function lastBeat(db: Db): Promise<Date | undefined> {
  const [row] = await db.select({ at: max(webHeartbeats.heartbeatAt) }).from(webHeartbeats)
  return row?.at ?? undefined
}

/** Stores a heartbeat, and deletes those that are a week old. */
export async function putBeat(
  tx: Db,
  recordHeartbeat: { processId: string; startedAt: Date; heartbeatAt: Date },
): Promise<void> {
  await tx
    .insert(webHeartbeats)
    .values(recordHeartbeat)
    .onConflictDoUpdate({
      target: webHeartbeats.processId,
      set: { heartbeatAt: recordHeartbeat.heartbeatAt },
    })
  const longAgo = new Date(recordHeartbeat.heartbeatAt.getTime() - 7 * 86_400_000)
  await tx.delete(webHeartbeats).where(lt(webHeartbeats.heartbeatAt, longAgo))
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
