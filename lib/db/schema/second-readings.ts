import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { outcomes } from '@/lib/domain/outcome/outcome'
import { unblindings } from '@/lib/domain/review/second-reading'
import { minReasonLength } from '@/lib/domain/text/reason'
import { hasWords, oneOf } from './rule-sql'
import { outcomeDecisions, serialId, time, trials } from './schema'

/**
 * Append-only: the outcome of a trial as a second person read it from the record. What the reader is compared with and whether
 * they were blinded is written by lib/db/sql/guards/guard_second_reading.sql, which also says who may read.
 */
export const secondReadings = pgTable(
  'second_readings',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    /** The decision that it is compared with: the one in force when it was read. */
    decisionId: bigint('decision_id', { mode: 'number' })
      .notNull()
      .references(() => outcomeDecisions.id),
    outcome: text('outcome', { enum: outcomes }).notNull(),
    reason: text('reason').notNull(),
    agrees: boolean('agrees').notNull().default(false),
    /** Null for a blinded reader. */
    unblindedBy: text('unblinded_by', { enum: unblindings }),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_second_reading_per_trial').on(t.trialId),
    index('second_readings_by_environment').on(t.simulated, t.trialId),
    index('second_readings_by_decision').on(t.decisionId),
    check('a_reading_is_an_outcome', oneOf(t.outcome, outcomes)),
    check('a_reading_has_a_reason', hasWords(t.reason, minReasonLength)),
    check(
      'a_reader_is_unblinded_in_a_known_way',
      sql`${t.unblindedBy} is null or ${oneOf(t.unblindedBy, unblindings)}`,
    ),
    check(
      'engineers_and_leads_read',
      sql`${t.byRole} = 'lead' or (${t.byRole} = 'engineer' and ${t.unblindedBy} is null)`,
    ),
  ],
)

/** Append-only: who opened what is proposed and decided about a trial before its second reading. */
export const outcomeOpenings = pgTable(
  'outcome_openings',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [uniqueIndex('one_opening_per_trial_and_person').on(t.trialId, t.byId)],
)
