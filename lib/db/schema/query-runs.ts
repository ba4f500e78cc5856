import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uuid,
} from 'drizzle-orm/pg-core'
import { runDeviceStates } from '@/lib/domain/device/query-run'
import { oneOf } from './rule-sql'
import { devices, serialId, time } from './schema'

/** Many devices that are queried one round after the other; lib/core/release/query-many.ts. */
export const queryRuns = pgTable(
  'query_runs',
  {
    id: serialId(),
    simulated: boolean('simulated').notNull(),
    startedAt: time('started_at').notNull(),
    startedById: text('started_by_id').notNull(),
    startedByName: text('started_by_name').notNull(),
    /** With a window the devices are queried again and again in it; without one, once. */
    freshFrom: time('fresh_from'),
    freshUntil: time('fresh_until'),
    everyMinutes: integer('every_minutes'),
    endedAt: time('ended_at'),
    /** Who stopped it; null where it came to its end. */
    stoppedByName: text('stopped_by_name'),
  },
  (t) => [
    index('query_runs_open').on(t.id).where(sql`${t.endedAt} is null`),
    check(
      'a_window_is_whole',
      sql`(${t.freshFrom} is null) = (${t.freshUntil} is null) and (${t.freshFrom} is null) = (${t.everyMinutes} is null)
  and (${t.freshFrom} is null or ${t.freshFrom} < ${t.freshUntil})`,
    ),
    check('a_stopped_run_has_ended', sql`${t.stoppedByName} is null or ${t.endedAt} is not null`),
  ],
)

export const queryRunDevices = pgTable(
  'query_run_devices',
  {
    runId: bigint('run_id', { mode: 'number' })
      .notNull()
      .references(() => queryRuns.id),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    state: text('state', { enum: runDeviceStates }).notNull(),
    /** When a waiting device is tried next. */
    dueAt: time('due_at').notNull(),
    changedAt: time('changed_at').notNull(),
    /** Why it waits still, was not queried or did not answer. */
    reason: text('reason'),
    /** How many rounds it has answered. */
    answers: integer('answers').notNull().default(0),
  },
  (t) => [
    primaryKey({ columns: [t.runId, t.deviceId] }),
    index('query_run_devices_due').on(t.dueAt).where(sql`${t.state} = 'waiting'`),
    index('query_run_devices_querying').on(t.changedAt).where(sql`${t.state} = 'querying'`),
    check('a_device_of_a_run_has_a_known_state', oneOf(t.state, runDeviceStates)),
  ],
)
