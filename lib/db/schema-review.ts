import { bigint, boolean, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core'
import { type ReviewEventKind, reviewStates } from '../domain/review'
import { trials } from './schema'
import { signatures } from './schema-signatures'

// The checks, indexes and triggers of these tables stand in drizzle/0016_review.sql.

const time = (name: string) => timestamp(name, { withTimezone: true, mode: 'date' })

/** Append-only: the record of a review. An answer and a closing point at their query. */
export const reviewEvents = pgTable('review_events', {
  id: bigint('id', { mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
  trialId: uuid('trial_id')
    .notNull()
    .references(() => trials.id),
  kind: text('kind').$type<ReviewEventKind>().notNull(),
  /** Of a query: the path of the field it is about, as lib/domain/review-field reads it. */
  field: text('field'),
  queryId: bigint('query_id', { mode: 'number' }),
  text: text('text').notNull().default(''),
  /** Of an approval, a lock and an unlocking; the event and its signature are of one moment. */
  signatureId: bigint('signature_id', { mode: 'number' }).references(() => signatures.id),
  at: time('at').notNull(),
  byId: text('by_id').notNull(),
  byName: text('by_name').notNull(),
  byRole: text('by_role').notNull(),
  simulated: boolean('simulated').notNull().default(false),
})

/** The fold over `review_events`, written by a trigger on them and by nothing else. No row: nothing has happened. */
export const trialReviews = pgTable('trial_reviews', {
  trialId: uuid('trial_id')
    .primaryKey()
    .references(() => trials.id),
  state: text('state', { enum: reviewStates }).notNull(),
  queries: integer('queries').notNull(),
  openQueries: integer('open_queries').notNull(),
  approvedBy: text('approved_by'),
  approvedAt: time('approved_at'),
  lockedBy: text('locked_by'),
  lockedAt: time('locked_at'),
})
