import { and, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, mdmServers } from '@/lib/db/schema/schema'
import type { DeviceRow } from './device-facts'

/**
 * The devices that are enrolled by these IDs on a server. The second look at the ID says nothing more and
 * is the one the unique index knows: without it each event and each poll reads every device of the lab.
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

/** The server's clock of hearing, moved at most every ten seconds: every poll would else rewrite one row. */
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
 * The cheap path of idle polls: the enrollment IDs that are known on this server, now seen. A device
 * whose row is locked (a release, a reading) is left out, so that nobody's poll waits for it.
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

/** Notes that an enrolled device was heard, and gives its row, locked by that until the transaction ends. */
export async function recordContact(
  db: Db,
  serverId: string,
  enrollmentId: string,
  at: Date,
): Promise<DeviceRow | undefined> {
  const [device] = await db
    .update(devices)
    .set({ lastSeenAt: sql`greatest(${devices.lastSeenAt}, ${at.toISOString()})` })
    .where(enrolledAs(serverId, [enrollmentId]))
    .returning()
  return device
}

/**
 * Until the transaction ends nobody else enters a device with this enrollment ID or leaves an event of it
 * unmatched; see lib/db/sql/guards/wait_for_device.sql. To be taken before any row that others wait for.
 */
export async function lockEnrollment(
  db: Db,
  serverId: string,
  enrollmentId: string,
): Promise<void> {
  await db.execute(sql`select lock_enrollment(${serverId}, ${enrollmentId})`)
}

/** The device with that enrollment ID on a server, without a word about when it was seen. */
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
