import type { Db } from '@/lib/db/client'
import {
  endOpenGaps,
  findGapAround,
  insertGaps,
  lastBeat,
  listServersWithoutGap,
  lockListening,
  putBeat,
} from '@/lib/db/queries/events/gaps'
import { findDamage } from '@/lib/db/queries/servers/database-health'
import { findShownServerBySlug, listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { gapAfterMs } from '@/lib/domain/trial/observation'

const silent =
  'no web server wrote a heartbeat: it was not running, or could not reach its database'

/**
 * Records a heartbeat of a web server. If no web server wrote one for longer than `gapAfterMs`, the time since the
 * last heartbeat is an observation gap of every MDM server.
 */
export async function recordHeartbeat(
  db: Db,
  process: { id: string; startedAt: Date },
  clock: () => Date,
): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    // Read after the lock: a heartbeat that had to wait for its database counts from when it is written.
    const now = clock()
    const last = await lastBeat(tx)
    const ended = await endOpenGaps(tx, now)
    if (ended === 0 && isSilence(last, now)) await insertGaps(tx, await gapsFrom(tx, last, now))
    await putBeat(tx, { processId: process.id, startedAt: process.startedAt, heartbeatAt: now })
  })
}

/**
 * Opens the observation gaps if heartbeats are missing; the next heartbeat ends them. Called by the worker.
 * @returns how many gaps it opened
 */
export async function recordListenerSilence(db: Db, now: Date): Promise<number> {
  // Checked without the lock first, because the worker calls this in every round.
  if (!isSilence(await lastBeat(db), now)) return 0
  return transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    const last = await lastBeat(tx)
    if (!isSilence(last, now)) return 0
    const gaps = await gapsFrom(tx, last)
    await insertGaps(tx, gaps)
    return gaps.length
  })
}

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
