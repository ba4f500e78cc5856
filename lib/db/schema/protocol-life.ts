import { sql } from 'drizzle-orm'
import { check, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core'
import { minReasonLength } from '@/lib/domain/text/reason'
import { versionEventKinds } from '@/lib/domain/trial/protocol-life'
import { hasWords, oneOf } from './rule-sql'
import { protocolVersions, serialId, time } from './schema'

/** Append-only: the life of a version of a protocol. lib/db/sql/guards/guard_protocol_life.sql says who may write what. */
export const protocolVersionEvents = pgTable(
  'protocol_version_events',
  {
    id: serialId(),
    versionId: uuid('version_id')
      .notNull()
      .references(() => protocolVersions.id),
    kind: text('kind', { enum: versionEventKinds }).notNull(),
    /** The note of a review, the reason of a retirement. */
    reason: text('reason').notNull().default(''),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role', { enum: ['lead', 'system'] }).notNull(),
  },
  (t) => [
    uniqueIndex('one_event_of_a_kind_per_version').on(t.versionId, t.kind),
    check('a_version_event_is_a_known_one', oneOf(t.kind, versionEventKinds)),
    check(
      'a_version_is_reviewed_and_retired_by_a_lead',
      sql`${t.byRole} = case ${t.kind} when 'usedBefore' then 'system' else 'lead' end`,
    ),
    check(
      'a_version_is_retired_with_a_reason',
      sql`${t.kind} <> 'retired' or ${hasWords(t.reason, minReasonLength)}`,
    ),
  ],
)
