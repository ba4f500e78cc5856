import { and, eq, isNull, lte, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands, serverSilences } from '@/lib/db/schema/schema'

export type ServerSilence = typeof serverSilences.$inferSelect

export async function findServerSilence(
  db: Db,
  mdmServerId: string,
): Promise<ServerSilence | undefined> {
  const [silence] = await db
    .select()
    .from(serverSilences)
    .where(eq(serverSilences.mdmServerId, mdmServerId))
  return silence
}

/** Writes one more try without an answer; `nextTryAt` is told by the number of tries there are then. */
export async function putServerSilence(
  db: Db,
  mdmServerId: string,
  met: { at: Date; reason: string; nextTryAt: (tries: number) => Date },
): Promise<void> {
  const before = await findServerSilence(db, mdmServerId)
  const tries = (before?.tries ?? 0) + 1
  const { at, reason } = met
  const set = { tries, reason, nextTryAt: met.nextTryAt(tries) }
  await db
    .insert(serverSilences)
    .values({ mdmServerId, since: at, ...set })
    .onConflictDoUpdate({ target: serverSilences.mdmServerId, set })
}

export async function deleteServerSilence(db: Db, mdmServerId: string): Promise<void> {
  await db.delete(serverSilences).where(eq(serverSilences.mdmServerId, mdmServerId))
}

/**
 * The servers through which something is due, those without an answer last. One that is to be left alone
 * until later is not among them.
 */
export async function listServersDue(
  db: Db,
  now: Date,
): Promise<{ mdmServerId: string; silent: boolean }[]> {
  const silent = sql<boolean>`${serverSilences.mdmServerId} is not null`
  return db
    .selectDistinct({ mdmServerId: commands.mdmServerId, silent })
    .from(commands)
    .leftJoin(serverSilences, eq(serverSilences.mdmServerId, commands.mdmServerId))
    .where(
      and(
        eq(commands.state, 'reserved'),
        lte(commands.holdEndsAt, now),
        or(isNull(serverSilences.nextTryAt), lte(serverSilences.nextTryAt, now)),
      ),
    )
    .orderBy(silent, commands.mdmServerId)
}
