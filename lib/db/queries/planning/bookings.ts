import { and, asc, eq, gt, inArray, isNull, lt, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { bookings } from '@/lib/db/schema/bookings'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { type BookedTrial, type BookingFacts, keepsDevice } from '@/lib/domain/planning/booking'

type Row = typeof bookings.$inferSelect
export type NewBooking = typeof bookings.$inferInsert

export type Booking = Omit<Row, 'trialId'> &
  BookingFacts & {
    /** The tag on its device, or its name. */
    labTag: string
    protocolTitle: string
    protocolVersion: number
    trial: (BookedTrial & { id: string; number: number; draftedAt: Date }) | undefined
  }

async function select(db: Db, where: SQL | undefined): Promise<Booking[]> {
  const rows = await db
    .select({
      booking: bookings,
      ...{ labTag: devices.labTag, name: devices.name },
      protocolTitle: sql<string>`${protocolVersions.plan} ->> 'title'`,
      protocolVersion: protocolVersions.version,
      trial: {
        ...{ id: trials.id, number: trials.number, state: trials.state },
        ...{ releasedAt: trials.releasedAt, draftedAt: trials.draftedAt },
      },
    })
    .from(bookings)
    .innerJoin(devices, eq(devices.id, bookings.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, bookings.protocolVersionId))
    .leftJoin(trials, eq(trials.id, bookings.trialId))
    .where(where)
    .orderBy(asc(bookings.startsAt), asc(bookings.bookedAt), asc(bookings.id))
  return rows.map(({ booking: { trialId, ...booking }, labTag, name, trial, ...protocol }) => ({
    ...booking,
    ...protocol,
    labTag: labTag ?? name,
    trial: trial ?? undefined,
  }))
}

/** @throws Error with 23P01 of PostgreSQL if the device is booked within the window */
export async function insertBooking(db: Db, booking: NewBooking): Promise<string> {
  const [inserted] = await db.insert(bookings).values(booking).returning({ id: bookings.id })
  if (!inserted) throw new Error('the booking was not written')
  return inserted.id
}

export const findBooking = async (db: Db, id: string): Promise<Booking | undefined> =>
  (await select(db, eq(bookings.id, id)))[0]

/** The booking that a trial was drafted from. */
export const findBookingOfTrial = async (db: Db, trialId: string): Promise<Booking | undefined> =>
  (await select(db, eq(bookings.trialId, trialId)))[0]

/** Bookings of a device that have not been ended and whose window touches this one, in their order. */
export const listOverlapping = (
  db: Db,
  deviceId: string,
  { from, to }: { from: Date; to: Date },
): Promise<Booking[]> =>
  select(
    db,
    and(
      eq(bookings.deviceId, deviceId),
      isNull(bookings.endKind),
      lt(bookings.startsAt, to),
      gt(bookings.endsAt, from),
    ),
  )

/** The booking that keeps a device from every other trial now; at most one does, as no two windows of a device overlap. */
export async function findKeeping(
  db: Db,
  { deviceId, now }: { deviceId: string; now: Date },
): Promise<Booking | undefined> {
  const to = new Date(now.getTime() + 1)
  const [booking] = await listOverlapping(db, deviceId, { from: now, to })
  return booking && keepsDevice(booking, now) ? booking : undefined
}

/** The environment of a device whose calendar is asked for; undefined where there is no such device. */
export async function environmentOfDevice(
  db: Db,
  deviceId: string | undefined,
): Promise<Environment | undefined> {
  if (deviceId === undefined) return undefined
  const [device] = await db
    .select({ simulated: devices.simulated })
    .from(devices)
    .where(eq(devices.id, deviceId))
  return device && (device.simulated ? 'simulated' : 'real')
}

export type BookingFilter = {
  environment?: Environment
  deviceId?: string | undefined
  /** Windows that touch this time. */
  from?: Date
  to?: Date
  bookedById?: string
}

/** Every booking, ended ones too, in the order of their windows. */
export const listBookings = (db: Db, filter: BookingFilter): Promise<Booking[]> => {
  const { environment, deviceId, from, to, bookedById } = filter
  return select(
    db,
    and(
      environment && eq(bookings.simulated, environment === 'simulated'),
      deviceId === undefined ? undefined : eq(bookings.deviceId, deviceId),
      from && gt(bookings.endsAt, from),
      to && lt(bookings.startsAt, to),
      bookedById === undefined ? undefined : eq(bookings.bookedById, bookedById),
    ),
  )
}

type End = {
  kind: NonNullable<Row['endKind']>
  reason?: string | undefined
  person: { id: string; name: string }
  now: Date
}

/** Ends bookings whose device the caller has locked. */
export async function endBookings(
  db: Db,
  ids: readonly string[],
  { kind, reason, person, now }: End,
): Promise<void> {
  if (ids.length === 0) return
  await db
    .update(bookings)
    .set({
      ...{ endKind: kind, endReason: reason ?? null },
      ...{ endedAt: now, endedById: person.id, endedByName: person.name },
    })
    .where(inArray(bookings.id, [...ids]))
}

export async function linkTrial(db: Db, bookingId: string, trialId: string): Promise<void> {
  await db.update(bookings).set({ trialId }).where(eq(bookings.id, bookingId))
}
