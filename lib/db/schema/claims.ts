import { sql } from 'drizzle-orm'
import { bigint, check, index, integer, pgTable, text, unique, uuid } from 'drizzle-orm/pg-core'
import { claimChecks, claimFindings, claimSources } from '@/lib/domain/claim/claim'
import { families } from '@/lib/domain/device/device'
import { documentedMessages } from '@/lib/domain/documentation/documentation'
import { minNoteLength, minReasonLength } from '@/lib/domain/text/reason'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'
import { hasWords, oneOf } from './rule-sql'
import { id, serialId, time, trials } from './schema'

/** A claim of Apple's documents or of the community about what devices do. What it says is in its versions. */
export const claims = pgTable('claims', {
  id: id(),
  /** The number in C-3. */
  number: integer('number').notNull().unique().generatedAlwaysAsIdentity(),
  createdAt: time('created_at').notNull(),
})

/** Append-only: a claim as it was written; a protocol names one version. lib/db/sql/guards/guard_claim.sql numbers them. */
export const claimVersions = pgTable(
  'claim_versions',
  {
    id: serialId(),
    claimId: uuid('claim_id')
      .notNull()
      .references(() => claims.id),
    version: integer('version').notNull().default(0),
    statement: text('statement').notNull(),
    source: text('source', { enum: claimSources }).notNull(),
    sourceName: text('source_name').notNull(),
    url: text('url').notNull(),
    family: text('family', { enum: families }).notNull(),
    fromVersion: text('from_version').notNull(),
    toVersion: text('to_version'),
    check: text('check', { enum: claimChecks }).notNull(),
    requestType: text('request_type', { enum: documentedMessages }),
    path: text('path'),
    howTo: text('how_to').notNull().default(''),
    /** What an update is by that it is about; null where it is about either. */
    mechanism: text('mechanism', { enum: slotMechanisms }),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
  },
  (t) => [
    unique('a_version_of_a_claim_is_written_once').on(t.claimId, t.version),
    check('a_claim_says_something', hasWords(t.statement, minNoteLength)),
    check('a_claim_has_a_source', oneOf(t.source, claimSources)),
    check('a_source_of_a_claim_is_of_the_web', sql`${t.url} ~ '^https?://'`),
    check('a_claim_is_of_a_family', oneOf(t.family, families)),
    check('a_claim_is_compared_in_one_way', oneOf(t.check, claimChecks)),
    check(
      'a_claim_is_about_a_known_mechanism',
      sql`${t.mechanism} is null or ${oneOf(t.mechanism, slotMechanisms)}`,
    ),
    check(
      'a_claim_about_replies_names_its_key',
      sql`(${t.check} = 'reply') = (${t.path} is not null) and (${t.path} is null) = (${t.requestType} is null)`,
    ),
  ],
)

/** Append-only: what a lead decided that a trial says about a claim. The newest that still stands counts: the view `claim_results`. */
export const claimDecisions = pgTable(
  'claim_decisions',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    claimVersionId: bigint('claim_version_id', { mode: 'number' })
      .notNull()
      .references(() => claimVersions.id),
    finding: text('finding', { enum: claimFindings }).notNull(),
    reason: text('reason').notNull(),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role', { enum: ['lead'] }).notNull(),
  },
  (t) => [
    index('claim_decisions_by_trial').on(t.trialId, t.claimVersionId, t.id),
    check('a_trial_supports_contradicts_or_did_not_observe', oneOf(t.finding, claimFindings)),
    check('a_claim_is_decided_with_a_reason', hasWords(t.reason, minReasonLength)),
    check('a_claim_is_decided_by_a_lead', sql`${t.byRole} = 'lead'`),
  ],
)
