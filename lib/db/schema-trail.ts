import { bigint, boolean, customType, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { jsonb } from './schema'

// Functions and triggers of these tables: drizzle/0011_trail.sql and lib/db/set-up-trail.ts.

/** With the microseconds that a Date cannot hold, as they are part of the hash. */
const exactTime = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp with time zone',
})

/** The audit trail, written by the database alone; docs/record.md says what each column means. */
export const auditLog = pgTable('audit_log', {
  /** 1, 2, 3 and on, without a hole. */
  seq: bigint('seq', { mode: 'number' }).primaryKey(),
  at: exactTime('at').notNull(),
  byId: text('by_id').notNull(),
  byName: text('by_name').notNull(),
  byRole: text('by_role').notNull(),
  /** The database role that was signed in. */
  login: text('login').notNull(),
  kind: text('kind').notNull(),
  tableName: text('table_name'),
  rowId: text('row_id'),
  deviceId: uuid('device_id'),
  trialId: uuid('trial_id'),
  old: jsonb('old'),
  new: jsonb('new'),
  reason: text('reason'),
  previous: text('previous').notNull(),
  hash: text('hash').notNull(),
})

/** The newest entry, kept beside the chain. */
export const auditHead = pgTable('audit_head', {
  only: boolean('only').primaryKey(),
  seq: bigint('seq', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
})
