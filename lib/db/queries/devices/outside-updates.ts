import { and, asc, desc, eq, isNull, lte, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { oneOf } from '@/lib/db/schema/rule-sql'
import { commands, devices, outsideUpdates, readings, trials } from '@/lib/db/schema/schema'
import type { osFields } from '@/lib/domain/reading/reading-order'
import { mayActStates } from '@/lib/domain/trial/command-slot'
import type { Loss, OsRead, OsReading, OsReadings } from '@/lib/domain/trial/outside-update'

export type OutsideUpdate = typeof outsideUpdates.$inferSelect

/** A row in the form that the domain puts into words. */
export const lossIn = ({
  fromOs,
  fromBuild,
  toOs,
  toBuild,
  source,
  byName,
}: OutsideUpdate): Loss => ({
  from: { version: fromOs, build: fromBuild },
  to: { version: toOs, build: toBuild },
  source,
  byName,
})

/** The two newest readings of the OS and of its build. Imports are left out, as a file does not come from the device. */
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

// A sighting is dated by the MDM server's clock and a command by ours, and the two may differ.
const clockSkewMs = 60_000

/**
 * Whether a released command can explain a change of the OS: one that was sent, or may have been, before the change
 * was seen, in a trial that is under way or that started from the OS the device had.
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
                // The build of a supplement (security response) is a reading of its own.
                eq(sql`${trials.startingState} #>> '{osSupplementalBuild,value}'`, from.build),
              ),
        ),
      ),
    )
    .limit(1)
  return sent !== undefined
}

/** Records an update outside a trial; undefined if it is recorded already for this reading. */
export async function insertOutsideUpdate(
  db: Db,
  loss: typeof outsideUpdates.$inferInsert,
): Promise<OutsideUpdate | undefined> {
  const [inserted] = await db
    .insert(outsideUpdates)
    .values(loss)
    .onConflictDoNothing({ target: outsideUpdates.readingId })
    .returning()
  return inserted
}

/** The updates of a device outside of trials, the newest first. */
export async function listOutsideUpdates(db: Db, deviceId: string): Promise<OutsideUpdate[]> {
  return db
    .select()
    .from(outsideUpdates)
    .where(eq(outsideUpdates.deviceId, deviceId))
    .orderBy(desc(outsideUpdates.seenAt), desc(outsideUpdates.id))
}

export type UnseenLoss = OutsideUpdate & { labTag: string | null; deviceName: string }

const unseenOf = (simulated: boolean) =>
  and(eq(outsideUpdates.simulated, simulated), isNull(outsideUpdates.acknowledgedAt))

/** The oldest `limit` losses of one environment that no lead has acknowledged, and how many there are in all. */
export async function listUnseenLosses(
  db: Db,
  simulated: boolean,
  limit: number,
): Promise<{ rows: UnseenLoss[]; count: number }> {
  const rows = await db
    .select({ loss: outsideUpdates, labTag: devices.labTag, deviceName: devices.name })
    .from(outsideUpdates)
    .innerJoin(devices, eq(devices.id, outsideUpdates.deviceId))
    .where(unseenOf(simulated))
    .orderBy(asc(outsideUpdates.id))
    .limit(limit)
  return {
    rows: rows.map(({ loss, ...device }) => ({ ...loss, ...device })),
    count: await db.$count(outsideUpdates, unseenOf(simulated)),
  }
}

export async function findOutsideUpdate(db: Db, id: number): Promise<OutsideUpdate | undefined> {
  const [loss] = await db.select().from(outsideUpdates).where(eq(outsideUpdates.id, id))
  return loss
}

/** Marks a loss as acknowledged; undefined if it was before or does not exist. */
export async function markLossSeen(
  db: Db,
  id: number,
  seen: { at: Date; by: string },
): Promise<OutsideUpdate | undefined> {
  const [marked] = await db
    .update(outsideUpdates)
    .set({ acknowledgedAt: seen.at, acknowledgedBy: seen.by })
    .where(and(eq(outsideUpdates.id, id), isNull(outsideUpdates.acknowledgedAt)))
    .returning()
  return marked
}
