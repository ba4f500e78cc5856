import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { alarmKinds } from '@/lib/domain/device/device'
import { type IdentityContradiction, identifiers } from '@/lib/domain/device/identity'
import type { DatabaseIdentity, TrailHead } from '@/lib/domain/server/witness'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasWords, oneOf } from './rule-sql'
import { devices, jsonb, rawEvents, serialId, time, trials } from './schema'

/**
 * All sending is stopped until a lead ends it: the database is not the one that the witness of a sending
 * process has recorded. Append-only but for its end.
 */
export const sendingStops = pgTable(
  'sending_stops',
  {
    id: serialId(),
    /** The witness that found it; each has at most one open stop. */
    witnessId: text('witness_id').notNull(),
    reason: text('reason').notNull(),
    /** The database's identity when it was found, which a lead accepts by ending the stop. */
    found: jsonb('found').$type<{ identity: DatabaseIdentity; head: TrailHead }>().notNull(),
    foundAt: time('found_at').notNull(),
    endedAt: time('ended_at'),
    endedById: text('ended_by_id'),
    endedByName: text('ended_by_name'),
    endedReason: text('ended_reason'),
  },
  (t) => [
    uniqueIndex('one_open_stop_per_witness').on(t.witnessId).where(sql`${t.endedAt} is null`),
    check(
      'a_stop_is_ended_by_somebody_with_a_reason',
      sql`(${t.endedAt} is null) = (${t.endedById} is null)
  and (${t.endedAt} is null) = (${t.endedByName} is null)
  and (${t.endedAt} is not null) = (${hasWords(t.endedReason, minNoteLength)})`,
    ),
  ],
)

/**
 * An alarm about a device, which blocks releases until a lead clears it. Append-only but for being
 * cleared once.
 */
export const deviceAlarms = pgTable(
  'device_alarms',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    kind: text('kind', { enum: alarmKinds }).notNull(),
    reason: text('reason').notNull(),
    rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
    /** As sent by the device; not always a UUID. */
    commandUuid: text('command_uuid'),
    raisedAt: time('raised_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
    clearedAt: time('cleared_at'),
    clearedById: text('cleared_by_id'),
    clearedByName: text('cleared_by_name'),
    clearedReason: text('cleared_reason'),
    /** The stop of all sending that it is part of. */
    stopId: bigint('stop_id', { mode: 'number' }).references(() => sendingStops.id),
    /** For the kind `identity` only: the known and the reported identifier. */
    identity: jsonb('identity').$type<IdentityContradiction>(),
    /** For a cleared one of that kind: whether the reported identifier was accepted. */
    accepted: boolean('accepted'),
  },
  (t) => [
    index('device_alarms_open').on(t.deviceId).where(sql`${t.clearedAt} is null`),
    index('device_alarms_by_stop').on(t.stopId).where(sql`${t.stopId} is not null`),
    uniqueIndex('one_alarm_per_foreign_command')
      .on(t.deviceId, t.kind, t.commandUuid)
      .where(sql`${t.commandUuid} is not null`),
    // However often it is reported: one open alarm per difference, and one per event.
    uniqueIndex('one_open_alarm_per_contradiction')
      .on(t.deviceId, sql`(${t.identity} ->> 'identifier')`, sql`(${t.identity} ->> 'reported')`)
      .where(sql`${t.clearedAt} is null and ${t.kind} = 'identity'`),
    uniqueIndex('one_identity_alarm_per_event')
      .on(t.deviceId, sql`(${t.identity} ->> 'identifier')`, t.rawEventId)
      .where(sql`${t.kind} = 'identity'`),
    check(
      'an_alarm_is_cleared_by_somebody_with_a_reason',
      sql`(${t.clearedAt} is null) = (${t.clearedById} is null)
  and (${t.clearedAt} is null) = (${t.clearedByName} is null)
  and (${t.clearedAt} is not null) = (${hasWords(t.clearedReason, minNoteLength)})`,
    ),
    check(
      'an_identity_alarm_names_both_sides',
      sql`(${t.kind} = 'identity') = (${t.identity} is not null)`,
    ),
  ],
)

/** The identifiers that a device has reported: the first of each, until a lead accepts another. */
export const deviceIdentifiers = pgTable(
  'device_identifiers',
  {
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    identifier: text('identifier', { enum: identifiers }).notNull(),
    /** As reported. */
    value: text('value').notNull(),
    /** In the form in which it is compared: `plainIdentifier` of lib/domain/device/identity. */
    plain: text('plain').notNull(),
    rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
    reportedAt: time('reported_at').notNull(),
  },
  (t) => [
    primaryKey({ columns: [t.deviceId, t.identifier] }),
    index('device_identifiers_by_value').on(t.identifier, t.plain),
    check('an_identifier_is_a_known_one', oneOf(t.identifier, identifiers)),
  ],
)
