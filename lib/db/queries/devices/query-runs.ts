import { and, asc, desc, eq, inArray, isNull, lte, notExists, or, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { queryRunDevices, queryRuns } from '@/lib/db/schema/query-runs'
import { commands, devices } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import {
  openRunDeviceStates,
  queryRunLimits,
  type RunDeviceState,
} from '@/lib/domain/device/query-run'
import { isOpen } from '../trials/commands'

export type QueryRun = typeof queryRuns.$inferSelect
export type RunDevice = typeof queryRunDevices.$inferSelect

/** Writes a run with its devices, all waiting for `dueAt`. */
export async function insertQueryRun(
  db: Db,
  run: typeof queryRuns.$inferInsert,
  deviceIds: readonly string[],
  dueAt: Date,
): Promise<number> {
  const [inserted] = await db.insert(queryRuns).values(run).returning({ id: queryRuns.id })
  if (!inserted) throw new Error('the query run was not written')
  const rows = deviceIds.map((deviceId) => ({
    runId: inserted.id,
    deviceId,
    state: 'waiting' as const,
    dueAt,
    changedAt: run.startedAt,
  }))
  await db.insert(queryRunDevices).values(rows)
  return inserted.id
}

/** The run, locked until the transaction ends. */
export async function lockQueryRun(db: Db, id: number): Promise<QueryRun | undefined> {
  const [run] = await db.select().from(queryRuns).where(eq(queryRuns.id, id)).for('update')
  return run
}

const isOpenDevice = inArray(queryRunDevices.state, [...openRunDeviceStates])

export type OpenRun = QueryRun & { hasOpenDevices: boolean }

export async function listOpenQueryRuns(db: Db): Promise<OpenRun[]> {
  const open = db
    .select({ runId: queryRunDevices.runId })
    .from(queryRunDevices)
    .where(and(eq(queryRunDevices.runId, queryRuns.id), isOpenDevice))
  const rows = await db
    .select({ run: queryRuns, hasOpenDevices: sql<boolean>`exists ${open}` })
    .from(queryRuns)
    .where(isNull(queryRuns.endedAt))
    .orderBy(asc(queryRuns.id))
  return rows.map(({ run, hasOpenDevices }) => ({ ...run, hasOpenDevices }))
}

export async function endQueryRun(
  db: Db,
  id: number,
  end: { endedAt: Date; stoppedByName: string | null },
): Promise<void> {
  await db.update(queryRuns).set(end).where(eq(queryRuns.id, id))
}

/**
 * Devices that were queried and have no open command any more, or have not answered in time. Those that are still
 * asked are left out here: of 500 devices that are asleep none is locked until something has happened.
 */
export async function listQueriedDevices(db: Db, now: Date): Promise<RunDevice[]> {
  const since = new Date(now.getTime() - queryRunLimits.answerWithinMs)
  const open = db
    .select({ commandUuid: commands.commandUuid })
    .from(commands)
    .where(and(eq(commands.deviceId, queryRunDevices.deviceId), isOpen))
  return db
    .select()
    .from(queryRunDevices)
    .where(
      and(
        eq(queryRunDevices.state, 'querying'),
        or(lte(queryRunDevices.changedAt, since), notExists(open)),
      ),
    )
}

/**
 * The next devices to query: so many of each MDM server that, with those that may still answer, no more than
 * `atOncePerServer` are under way at once.
 */
export async function listDueDevices(db: Db, now: Date): Promise<RunDevice[]> {
  const awakeSince = new Date(now.getTime() - queryRunLimits.awakeMs)
  const underWay = db.$with('under_way').as(
    db
      .select({ mdmServerId: devices.mdmServerId, n: sql<number>`count(*)::int`.as('n') })
      .from(queryRunDevices)
      .innerJoin(devices, eq(devices.id, queryRunDevices.deviceId))
      .where(
        and(
          eq(queryRunDevices.state, 'querying'),
          sql`${queryRunDevices.changedAt} > ${awakeSince.toISOString()}`,
        ),
      )
      .groupBy(devices.mdmServerId),
  )
  const place = sql<number>`row_number() over (partition by ${devices.mdmServerId} order by ${queryRunDevices.dueAt}, ${queryRunDevices.deviceId})`
  const due = db.$with('due').as(
    db
      .select({
        runId: queryRunDevices.runId,
        deviceId: queryRunDevices.deviceId,
        mdmServerId: devices.mdmServerId,
        place: place.as('place'),
      })
      .from(queryRunDevices)
      .innerJoin(devices, eq(devices.id, queryRunDevices.deviceId))
      .where(and(eq(queryRunDevices.state, 'waiting'), lte(queryRunDevices.dueAt, now))),
  )
  const rows = await db
    .with(underWay, due)
    .select({ row: queryRunDevices })
    .from(due)
    .innerJoin(
      queryRunDevices,
      and(eq(queryRunDevices.runId, due.runId), eq(queryRunDevices.deviceId, due.deviceId)),
    )
    .leftJoin(underWay, sql`${underWay.mdmServerId} is not distinct from ${due.mdmServerId}`)
    .where(sql`${due.place} <= ${queryRunLimits.atOncePerServer} - coalesce(${underWay.n}, 0)`)
    .orderBy(asc(due.place))
  return rows.map(({ row }) => row)
}

/** Compare-and-set on the state: false where the device was moved on meanwhile. */
export async function moveRunDevice(
  db: Db,
  { runId, deviceId, state }: Pick<RunDevice, 'runId' | 'deviceId' | 'state'>,
  set: Partial<RunDevice> & { state: RunDeviceState; changedAt: Date },
): Promise<boolean> {
  const moved = await db
    .update(queryRunDevices)
    .set(set)
    .where(
      and(
        eq(queryRunDevices.runId, runId),
        eq(queryRunDevices.deviceId, deviceId),
        eq(queryRunDevices.state, state),
      ),
    )
    .returning({ runId: queryRunDevices.runId })
  return moved.length > 0
}

/** Ends what is still open in a run; those that were queried may answer later, outside of it. */
export async function closeRunDevices(
  db: Db,
  runId: number,
  { now, waiting, querying }: { now: Date; waiting: string; querying: string },
): Promise<void> {
  await db
    .update(queryRunDevices)
    .set({
      state: sql`case when ${queryRunDevices.answers} > 0 then 'answered' when ${queryRunDevices.state} = 'waiting' then 'notQueried' else 'notAnswered' end`,
      reason: sql`case when ${queryRunDevices.answers} > 0 then null when ${queryRunDevices.state} = 'waiting' then coalesce(${queryRunDevices.reason}, ${waiting}) else ${querying} end`,
      changedAt: now,
    })
    .where(and(eq(queryRunDevices.runId, runId), isOpenDevice))
}

const countSchema = z.record(z.string(), z.number())
export type ListedRun = QueryRun & { counts: Partial<Record<RunDeviceState, number>> }

/** The newest runs of an environment with how many of their devices are in which state. */
export async function listQueryRuns(
  db: Db,
  environment: Environment,
  { open, limit }: { open?: true; limit: number },
): Promise<ListedRun[]> {
  const counts = sql`(select coalesce(json_object_agg(c.state, c.n), '{}') from (
    select d.state, count(*)::int as n from query_run_devices d where d.run_id = ${queryRuns.id} group by d.state) c)`
  const rows = await db
    .select({ run: queryRuns, counts })
    .from(queryRuns)
    .where(
      and(eq(queryRuns.simulated, environment === 'simulated'), open && isNull(queryRuns.endedAt)),
    )
    .orderBy(desc(queryRuns.id))
    .limit(limit)
  return rows.map(({ run, counts: found }) => ({ ...run, counts: countSchema.parse(found) }))
}

/** The devices of a run, those that need a look first. */
export const listRunDevices = (db: Db, runId: number) =>
  db
    .select({
      deviceId: queryRunDevices.deviceId,
      labTag: devices.labTag,
      name: devices.name,
      serial: devices.serial,
      state: queryRunDevices.state,
      reason: queryRunDevices.reason,
      answers: queryRunDevices.answers,
      changedAt: queryRunDevices.changedAt,
    })
    .from(queryRunDevices)
    .innerJoin(devices, eq(devices.id, queryRunDevices.deviceId))
    .where(eq(queryRunDevices.runId, runId))
    .orderBy(
      sql`array_position(array['notQueried','notAnswered','querying','waiting','answered'], ${queryRunDevices.state})`,
      asc(devices.labTag),
      asc(devices.id),
    )
