import { sql } from 'drizzle-orm'
import { boolean, check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { bookingEnds, maxBookingDays } from '@/lib/domain/planning/booking'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasWords, number, oneOf } from './rule-sql'
import { devices, id, protocolVersions, serialId, time, trials } from './schema'

/**
 * A trial that is planned on one device for a window. That no two windows of a device overlap is an exclusion constraint,
 * which Drizzle cannot declare: lib/db/sql/guards/guard_booking.sql makes it, and says who may change what.
 */
export const bookings = pgTable(
  'bookings',
  {
    id: id(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    protocolVersionId: uuid('protocol_version_id')
      .notNull()
      .references(() => protocolVersions.id),
    /** The version that the device is to be updated to. */
    target: text('target').notNull(),
    /** What the engineer expects, which the draft of the trial takes over. */
    expectation: text('expectation').notNull(),
    startsAt: time('starts_at').notNull(),
    endsAt: time('ends_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
    bookedAt: time('booked_at').notNull(),
    bookedById: text('booked_by_id').notNull(),
    bookedByName: text('booked_by_name').notNull(),
    /** The trial that it became. */
    trialId: uuid('trial_id').references(() => trials.id),
    endKind: text('end_kind', { enum: bookingEnds }),
    endedAt: time('ended_at'),
    endedById: text('ended_by_id'),
    endedByName: text('ended_by_name'),
    endReason: text('end_reason'),
  },
  (t) => [
    uniqueIndex('one_booking_per_trial').on(t.trialId),
    index('bookings_by_device').on(t.deviceId, t.startsAt),
    index('bookings_by_time').on(t.simulated, t.startsAt),
    check('a_booking_ends_after_its_start', sql`${t.startsAt} < ${t.endsAt}`),
    check(
      'a_booking_is_not_for_ever',
      sql`${t.endsAt} <= ${t.startsAt} + interval '${number(maxBookingDays * 24)} hours'`,
    ),
    check('a_booking_has_a_target', hasWords(t.target, 1)),
    check('a_booking_says_what_is_expected', hasWords(t.expectation, 1)),
    check('a_booking_ends_in_one_way', oneOf(t.endKind, bookingEnds)),
    check(
      'an_end_of_a_booking_has_a_person',
      sql`(${t.endKind} is null) = (${t.endedAt} is null) and (${t.endKind} is null) = (${t.endedById} is null) and (${t.endKind} is null) = (${t.endedByName} is null)`,
    ),
    // Who withdraws what another person booked says why, and so does who takes it over.
    check(
      'another_person_ends_a_booking_with_a_reason',
      sql`${t.endKind} is null or ${t.endKind} = 'givenBack' or (${t.endKind} = 'withdrawn' and ${t.endedById} = ${t.bookedById}) or ${hasWords(t.endReason, minNoteLength)}`,
    ),
  ],
)

/**
 * Append-only: a lead's reservation of a device that was released, or that had ended by itself before the next one. The
 * running one stands in the device's own row. Calendar programs have to be told of one that was released.
 */
export const endedReservations = pgTable(
  'ended_reservations',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    reason: text('reason').notNull(),
    reservedByName: text('reserved_by_name'),
    since: time('since').notNull(),
    until: time('until').notNull(),
    /** Not after `until`; before it, somebody released the device. */
    endedAt: time('ended_at').notNull(),
    endedById: text('ended_by_id'),
    endedByName: text('ended_by_name'),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_end_of_a_reservation').on(t.deviceId, t.since),
    index('ended_reservations_by_time').on(t.simulated, t.until),
    check('an_ended_reservation_says_why_it_was', hasWords(t.reason, 1)),
    check(
      'an_end_of_a_reservation_is_within_it',
      sql`${t.since} < ${t.until} and ${t.endedAt} >= ${t.since} and ${t.endedAt} <= ${t.until}`,
    ),
    check(
      'a_release_of_a_reservation_has_a_person',
      sql`(${t.endedAt} < ${t.until}) = (${t.endedById} is not null) and (${t.endedById} is null) = (${t.endedByName} is null)`,
    ),
  ],
)
