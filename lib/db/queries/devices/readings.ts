import { and, desc, eq, lte, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { currentReadings, readings } from '@/lib/db/schema/schema'
import { rowsStatement, statement } from '@/lib/db/statements'
import type { OsSighting } from '@/lib/domain/outcome/outcome-evidence'
import {
  type DeviceState,
  type Reading,
  type ReadingField,
  type ReadingValues,
  readingFields,
} from '@/lib/domain/reading/reading'
import { withWholeOs } from '@/lib/domain/reading/reading-order'

type ReadingInsert = typeof readings.$inferInsert

/** A reading to be stored; without a value it is unknown, and `unknownReason` says why. */
export type NewReading = {
  field: ReadingField
  value?: ReadingValues[ReadingField] | undefined
} & Pick<
  ReadingInsert,
  | 'unknownReason'
  | 'source'
  | 'askedAt'
  | 'answeredAt'
  | 'ageUnknown'
  | 'byId'
  | 'byName'
  | 'commandUuid'
  | 'recordedAt'
>

/** Appends readings of one device. The database updates `current_readings` by the order of lib/domain/reading/reading-order.ts. */
export async function insertReadings(
  db: Db,
  deviceId: string,
  news: readonly NewReading[],
): Promise<void> {
  await insertReadingsOfMany(
    db,
    news.map((reading) => ({ ...reading, deviceId })),
  )
}

const inserting = rowsStatement((db, rows: ReadingInsert[]) => db.insert(readings).values(rows))
/** An answer has at most as many readings; more are those of an import. */
const maxBuiltOnce = 20

// 13 values per row; PostgreSQL accepts 65,535 parameters per statement.
const rowsAtOnce = 4000

/** Appends readings of several devices, in as few statements as possible. */
export async function insertReadingsOfMany(
  db: Db,
  news: readonly (NewReading & { deviceId: string })[],
): Promise<void> {
  const rows = news.map((reading) => ({ ...reading, unit: readingFields[reading.field].unit }))
  if (rows.length > 0 && rows.length <= maxBuiltOnce) {
    await inserting(db, rows)
    return
  }
  for (let start = 0; start < rows.length; start += rowsAtOnce)
    await db.insert(readings).values(rows.slice(start, start + rowsAtOnce))
}

type CurrentRow = typeof currentReadings.$inferSelect

const asReading = (row: CurrentRow): Reading => ({
  id: String(row.readingId),
  field: row.field,
  value: row.value ?? undefined,
  unknownReason: row.unknownReason ?? undefined,
  source: row.source,
  askedAt: row.askedAt ?? undefined,
  answeredAt: row.answeredAt,
  ...(row.ageUnknown && { ageUnknown: true }),
  by: row.byName ?? undefined,
})

// fromEntries loses which value type belongs to which field; each row has the value of its own field.
const asState = (rows: readonly CurrentRow[]): DeviceState =>
  withWholeOs(Object.fromEntries(rows.map((row) => [row.field, asReading(row)])) as DeviceState)

/**
 * The current readings, computed from all stored readings by lib/db/sql/functions/fold_readings.sql and not from the
 * cache. For every decision; the caller judges their age.
 */
export async function recordedState(db: Db, deviceId: string): Promise<DeviceState> {
  const rows = await db.execute<RecordedRow>(sql`
    select field, id::float8 as "readingId", value, unknown_reason as "unknownReason", source,
      asked_at as "askedAt", answered_at as "answeredAt", age_unknown as "ageUnknown", by_name as "byName"
    from fold_readings(${deviceId})`)
  return asState(
    rows.map((row) => ({
      ...row,
      deviceId,
      askedAt: row.askedAt === null ? null : new Date(row.askedAt),
      answeredAt: new Date(row.answeredAt),
    })),
  )
}

type RecordedRow = Omit<CurrentRow, 'deviceId' | 'askedAt' | 'answeredAt'> & {
  askedAt: string | null
  answeredAt: string
}

/** The current reading of each field from the cache, for pages. Decisions use `recordedState`. */
export async function currentState(db: Db, deviceId: string): Promise<DeviceState> {
  return asState(
    await db.select().from(currentReadings).where(eq(currentReadings.deviceId, deviceId)),
  )
}

/** The current states of many devices, by device ID; a device without readings has no entry. */
export async function currentStates(
  db: Db,
  deviceIds: readonly string[],
): Promise<Map<string, DeviceState>> {
  const rows = await db
    .select()
    .from(currentReadings)
    .where(sql`${currentReadings.deviceId} = any(${sql.param([...deviceIds])}::uuid[])`)
  const byDevice = Map.groupBy(rows, ({ deviceId }) => deviceId)
  return new Map([...byDevice].map(([deviceId, group]) => [deviceId, asState(group)]))
}

export type HistoryRow = typeof readings.$inferSelect
export type History = { rows: HistoryRow[]; next?: number | undefined }

/** All readings of one field of a device, the newest first. `after` is the `next` of the previous page. */
export async function readingHistory(
  db: Db,
  deviceId: string,
  field: ReadingField,
  { after, limit = 50 }: { after?: number | undefined; limit?: number } = {},
): Promise<History> {
  const older =
    after === undefined
      ? undefined
      : sql`(${readings.answeredAt}, ${readings.id}) < (select r.answered_at, r.id from readings r where r.id = ${after})`
  const rows = await db
    .select()
    .from(readings)
    .where(and(eq(readings.deviceId, deviceId), eq(readings.field, field), older))
    .orderBy(desc(readings.answeredAt), desc(readings.id))
    .limit(limit + 1)
  return { rows: rows.slice(0, limit), next: rows.length > limit ? rows[limit - 1]?.id : undefined }
}

/** The newest reading of one field that was answered by then. */
export async function findReadingAt(
  db: Db,
  deviceId: string,
  field: ReadingField,
  at: Date,
): Promise<HistoryRow | undefined> {
  const [reading] = await finding(db, { deviceId, field, at })
  return reading
}
const finding = statement(
  (db, { deviceId, field, at }: { deviceId: string; field: ReadingField; at: Date }) =>
    db
      .select()
      .from(readings)
      .where(
        and(
          eq(readings.deviceId, deviceId),
          eq(readings.field, field),
          lte(readings.answeredAt, at),
        ),
      )
      .orderBy(desc(readings.answeredAt), desc(readings.id))
      .limit(1),
)

type Row = {
  at: Date
  version: string | null
  extra: string | null
  build: string | null
  supplement: string | null
}

/**
 * The OS of a device from a time on, the oldest first: each report that differs from the one before, and the newest
 * reading, which may be entered by a person. What a status report says of the OS is a claim and is left out. What an
 * observer entered before is among the observations, where it can be corrected. Imports are left out, as a file does not
 * come from the device, and so are sightings of the trial that were corrected.
 * @param options with `alsoTyped` each reading that a person entered too
 */
export async function listOsSightings(
  db: Db,
  { trialId, deviceId }: { trialId: string; deviceId: string },
  from: Date,
  { alsoTyped = false } = {},
): Promise<OsSighting[]> {
  const rows = await db.execute<Row>(sql`
    with occasion as (
      select r.answered_at as at, r.source, max(r.id) as id,
        max(r.value #>> '{}') filter (where r.field = 'osVersion') as version,
        max(r.value #>> '{}') filter (where r.field = 'osVersionExtra') as extra,
        max(r.value #>> '{}') filter (where r.field = 'osBuild') as build,
        max(r.value #>> '{}') filter (where r.field = 'osSupplementalBuild') as supplement
      from readings r
      where r.device_id = ${deviceId} and r.field = any (os_fields()) and r.value is not null
        and r.source <> 'imported' and r.answered_at >= ${from.toISOString()}::timestamptz
        and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source)
        and (r.source <> 'typed' or not is_struck(${trialId}, r.field, r.value #>> '{}', r.answered_at))
      group by r.answered_at, r.source, r.recorded_at, r.by_id, r.command_uuid
    ), known as (
      select *, lead(id) over (order by at, id) is null as newest
      from occasion where version is not null or build is not null
    ), compared as (
      select *, row(version, extra, build, supplement)
        is distinct from lag(row(version, extra, build, supplement)) over (order by at, id) as moved
      from known where source = 'mdm' or newest or ${alsoTyped}
    )
    select at, version, extra, build, supplement from compared where moved or newest order by at, id`)
  return rows.map(asSighting)
}

const asSighting = ({ at, version, extra, build, supplement }: Row): OsSighting => ({
  at: new Date(at),
  version: version ?? undefined,
  extra: extra ?? undefined,
  build: build ?? undefined,
  supplementalBuild: supplement ?? undefined,
})

/** The newest OS that a status report has claimed since a time. */
export async function findOsClaim(
  db: Db,
  deviceId: string,
  from: Date,
): Promise<OsSighting | undefined> {
  const [row] = await db.execute<Row>(sql`
    select r.answered_at as at,
      max(r.value #>> '{}') filter (where r.field = 'osVersion') as version,
      max(r.value #>> '{}') filter (where r.field = 'osVersionExtra') as extra,
      max(r.value #>> '{}') filter (where r.field = 'osBuild') as build,
      max(r.value #>> '{}') filter (where r.field = 'osSupplementalBuild') as supplement
    from readings r
    where r.device_id = ${deviceId} and r.field = any (os_fields()) and r.value is not null
      and r.answered_at >= ${from.toISOString()}::timestamptz
      and is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source)
    group by r.answered_at, r.recorded_at order by r.answered_at desc, r.recorded_at desc limit 1`)
  return row && asSighting(row)
}
