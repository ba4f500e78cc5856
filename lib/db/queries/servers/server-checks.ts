import { and, asc, desc, eq, gt, isNull, lte, max, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands, devices, rawEvents, serverChecks, serverSilences } from '@/lib/db/schema/schema'

export type ServerCheck = typeof serverChecks.$inferSelect

/** The ID of the newest raw event. A check starts from it: a greater ID was received later. */
export async function newestRawEventId(db: Db): Promise<number> {
  const [row] = await db.select({ id: max(rawEvents.id) }).from(rawEvents)
  return row?.id ?? 0
}

/** How many of the newest events are searched: there are millions, and polls are not among them. */
const searchedEvents = 20_000

/** When the newest of the latest events about declarative management of this server arrived; undefined if none did. */
export async function findLastDeclarative(db: Db, serverId: string): Promise<Date | undefined> {
  const [event] = await db
    .select({ at: rawEvents.receivedAt })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.mdmServerId, serverId),
        eq(rawEvents.topic, 'mdm.DeclarativeManagement'),
        gt(rawEvents.id, (await newestRawEventId(db)) - searchedEvents),
      ),
    )
    .orderBy(desc(rawEvents.id))
    .limit(1)
  return event?.at
}

export async function insertServerCheck(
  db: Db,
  check: typeof serverChecks.$inferInsert,
): Promise<number> {
  const [row] = await db.insert(serverChecks).values(check).returning({ id: serverChecks.id })
  if (!row) throw new Error('the check was not written')
  return row.id
}

export async function findLatestCheck(db: Db, serverId: string): Promise<ServerCheck | undefined> {
  const [check] = await db
    .select()
    .from(serverChecks)
    .where(eq(serverChecks.mdmServerId, serverId))
    .orderBy(desc(serverChecks.id))
    .limit(1)
  return check
}

/** Checks that still wait for a webhook event, the oldest first. */
export async function listOpenChecks(db: Db): Promise<ServerCheck[]> {
  return db
    .select()
    .from(serverChecks)
    .where(isNull(serverChecks.settledAt))
    .orderBy(asc(serverChecks.id))
}

export async function settleCheck(
  db: Db,
  id: number,
  set: { contactAt: Date | null; settledAt: Date },
): Promise<void> {
  await db
    .update(serverChecks)
    .set(set)
    .where(and(eq(serverChecks.id, id), isNull(serverChecks.settledAt)))
}

/**
 * When the first webhook event of a server arrived since a check began; undefined if none did. An idle poll of a
 * known device leaves no event, only a "last seen"; a kept report that somebody has read came by no webhook.
 */
export async function firstContactSince(db: Db, check: ServerCheck): Promise<Date | undefined> {
  const { mdmServerId, at, afterEventId } = check
  const [[event], [poll]] = await Promise.all([
    db
      .select({ at: rawEvents.receivedAt })
      .from(rawEvents)
      .where(
        and(
          gt(rawEvents.id, afterEventId),
          eq(rawEvents.mdmServerId, mdmServerId),
          eq(rawEvents.source, 'webhook'),
        ),
      )
      .orderBy(asc(rawEvents.id))
      .limit(1),
    db
      .select({ at: sql<Date | null>`min(${devices.lastSeenAt})`.mapWith(devices.lastSeenAt) })
      .from(devices)
      .where(and(eq(devices.mdmServerId, mdmServerId), gt(devices.lastSeenAt, at))),
  ])
  // An event that was received before the check and stored after it does not count.
  const received = [event?.at, poll?.at].filter((one) => one !== undefined && one !== null)
  const after = received.filter((one) => one > at).map((one) => one.getTime())
  return after.length === 0 ? undefined : new Date(Math.min(...after))
}

/** The newest push through a server and its problem, which is all that is known about its push certificate. */
export async function findLastPush(
  db: Db,
  serverId: string,
): Promise<{ at: Date; problem: string | null } | undefined> {
  const [command] = await db
    .select({ at: commands.pushedAt, problem: commands.pushProblem })
    .from(commands)
    .where(and(eq(commands.mdmServerId, serverId), sql`${commands.pushedAt} is not null`))
    .orderBy(desc(commands.pushedAt))
    .limit(1)
  return command?.at ? { at: command.at, problem: command.problem } : undefined
}

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

/** Counts one more attempt without an answer; `nextTryAt` gets the new number of attempts. */
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
 * The servers through which a command is due, those that did not answer last. Servers whose next attempt is later
 * are left out.
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
