import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, mdmServers } from '@/lib/db/schema/schema'
import { statement } from '@/lib/db/statements'
import type { DeviceRow } from './device-facts'

/**
 * The devices with these enrollment IDs on a server. The second condition on the ID is redundant, but is the one that
 * the unique index supports; without it each event and each poll would read every device.
 */
export const enrolledAs = (serverId: string, enrollmentIds: readonly string[]) =>
  and(
    eq(devices.mdmServerId, serverId),
    inArray(devices.enrollmentId, [...enrollmentIds]),
    inArray(
      sql`lower(${devices.enrollmentId})`,
      enrollmentIds.map((id) => sql`lower(${id})`),
    ),
  )

/** Records the last contact of a server, at most every ten seconds, as otherwise every poll would rewrite one row. */
export async function touchServer(db: Db, serverId: string, now: Date): Promise<void> {
  await db
    .update(mdmServers)
    .set({ lastContactAt: now })
    .where(
      and(
        eq(mdmServers.id, serverId),
        sql`(${mdmServers.lastContactAt} is null or ${mdmServers.lastContactAt} < ${new Date(now.getTime() - 10_000).toISOString()})`,
      ),
    )
}

/**
 * The fast path for Idle polls: records that these devices were seen, and gives the enrollment IDs that were updated.
 * A device whose row is locked, by a release for example, is left out, so that no poll waits for it.
 */
export async function touchDevices(
  db: Db,
  serverId: string,
  enrollmentIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const free = db
    .select({ id: devices.id })
    .from(devices)
    .where(enrolledAs(serverId, enrollmentIds))
    .for('no key update', { skipLocked: true })
  const touched = await db
    .update(devices)
    .set({ lastSeenAt: sql`greatest(${devices.lastSeenAt}, ${now.toISOString()})` })
    .where(inArray(devices.id, free))
    .returning({ enrollmentId: devices.enrollmentId })
  return touched.flatMap(({ enrollmentId }) => enrollmentId ?? [])
}

type Contact = { serverId: string; enrollmentId: string; at: Date }
const recording = statement((db, { serverId, enrollmentId, at }: Contact) =>
  db
    .update(devices)
    .set({ lastSeenAt: sql`greatest(${devices.lastSeenAt}, ${at})` })
    .where(enrolledAs(serverId, [enrollmentId]))
    .returning(),
)

/** Records the contact of an enrolled device and gives its row, which stays locked until the transaction ends. */
export async function recordContact(
  db: Db,
  serverId: string,
  enrollmentId: string,
  at: Date,
): Promise<DeviceRow | undefined> {
  const [device] = await recording(db, { serverId, enrollmentId, at })
  return device
}

/**
 * Until the transaction ends no other one adds a device with this enrollment ID or leaves an event of it unmatched;
 * see lib/db/sql/guards/wait_for_device.sql. Take it before any row lock.
 */
export async function lockEnrollment(
  db: Db,
  serverId: string,
  enrollmentId: string,
): Promise<void> {
  await db.execute(sql`select lock_enrollment(${serverId}, ${enrollmentId})`)
}

/** The device with this enrollment ID on a server, without recording a contact. */
export async function findEnrolledDevice(
  db: Db,
  serverId: string,
  enrollmentId: string,
): Promise<DeviceRow | undefined> {
  const [device] = await db
    .select()
    .from(devices)
    .where(enrolledAs(serverId, [enrollmentId]))
  return device
}
