import { and, eq, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices } from '@/lib/db/schema/schema'
import { type DeviceRow, findDeviceRow } from './device-facts'

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
