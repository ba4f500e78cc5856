import { and, asc, desc, eq, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { oneOf } from '@/lib/db/schema/rule-sql'
import { commands, devices, lostStarts, readings, trials } from '@/lib/db/schema/schema'
import type { osFields } from '@/lib/domain/reading/reading-order'
import { mayActStates } from '@/lib/domain/trial/command-slot'
import type { Loss, OsRead, OsReading, OsReadings } from '@/lib/domain/trial/lost-start'

export type LostStart = typeof lostStarts.$inferSelect

/** What a row says, as the domain puts it into words. */
export const lossIn = ({ fromOs, fromBuild, toOs, toBuild, source, byName }: LostStart): Loss => ({
  from: { version: fromOs, build: fromBuild },
  to: { version: toOs, build: toBuild },
  source,
  byName,
})

/** The two newest known readings of the OS and of its build. A file is no look at the device, so imports are left out. */
export async function listOsReadings(db: Db, deviceId: string): Promise<OsReadings> {
  return {
    version: await newestOf(db, deviceId, 'osVersion'),
    build: await newestOf(db, deviceId, 'osBuild'),
    supplement: await newestOf(db, deviceId, 'osSupplementalBuild'),
    extra: await newestOf(db, deviceId, 'osVersionExtra'),
  }
}

async function newestOf(
  db: Db,
  deviceId: string,
  field: (typeof osFields)[number],
): Promise<OsReading[]> {
  return db
    .select({
      id: readings.id,
      value: sql<string>`${readings.value} #>> '{}'`,
      at: readings.answeredAt,
      source: readings.source,
      byName: readings.byName,
    })
    .from(readings)
    .where(
      and(
        eq(readings.deviceId, deviceId),
        eq(readings.field, field),
        sql`${readings.value} is not null`,
        ne(readings.source, 'imported'),
      ),
    )
    .orderBy(desc(readings.answeredAt), desc(readings.id))
    .limit(2)
}

// The MDM server's clock, which dates a sighting, and ours, which dates a command, are not one clock.
const clockSkewMs = 60_000

/**
 * Whether a released command can have changed the OS: one that left, or may have left, before the
 * change was seen, in a trial that is under way or that began from what the device had.
 */
export async function isExplained(
  db: Db,
  deviceId: string,
  { from, seenAt }: { from: OsRead; seenAt: Date },
): Promise<boolean> {
  const [sent] = await db
    .select({ id: trials.id })
    .from(trials)
    .innerJoin(commands, eq(commands.trialId, trials.id))
    .where(
      and(
        eq(trials.deviceId, deviceId),
        eq(commands.purpose, 'intervention'),
        oneOf(commands.state, mayActStates),
        lte(commands.sendingAt, new Date(seenAt.getTime() + clockSkewMs)),
        or(
          eq(trials.state, 'observing'),
          from.build === null
            ? eq(trials.startOs, from.version ?? '')
            : or(
                eq(trials.startBuild, from.build),
                // A supplement is named by its own build.
                eq(sql`${trials.startingState} #>> '{osSupplementalBuild,value}'`, from.build),
              ),
        ),
      ),
    )
    .limit(1)
  return sent !== undefined
}

/** Undefined where this reading's loss is recorded already. */
export async function insertLostStart(
  db: Db,
  loss: typeof lostStarts.$inferInsert,
): Promise<LostStart | undefined> {
  const [inserted] = await db
    .insert(lostStarts)
    .values(loss)
    .onConflictDoNothing({ target: lostStarts.readingId })
    .returning()
  return inserted
}

/** The starting states a device lost outside of trials, the newest first. */
export async function listLostStarts(db: Db, deviceId: string): Promise<LostStart[]> {
  return db
    .select()
    .from(lostStarts)
    .where(eq(lostStarts.deviceId, deviceId))
    .orderBy(desc(lostStarts.seenAt), desc(lostStarts.id))
}

export type UnseenLoss = LostStart & { labTag: string | null; deviceName: string }

const unseenOf = (simulated: boolean) =>
  and(eq(lostStarts.simulated, simulated), isNull(lostStarts.acknowledgedAt))

/** Losses of one environment that no lead has acknowledged, the oldest first, `limit` of them; and how many there are. */
export async function listUnseenLosses(
  db: Db,
  simulated: boolean,
  limit: number,
): Promise<{ rows: UnseenLoss[]; count: number }> {
  const rows = await db
    .select({ loss: lostStarts, labTag: devices.labTag, deviceName: devices.name })
    .from(lostStarts)
    .innerJoin(devices, eq(devices.id, lostStarts.deviceId))
    .where(unseenOf(simulated))
    .orderBy(asc(lostStarts.id))
    .limit(limit)
  return {
    rows: rows.map(({ loss, ...device }) => ({ ...loss, ...device })),
    count: await db.$count(lostStarts, unseenOf(simulated)),
  }
}

export async function findLostStart(db: Db, id: number): Promise<LostStart | undefined> {
  const [loss] = await db.select().from(lostStarts).where(eq(lostStarts.id, id))
  return loss
}

/** Marks a loss as seen, once; undefined where it was seen before or there is none. */
export async function markLossSeen(
  db: Db,
  id: number,
  seen: { at: Date; by: string },
): Promise<LostStart | undefined> {
  const [marked] = await db
    .update(lostStarts)
    .set({ acknowledgedAt: seen.at, acknowledgedBy: seen.by })
    .where(and(eq(lostStarts.id, id), isNull(lostStarts.acknowledgedAt)))
    .returning()
  return marked
}
