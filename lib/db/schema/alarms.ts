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
 * All sending is stopped until a lead has looked: the database is not what a process that sends has
 * witnessed. Append-only but for its one end.
 */
export const sendingStops = pgTable(
  'sending_stops',
  {
    id: serialId(),
    /** Of the folder whose witness found it; one stop of each is open at most. */
    witnessId: text('witness_id').notNull(),
    reason: text('reason').notNull(),
    /** What the database was when it was found: what a lead accepts by ending the stop. */
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
 * What a lead must look at on a device before anything more is released on it. Append-only but for the one
 * time it is cleared.
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
    /** As the sender wrote it, which need not be a UUID. */
    commandUuid: text('command_uuid'),
    raisedAt: time('raised_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
    clearedAt: time('cleared_at'),
    clearedById: text('cleared_by_id'),
    clearedByName: text('cleared_by_name'),
    clearedReason: text('cleared_reason'),
    /** Of the stop of all sending that it is part of. */
    stopId: bigint('stop_id', { mode: 'number' }).references(() => sendingStops.id),
    /** Only of the kind `identity`: what was known and what was told. */
    identity: jsonb('identity').$type<IdentityContradiction>(),
    /** Of a cleared one of that kind: whether what was told is right from then on. */
    accepted: boolean('accepted'),
  },
  (t) => [
    index('device_alarms_open').on(t.deviceId).where(sql`${t.clearedAt} is null`),
    index('device_alarms_by_stop').on(t.stopId).where(sql`${t.stopId} is not null`),
    uniqueIndex('one_alarm_per_foreign_command')
      .on(t.deviceId, t.kind, t.commandUuid)
      .where(sql`${t.commandUuid} is not null`),
    // However often it is told: one open alarm for one contradiction, and one for each event.
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

/** What a device has told of who it is: the first of each, until a lead accepts another. */
export const deviceIdentifiers = pgTable(
  'device_identifiers',
  {
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    identifier: text('identifier', { enum: identifiers }).notNull(),
    /** As it was told. */
    value: text('value').notNull(),
    /** As it is compared: `plainIdentifier` of lib/domain/device/identity. */
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
