import { and, eq, ne, or, sql } from 'drizzle-orm'
import type { Db } from './client'
import { type DeviceRow, findDeviceRow } from './device-facts'
import { devices } from './schema'

export type Device = DeviceRow
export type NewDevice = typeof devices.$inferInsert

/** Throws where there is none; for what must be there. */
export async function getDevice(db: Db, deviceId: string): Promise<Device> {
  const device = await findDeviceRow(db, deviceId)
  if (!device) throw new Error(`there is no device ${deviceId}`)
  return device
}

export async function insertDevice(db: Db, device: NewDevice): Promise<Device> {
  const [inserted] = await db.insert(devices).values(device).returning()
  if (!inserted) throw new Error('the device was not written')
  return inserted
}

/** Writes to a row the caller has locked. */
export async function updateDevice(
  db: Db,
  deviceId: string,
  set: Partial<NewDevice>,
): Promise<Device> {
  const [updated] = await db.update(devices).set(set).where(eq(devices.id, deviceId)).returning()
  if (!updated) throw new Error(`there is no device ${deviceId}`)
  return updated
}

export const identityFields = ['labTag', 'enrollmentId', 'serial'] as const
export type IdentityField = (typeof identityFields)[number]
export type Identity = Partial<Record<IdentityField, string | null>>

/** Devices that already have one of these names, in any letter case, as the unique indexes see it. */
export async function findNamesakes(
  db: Db,
  identity: Identity,
  exceptId?: string,
): Promise<Device[]> {
  const same = identityFields.flatMap((field) => {
    const text = identity[field]
    return text ? [sql`lower(${devices[field]}) = lower(${text})`] : []
  })
  if (same.length === 0) return []
  const other = exceptId === undefined ? undefined : ne(devices.id, exceptId)
  return db
    .select()
    .from(devices)
    .where(and(or(...same), other))
}

// One array a field and not one parameter a value: an import asks for 20,000 at once.
const anyOf = (values: readonly string[]) => sql`any(${sql.param([...values])}::text[])`

/** Every device that has one of many names; `lowered` are in lower case. */
export async function listNamesakes(
  db: Db,
  lowered: Record<IdentityField, readonly string[]>,
): Promise<Device[]> {
  const same = identityFields.map(
    (field) => sql`lower(${devices[field]}) = ${anyOf(lowered[field])}`,
  )
  return db
    .select()
    .from(devices)
    .where(or(...same))
}

/** Locks rows in one order everywhere, so that two imports cannot wait for each other in a ring. */
export async function lockDevices(db: Db, deviceIds: readonly string[]): Promise<Device[]> {
  if (deviceIds.length === 0) return []
  return db
    .select()
    .from(devices)
    .where(sql`${devices.id} = any(${sql.param([...deviceIds])}::uuid[])`)
    .orderBy(devices.id)
    .for('update')
}

const rowsAtOnce = 2000

/** Writes many new devices; the order of the answer is the order given. */
export async function insertDevices(db: Db, news: readonly NewDevice[]): Promise<Device[]> {
  const inserted: Device[] = []
  for (let start = 0; start < news.length; start += rowsAtOnce) {
    const some = news.slice(start, start + rowsAtOnce)
    inserted.push(...(await db.insert(devices).values(some).returning()))
  }
  return inserted
}

/** Devices that still wait for a lab tag, for the notice above the list. */
export async function countAwaitingTag(db: Db, simulated: boolean): Promise<number> {
  return db.$count(
    devices,
    and(
      eq(devices.simulated, simulated),
      sql`coalesce(lower(${devices.labTag}), '') = ''`,
      sql`${devices.retiredAt} is null`,
    ),
  )
}
