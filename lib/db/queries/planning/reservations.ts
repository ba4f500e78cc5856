import { and, asc, eq, gt, lt } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { endedReservations } from '@/lib/db/schema/bookings'
import { devices } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { tagOf } from './unused-devices'

type Ended = typeof endedReservations.$inferSelect

/** Keeps the end of a reservation; a second end of the same one is none. */
export async function insertEndedReservation(
  db: Db,
  ended: Omit<typeof endedReservations.$inferInsert, 'id' | 'simulated'>,
): Promise<void> {
  await db.insert(endedReservations).values(ended).onConflictDoNothing()
}

/** Reservations that have ended and touch a time, of one environment or one device. */
export async function listEndedReservations(
  db: Db,
  {
    environment,
    deviceId,
    from,
    to,
  }: {
    environment: Environment
    deviceId?: string | undefined
    from: Date
    to: Date
  },
): Promise<(Ended & { labTag: string })[]> {
  const rows = await db
    .select({
      ended: endedReservations,
      labTag: tagOf,
    })
    .from(endedReservations)
    .innerJoin(devices, eq(devices.id, endedReservations.deviceId))
    .where(
      and(
        eq(endedReservations.simulated, environment === 'simulated'),
        deviceId === undefined ? undefined : eq(endedReservations.deviceId, deviceId),
        gt(endedReservations.until, from),
        lt(endedReservations.since, to),
      ),
    )
    .orderBy(asc(endedReservations.id))
  return rows.map(({ ended, labTag }) => ({ ...ended, labTag }))
}
