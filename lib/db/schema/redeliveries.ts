import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { bytea, commands, devices, mdmServers, rawEvents, serialId, time, trials } from './schema'

/** How often a command was answered again. Changes of the count make no entry in the audit trail. */
export const redeliveries = pgTable(
  'redeliveries',
  {
    commandUuid: uuid('command_uuid')
      .primaryKey()
      .references(() => commands.commandUuid),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    trialId: uuid('trial_id').references(() => trials.id),
    times: integer('times').notNull(),
    firstAt: time('first_at').notNull(),
    lastAt: time('last_at').notNull(),
    /** When the deviation was recorded in the trial and the alarm was raised. */
    markedAt: time('marked_at'),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('redeliveries_to_mark')
      .on(t.firstAt)
      .where(sql`${t.markedAt} is null and ${t.times} > 1`),
    index('redeliveries_by_trial').on(t.trialId),
    check('what_is_counted_has_happened', sql`${t.times} > 0 and ${t.firstAt} <= ${t.lastAt}`),
  ],
)

/** Webhook bodies as received whose answer equals that of an event read before. Append-only. */
export const repeatedEvents = pgTable(
  'repeated_events',
  {
    id: serialId(),
    /** The event with the same answer. */
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .notNull()
      .references(() => rawEvents.id),
    mdmServerId: uuid('mdm_server_id')
      .notNull()
      .references(() => mdmServers.id),
    receipt: uuid('receipt').notNull(),
    receivedAt: time('received_at').notNull(),
    body: bytea('body').notNull(),
    sha256: text('sha256').notNull(),
  },
  (t) => [
    uniqueIndex('one_repeat_per_receipt').on(t.receipt),
    index('repeated_events_by_event').on(t.rawEventId, t.id),
  ],
)
