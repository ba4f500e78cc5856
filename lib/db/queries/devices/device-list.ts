import { and, asc, eq, type SQL, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import { deviceCounts } from '@/lib/db/schema/device-counts'
import { currentReadings, devices, deviceVerdicts } from '@/lib/db/schema/schema'
import type {
  DeviceFilter,
  DeviceSort,
  Environment,
  SortDirection,
} from '@/lib/domain/device/device'
import type { ReadingSource } from '@/lib/domain/reading/reading'
import { canReach, isUnused, passcodeNow } from '../planning/unused-devices'
import { isHeldBy, isOfferedTo, isUnheld } from './custody'
import { hasFieldValue, someFieldValueLike } from './custom-fields'
import { type Cursor, cursorAt, orderOf, placeOf, verdictAt } from './device-order'

export type ListedReading<T> = {
  value: T | undefined
  unknownReason: string | undefined
  source: ReadingSource
  answeredAt: Date
}

/** The columns of `devices` that the list shows. */
const shownColumns = {
  id: devices.id,
  labTag: devices.labTag,
  name: devices.name,
  serial: devices.serial,
  platform: devices.platform,
  modelIdentifier: devices.modelIdentifier,
  modelName: devices.modelName,
  location: devices.location,
  holder: devices.holder,
  lastSeenAt: devices.lastSeenAt,
  retiredAt: devices.retiredAt,
  simulated: devices.simulated,
  holdReason: devices.holdReason,
  holdUntil: devices.holdUntil,
}
type ShownDevice = Pick<typeof devices.$inferSelect, keyof typeof shownColumns>

export type ListedDevice = ShownDevice & {
  verdict: 'qualified' | 'notYet' | 'no'
  /** The first blocking finding in a few words; see `listReason`. */
  reason: string
  osVersion: ListedReading<string> | undefined
  osBuild: ListedReading<string> | undefined
  battery: ListedReading<number> | undefined
}

export type DeviceQuery = {
  environment: Environment
  filter?: DeviceFilter | undefined
  sort?: DeviceSort | undefined
  direction?: SortDirection | undefined
  /** `next` or `previous` of another page of the same query. */
  cursor?: Cursor | undefined
  /** Rows per page, 1–500. */
  limit?: number | undefined
}

export type DevicePage = {
  rows: ListedDevice[]
  next: string | undefined
  previous: string | undefined
}

/** Joined where the order needs the version. */
const os = alias(currentReadings, 'os')

const reasonAt = (now: Date): SQL<string> =>
  sql`case when ${deviceVerdicts.deviceId} is null or ${deviceVerdicts.ruleSetVersion} = '' then 'Not judged yet'
    when ${deviceVerdicts.staleAt} <= ${now.toISOString()} then 'Readings are stale'
    else ${deviceVerdicts.reason} end`

// Escapes LIKE's wildcards, so that a typed "%" means a percent sign.
const contains = (text: string) => `%${text.toLowerCase().replaceAll(/[\\%_]/g, '\\$&')}%`

/** The condition of a filter, for a query over `devices` with its verdict joined. */
function matching(environment: Environment, filter: DeviceFilter, now: Date): SQL | undefined {
  const { verdict, platform, version, modelIdentifier, text, retired, importId } = filter
  const { passcode, unused, reaches, fields = {}, heldBy, offeredTo, unheld } = filter
  const searched = sql`lower(concat_ws(' ', ${devices.labTag}, ${devices.name}, ${devices.serial}, ${devices.enrollmentId}, ${devices.modelIdentifier}, ${devices.modelName}, ${devices.location}, ${devices.holder}))`
  return and(
    eq(devices.simulated, environment === 'simulated'),
    retired ? sql`${devices.retiredAt} is not null` : sql`${devices.retiredAt} is null`,
    platform && eq(devices.platform, platform),
    modelIdentifier ? eq(devices.modelIdentifier, modelIdentifier) : undefined,
    verdict && sql`${verdictAt(now)} = ${verdict}`,
    version
      ? sql`${devices.id} in (select r.device_id from current_readings r where r.field = 'osVersion' and r.value #>> '{}' = ${version})`
      : undefined,
    importId
      ? sql`${devices.id} in (select r.device_id from device_import_rows r where r.import_id = ${importId})`
      : undefined,
    passcode && sql`${passcodeNow} = ${passcode}`,
    unused ? isUnused : undefined,
    reaches ? canReach(reaches) : undefined,
    heldBy ? isHeldBy(heldBy) : undefined,
    offeredTo ? isOfferedTo(offeredTo) : undefined,
    unheld ? isUnheld : undefined,
    ...Object.entries(fields).map(([id, value]) => hasFieldValue(id, value.trim())),
    text?.trim()
      ? sql`(${searched} like ${contains(text.trim())} or ${someFieldValueLike(contains(text.trim()))})`
      : undefined,
  )
}

const isOfOsVersion = and(eq(os.deviceId, devices.id), eq(os.field, sql`'osVersion'`))

/** The readings that the list shows, by field: in one column, as three joins are read and mapped for three times as long. */
const shownReadings: SQL<Partial<Record<ShownField, RawReading>> | null> = sql`(
  select json_object_agg(r.field, json_build_array(r.value, r.unknown_reason, r.source, r.answered_at))
  from current_readings r where r.device_id = ${devices.id} and r.field in ('osVersion', 'osBuild', 'batteryLevel'))`
type ShownField = 'osVersion' | 'osBuild' | 'batteryLevel'
type RawReading = [
  value: unknown,
  unknownReason: string | null,
  source: ReadingSource,
  answeredAt: string,
]

/** One page of the inventory, by keyset, so that the last page is as fast as the first. */
export async function listDevices(db: Db, query: DeviceQuery, now: Date): Promise<DevicePage> {
  const limit = Math.min(Math.max(query.limit ?? 50, 1), 500)
  const order = orderOf(query.sort ?? 'labTag', now)
  const place = placeOf(order, query.direction ?? 'asc', query.cursor)
  const page = db.$with('page').as(
    picked(db, query, order.needs)
      .where(and(matching(query.environment, query.filter ?? {}, now), place.after))
      .orderBy(...place.orderBy)
      // One row more than is shown, to see whether there is another page.
      .limit(limit + 1),
  )
  const listed = db
    .with(page)
    .select({
      key: sql<string>`${order.key}::text`,
      device: shownColumns,
      verdict: verdictAt(now),
      reason: reasonAt(now),
      readings: shownReadings,
    })
    .from(page)
    .innerJoin(devices, eq(devices.id, page.id))
    .leftJoin(deviceVerdicts, eq(deviceVerdicts.deviceId, devices.id))
    .$dynamic()
  if (order.needs === 'osVersion') listed.leftJoin(os, isOfOsVersion)
  const rows = await listed.orderBy(...place.orderBy)
  const shown = rows.slice(0, limit)
  if (place.backwards) shown.reverse()
  const more = rows.length > limit
  return {
    rows: shown.map(asListed),
    ...neighbours(shown, { more, backwards: place.backwards, first: place.after === undefined }),
  }
}

/** The IDs of one page, selected before joining what is only shown. */
function picked(db: Db, query: DeviceQuery, needs: 'verdict' | 'osVersion' | undefined) {
  const ids = db.select({ id: devices.id }).from(devices).$dynamic()
  if (needs === 'osVersion') ids.leftJoin(os, isOfOsVersion)
  if (needs === 'verdict' || query.filter?.verdict)
    ids.leftJoin(deviceVerdicts, eq(deviceVerdicts.deviceId, devices.id))
  return ids
}

type Row = {
  key: string
  device: ShownDevice
  verdict: ListedDevice['verdict']
  reason: string
  readings: Partial<Record<ShownField, RawReading>> | null
}

function neighbours(shown: Row[], at: { more: boolean; backwards: boolean; first: boolean }) {
  const [top, bottom] = [shown[0], shown.at(-1)]
  const place = (side: 'after' | 'before', row: Row | undefined) =>
    row && cursorAt(side, { key: row.key, id: row.device.id })
  return {
    next: at.backwards || at.more ? place('after', bottom) : undefined,
    previous: (at.backwards ? at.more : !at.first) ? place('before', top) : undefined,
  }
}

function asListed({ device, verdict, reason, readings }: Row): ListedDevice {
  const { osVersion, osBuild, batteryLevel } = readings ?? {}
  return {
    ...device,
    verdict,
    reason,
    osVersion: asReading(osVersion, (value) => (typeof value === 'string' ? value : undefined)),
    osBuild: asReading(osBuild, (value) => (typeof value === 'string' ? value : undefined)),
    battery: asReading(batteryLevel, (value) => (typeof value === 'number' ? value : undefined)),
  }
}

function asReading<T>(raw: RawReading | undefined, read: (value: unknown) => T | undefined) {
  if (!raw) return undefined
  const [value, unknownReason, source, answeredAt] = raw
  return {
    value: read(value),
    unknownReason: unknownReason ?? undefined,
    source,
    answeredAt: new Date(answeredAt),
  }
}

/** The number of devices that match a filter. */
export async function countDevices(
  db: Db,
  { environment, filter = {} }: Pick<DeviceQuery, 'environment' | 'filter'>,
  now: Date,
): Promise<number> {
  const [row] = await (isCounted(filter)
    ? countKept(db, environment, filter)
    : countMatching(db, environment, filter, now))
  return row?.n ?? 0
}

function countMatching(db: Db, environment: Environment, filter: DeviceFilter, now: Date) {
  const counted = db.select({ n: sql<number>`count(*)::int` }).from(devices).$dynamic()
  if (filter.verdict) counted.leftJoin(deviceVerdicts, eq(deviceVerdicts.deviceId, devices.id))
  return counted.where(matching(environment, filter, now))
}

/** Whether what the database counts of devices answers a filter; a verdict or a reservation ends by the clock. */
const isCounted = ({ platform, version, fields = {}, ...others }: DeviceFilter): boolean =>
  Object.keys(fields).length === 0 && Object.values(others).every((value) => !value)

const countKept = (db: Db, environment: Environment, { platform, version }: DeviceFilter) =>
  db
    .select({ n: sql<number>`coalesce(sum(${deviceCounts.devices}), 0)::int` })
    .from(deviceCounts)
    .where(
      and(
        eq(deviceCounts.simulated, environment === 'simulated'),
        platform && eq(deviceCounts.platform, platform),
        version ? eq(deviceCounts.version, version) : undefined,
      ),
    )

/** The devices a filter finds that can be queried, at most so many, and how many of it cannot. */
export async function listQueryableIds(
  db: Db,
  { environment, filter = {} }: Pick<DeviceQuery, 'environment' | 'filter'>,
  limit: number,
  now: Date,
): Promise<{ ids: string[]; leftOut: number }> {
  const queryable = sql`${devices.retiredAt} is null and ${devices.enrollmentId} is not null and ${devices.mdmServerId} is not null`
  const found = db.select({ id: devices.id }).from(devices).$dynamic()
  if (filter.verdict) found.leftJoin(deviceVerdicts, eq(deviceVerdicts.deviceId, devices.id))
  const rows = await found
    .where(and(matching(environment, filter, now), queryable))
    .orderBy(asc(devices.labTag), asc(devices.id))
    .limit(limit)
  const all = await countDevices(db, { environment, filter }, now)
  return { ids: rows.map(({ id }) => id), leftOut: Math.max(all - rows.length, 0) }
}
