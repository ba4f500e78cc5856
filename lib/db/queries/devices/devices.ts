import { and, eq, isNull, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, mdmServers } from '@/lib/db/schema/schema'
import { type DeviceRow, findDeviceRow } from './device-facts'

export type Device = DeviceRow
export type NewDevice = typeof devices.$inferInsert

/** @throws Error if there is no such device */
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

/** Updates a row that the caller has locked. */
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

/** Devices that already have one of these identifiers, in any letter case, as the unique indexes compare them. */
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

/** The number of devices in both environments. */
export async function countAllDevices(db: Db): Promise<number> {
  return db.$count(devices)
}

/** The number of devices without a lab tag, for the notice above the list. */
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

/**
 * Gives an inventory device the enrollment ID of its first check-in. Undefined if it has another one already, or if a
 * real device would be linked to a virtual server or a virtual device to a real one.
 */
export async function linkDevice(
  db: Db,
  device: DeviceRow,
  enrolled: { enrollmentId: string; mdmServerId: string; lastSeenAt: Date },
): Promise<DeviceRow | undefined> {
  const [server] = await db
    .select({ simulated: mdmServers.simulated })
    .from(mdmServers)
    .where(eq(mdmServers.id, enrolled.mdmServerId))
  if (server?.simulated !== device.simulated) return undefined
  const [linked] = await db
    .update(devices)
    .set(enrolled)
    .where(
      and(
        eq(devices.id, device.id),
        isNull(devices.enrollmentId),
        or(isNull(devices.mdmServerId), eq(devices.mdmServerId, enrolled.mdmServerId)),
      ),
    )
    .returning()
  return linked
}
