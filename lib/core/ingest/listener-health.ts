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
 * A web server's sign of life. Where none came for longer than `gapAfterMs` before it, that time is an
 * observation gap of every MDM server, from the last sign to this one.
 */
export async function recordHeartbeat(
  db: Db,
  process: { id: string; startedAt: Date },
  clock: () => Date,
): Promise<void> {
  await transact(db, systemActor, async (tx) => {
    await lockListening(tx)
    // Only now: a beat that had to wait for its database is a sign of life of the moment it was written.
    const now = clock()
    const last = await lastBeat(tx)
    const ended = await endOpenGaps(tx, now)
    if (ended === 0 && isSilence(last, now)) await insertGaps(tx, await gapsFrom(tx, last, now))
    await putBeat(tx, { processId: process.id, startedAt: process.startedAt, heartbeatAt: now })
  })
}

/** The worker's look at the signs of life: opens the gap that a beat will end. Gives how many it opened. */
export async function recordListenerSilence(db: Db, now: Date): Promise<number> {
  // Without the lock first: it is asked in every round.
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

/** Bodies of one webhook that could not be kept: the first and the last of them, and how many. */
export type Missed = { slug: string; from: Date; to: Date; bodies: number }

/** Writes that bodies were answered 503 and are gone, once the database is back. */
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
 * The alarm of damaged storage (fault F33): sending through every MDM server is stopped until an admin
 * resumes it, so that the lock outlives PostgreSQL's own count. Gives when the last damaged page was
 * met; what was `reported` before raises no second alarm.
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
