import { bigint, boolean, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { alarmKinds } from '../domain/device-alarm'
import { devices, rawEvents, time, trials } from './schema'

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
  raisedAt: time('raised_at').notNull(),
  simulated: boolean('simulated').notNull().default(false),
  clearedAt: time('cleared_at'),
  clearedById: text('cleared_by_id'),
  clearedByName: text('cleared_by_name'),
  clearedReason: text('cleared_reason'),
})
