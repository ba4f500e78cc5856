import { sql } from 'drizzle-orm'
import { bigint, boolean, check, customType, index, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { jsonb, serialId } from './schema'

// Functions and triggers of these tables: lib/db/sql (audit_*) and lib/db/audit/set-up-trail.ts.

/** A time with microseconds, which a Date cannot hold and which are part of the hash. */
const exactTime = customType<{ data: string; driverData: string }>({
  dataType: () => 'timestamp with time zone',
})

/** The audit trail, written only by the database; docs/record.md describes its columns. */
export const auditLog = pgTable(
  'audit_log',
  {
    /** 1, 2, 3 and so on, without gaps. */
    seq: bigint('seq', { mode: 'number' }).primaryKey(),
    at: exactTime('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    /** The database role of the login. */
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
  },
  (t) => [
    index('audit_log_by_row').on(t.tableName, t.rowId, t.seq),
    index('audit_log_by_person').on(t.byId, t.seq),
    index('audit_log_by_kind').on(t.kind, t.seq),
    index('audit_log_by_device').on(t.deviceId, t.seq).where(sql`${t.deviceId} is not null`),
    index('audit_log_by_trial').on(t.trialId, t.seq).where(sql`${t.trialId} is not null`),
  ],
)

/** The newest entry, stored beside the chain. */
export const auditHead = pgTable(
  'audit_head',
  {
    only: boolean('only').primaryKey().default(true),
    seq: bigint('seq', { mode: 'number' }).notNull(),
    hash: text('hash').notNull(),
  },
  (t) => [check('there_is_one_head', sql`${t.only}`)],
)

/** Entries that are added to the chain when their transaction commits; empty otherwise. */
export const auditQueue = pgTable('audit_queue', {
  id: serialId(),
  kind: text('kind').notNull(),
  tableName: text('table_name'),
  rowId: text('row_id'),
  deviceId: uuid('device_id'),
  trialId: uuid('trial_id'),
  data: jsonb('data'),
  reason: text('reason'),
})

/** What lib/db/audit/set-up-trail.ts has set up, so that it does so again only if something differs. */
export const auditSetUp = pgTable('audit_set_up', {
  tableName: text('table_name').primaryKey(),
  columns: text('columns').array().notNull(),
  fingerprint: text('fingerprint').notNull(),
})
