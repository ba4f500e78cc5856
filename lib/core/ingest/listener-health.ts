import type { Db } from '@/lib/db/client'
import {
  endOpenGaps,
  findGapAround,
  forgetBeats,
  insertGaps,
  lastBeat,
  listServersWithoutGap,
  listSilentServers,
  lockListening,
  putBeat,
  readListening,
  settleListener,
  takeLostListeners,
} from '@/lib/db/queries/events/gaps'
import { findDamage } from '@/lib/db/queries/servers/database-health'
import { findShownServerBySlug, listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { gapAfterMs } from '@/lib/domain/trial/observation'

/** A heartbeat is of no use after a week. */
const keptMs = 7 * 86_400_000

const killed = 'a listener ended without storing what it held: bodies it had received may be lost'

const silent = 'no listener wrote a heartbeat: it was not running, or could not reach its database'

/** A process that receives events. */
type Listener = {
  id: string
  startedAt: Date
  /** Since when it has written every heartbeat in time; undefined before its first. */
  steadySince?: Date | undefined
}

/**
 * Records a heartbeat of a listener. If no listener wrote one for longer than `gapAfterMs`, the time since the
 * last heartbeat is an observation gap of every MDM server. So is the time since the last heartbeat of another listener that
 * wrote none for that long and did not end in order, once this one has been steady for as long: one that lives would have
 * written another by then.
 */
export async function recordHeartbeat(db: Db, process: Listener, clock: () => Date): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    // Read after the lock: a heartbeat that had to wait for its database counts from when it is written.
    const now = clock()
    const before = new Date(now.getTime() - gapAfterMs)
    const longAgo = new Date(before.getTime() - keptMs)
    const self = process.id
    const { last, hasOpenGap, hasLost, hasOld } = await readListening(tx, { self, before, longAgo })
    const ended = hasOpenGap ? await endOpenGaps(tx, now) : 0
    if (ended === 0 && isSilence(last, now)) await insertGaps(tx, await gapsFrom(tx, last, now))
    await putBeat(tx, { processId: self, startedAt: process.startedAt, heartbeatAt: now })
    if (hasLost && isSilence(process.steadySince, now))
      await recordKilled(tx, { self, before, settledAt: now })
    if (hasOld) await forgetBeats(tx, longAgo)
  })
}

async function recordKilled(
  tx: Db,
  lost: { self: string; before: Date; settledAt: Date },
): Promise<void> {
  const now = lost.settledAt
  const [beganAt] = await takeLostListeners(tx, lost)
  if (beganAt === undefined) return
  for (const { id, createdAt } of await listServers(tx)) {
    const from = new Date(Math.max(createdAt.getTime(), beganAt.getTime()))
    if (!(await findGapAround(tx, id, from, now)))
      await insertGaps(tx, [{ mdmServerId: id, beganAt: from, endedAt: now, reason: killed }])
  }
}

/** Records that a listener ended in order and lost nothing; its end is no gap then, if another runs soon. */
export async function recordListenerEnd(db: Db, process: Listener, now: Date): Promise<void> {
  await settleListener(db, process.id, now)
}

/**
 * Opens the observation gaps if heartbeats are missing; the next heartbeat ends them. In a lab that never had a listener they
 * begin with the last contact of each MDM server. Called by the worker.
 * @returns how many gaps it opened
 */
export async function recordListenerSilence(db: Db, now: Date): Promise<number> {
  // Checked without the lock first, because the worker calls this in every round.
  if ((await findSilent(db, now)).length === 0) return 0
  return transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    const gaps = await findSilent(tx, now)
    await insertGaps(tx, gaps)
    return gaps.length
  })
}

async function findSilent(db: Db, now: Date) {
  const last = await lastBeat(db)
  if (last) return isSilence(last, now) ? gapsFrom(db, last) : []
  const found = await listSilentServers(db, new Date(now.getTime() - gapAfterMs))
  return found.map((one) => ({ ...one, reason: silent }))
}

/** Whether more time has passed than between two heartbeats. */
const isSilence = (last: Date | undefined, now: Date): last is Date =>
  last !== undefined && now.getTime() - last.getTime() > gapAfterMs

async function gapsFrom(tx: Db, beganAt: Date, endedAt?: Date) {
  const servers = await listServersWithoutGap(tx, beganAt)
  return servers.map((mdmServerId) => ({
    mdmServerId,
    beganAt,
    endedAt: endedAt ?? null,
    reason: silent,
  }))
}

/** Webhook bodies of one MDM server that could not be stored: when the first and the last arrived, and how many. */
export type Missed = { slug: string; from: Date; to: Date; bodies: number }

/** Records as an observation gap, once the database is back, that bodies were answered 503 and may be lost. */
export async function recordMissed(db: Db, missed: Missed): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    const server = await findShownServerBySlug(tx, missed.slug)
    if (!server) return
    const { from, to, bodies } = missed
    if (await findGapAround(tx, server.id, from, to)) return
    await insertGaps(tx, [
      {
        mdmServerId: server.id,
        beganAt: from,
        endedAt: to,
        reason: `the database was away: ${bodies} ${bodies === 1 ? 'body was' : 'bodies were'} answered 503 and may be lost`,
      },
    ])
  })
}

/**
 * Stops sending through every MDM server if PostgreSQL reports damaged storage (fault F33). An admin has to resume
 * it, so the stop remains when PostgreSQL's own counter is reset.
 * @param reported the result of the last call; damage that was reported then stops nothing again
 * @returns when PostgreSQL found the last damaged page; undefined if it found none
 */
export async function watchDamage(
  db: Db,
  reported: string | undefined,
): Promise<string | undefined> {
  const damage = await findDamage(db)
  if (!damage || damage.lastAt === reported) return damage?.lastAt
  await transact(db, systemActor, async (tx) => {
    for (const { id } of await listServers(tx)) await stopServer(tx, id, damage.reason)
  })
  return damage.lastAt
}
