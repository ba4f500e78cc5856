import { bigint, boolean, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core'
import { alarmKinds } from '../domain/device-alarm'
import { type IdentityContradiction, identifiers } from '../domain/identity'
import type { DatabaseIdentity, TrailHead } from '../domain/witness'
import { devices, jsonb, rawEvents, time, trials } from './schema'

/**
 * All sending is stopped until a lead has looked: the database is not what a process that sends has
 * witnessed. Append-only but for its one end. Checks and triggers: drizzle/0026_sending_stops.sql.
 */
export const sendingStops = pgTable('sending_stops', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  /** Of the folder whose witness found it; one stop of each is open at most. */
  witnessId: text('witness_id').notNull(),
  because: text('because').notNull(),
  /** What the database was when it was found: what a lead accepts by ending the stop. */
  found: jsonb('found').$type<{ identity: DatabaseIdentity; head: TrailHead }>().notNull(),
  foundAt: time('found_at').notNull(),
  endedAt: time('ended_at'),
  endedById: text('ended_by_id'),
  endedByName: text('ended_by_name'),
  endedReason: text('ended_reason'),
})

/**
 * What a lead must look at on a device before anything more is released on it. Append-only but for the one
 * time it is cleared. Checks and triggers: drizzle/0019_device_alarms.sql.
 */
export const deviceAlarms = pgTable('device_alarms', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  deviceId: uuid('device_id')
    .notNull()
    .references(() => devices.id),
  trialId: uuid('trial_id').references(() => trials.id),
  kind: text('kind', { enum: alarmKinds }).notNull(),
  because: text('because').notNull(),
  rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
  /** As the sender wrote it, which need not be a UUID. */
  commandUuid: text('command_uuid'),
  /** Of the stop of all sending that it is part of. */
  stopId: bigint('stop_id', { mode: 'number' }).references(() => sendingStops.id),
  raisedAt: time('raised_at').notNull(),
  simulated: boolean('simulated').notNull().default(false),
  clearedAt: time('cleared_at'),
  clearedById: text('cleared_by_id'),
  clearedByName: text('cleared_by_name'),
  clearedReason: text('cleared_reason'),
  /** Only of the kind `identity`: what was known and what was told. */
  identity: jsonb('identity').$type<IdentityContradiction>(),
  /** Of a cleared one of that kind: whether what was told is right from then on. */
  accepted: boolean('accepted'),
})

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
    /** As it is compared: `plainIdentifier` of lib/domain/identity. */
    plain: text('plain').notNull(),
    rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
    toldAt: time('told_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.deviceId, t.identifier] })],
)
