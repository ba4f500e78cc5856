import { and, eq, isNull, or } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, mdmServers } from '@/lib/db/schema/schema'
import type { DeviceRow } from './device-facts'

/** A device that came in by its own check-in; it waits for a lab tag. */
export async function insertEnrolledDevice(
  db: Db,
  device: typeof devices.$inferInsert,
): Promise<DeviceRow> {
  const [inserted] = await db.insert(devices).values(device).returning()
  if (!inserted) throw new Error('the device was not written')
  return inserted
}

/**
 * Gives an inventory device the enrollment ID of its first check-in. Undefined where it has another
 * one, or where a real device would move to a virtual server or the other way round.
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
