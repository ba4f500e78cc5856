import { sql } from 'drizzle-orm'
import {
  type AnyPgColumn,
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
import {
  type ReviewEventKind,
  reviewEventKinds,
  reviewStates,
  signedReviewKinds,
} from '@/lib/domain/review/review'
import { minNoteLength, minReasonLength } from '@/lib/domain/text/reason'
import { hasWords, noneOf, oneOf } from './rule-sql'
import { serialId, signatures, time, trials } from './schema'

/** Append-only: the record of a review. An answer and the closing of a query point at that query. */
export const reviewEvents = pgTable(
  'review_events',
  {
    id: serialId(),
    trialId: uuid('trial_id')
      .notNull()
      .references(() => trials.id),
    kind: text('kind').$type<ReviewEventKind>().notNull(),
    /** For a query: the path of the field it is about, as lib/domain/review/review-field reads it. */
    field: text('field'),
    queryId: bigint('query_id', { mode: 'number' }).references((): AnyPgColumn => reviewEvents.id),
    text: text('text').notNull().default(''),
    /** For an approval, a lock and an unlock; the event and its signature have the same time. */
    signatureId: bigint('signature_id', { mode: 'number' }).references(() => signatures.id),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    index('review_events_by_trial').on(t.trialId, t.id),
    index('review_events_by_query').on(t.queryId, t.id).where(sql`${t.queryId} is not null`),
    uniqueIndex('one_review_event_per_signature').on(t.signatureId),
    uniqueIndex('a_query_is_closed_once').on(t.queryId).where(sql`${t.kind} = 'queryClosed'`),
    check('a_review_event_is_of_a_kind', oneOf(t.kind, reviewEventKinds)),
    check('a_query_names_its_field', sql`(${t.kind} = 'queried') = (${t.field} is not null)`),
    check('a_field_has_a_path', sql`${t.field} ~ '^[a-zA-Z]{1,40}(\\.[a-zA-Z0-9]{1,40})?$'`),
    check(
      'an_answer_belongs_to_a_query',
      sql`(${t.kind} in ('answered', 'queryClosed')) = (${t.queryId} is not null)`,
    ),
    check(
      'a_query_and_its_answers_have_words',
      sql`${t.kind} not in ('queried', 'answered') or ${hasWords(t.text, minNoteLength)}`,
    ),
    check(
      'an_unlocking_has_a_reason',
      sql`${t.kind} <> 'unlocked' or ${hasWords(t.text, minReasonLength)}`,
    ),
    check(
      'a_review_is_signed',
      sql`(${oneOf(t.kind, signedReviewKinds)}) = (${t.signatureId} is not null)`,
    ),
    check(
      'leads_approve_lock_and_unlock',
      sql`${noneOf(t.kind, signedReviewKinds)} or ${t.byRole} = 'lead'`,
    ),
  ],
)

/** The fold over `review_events`, written only by their trigger. Without a row nothing has happened. */
export const trialReviews = pgTable(
  'trial_reviews',
  {
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
  },
  (t) => [
    index('trial_reviews_by_state').on(t.state, t.trialId),
    check('a_review_has_a_state', oneOf(t.state, reviewStates)),
    check(
      'a_lock_follows_an_approval',
      sql`(${t.state} = 'inReview') = (${t.approvedAt} is null) and (${t.state} = 'locked') = (${t.lockedAt} is not null)`,
    ),
    check('no_approval_over_an_open_query', sql`${t.state} = 'inReview' or ${t.openQueries} = 0`),
  ],
)
