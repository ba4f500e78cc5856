import { sql } from 'drizzle-orm'
import {
  boolean,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { deliveryStates } from '@/lib/domain/notice/delivery'
import { type NoticeTopic, type Topic, testTopic, topics } from '@/lib/domain/notice/topics'
import { hasWords, isSealed, oneOf, textArray } from './rule-sql'
import { id, jsonb, serialId, time, users } from './schema'

/** The receivers of signed webhooks. Off until an admin switches one on. */
export const noticeTargets = pgTable(
  'notice_targets',
  {
    id: id(),
    name: text('name').notNull(),
    url: text('url').notNull(),
    topics: text('topics').array().$type<Topic[]>().notNull(),
    /** Whether it also receives what happens in the simulated environment. */
    withSimulated: boolean('with_simulated').notNull().default(false),
    isOn: boolean('is_on').notNull().default(false),
    /** Why the program switched it off. */
    offReason: text('off_reason'),
    secret: text('secret').notNull(),
    /** The previous secret, which signs beside the new one for a while. */
    oldSecret: text('old_secret'),
    oldSecretUntil: time('old_secret_until'),
    createdAt: time('created_at').notNull(),
  },
  (t) => [
    check('a_target_has_a_name', hasWords(t.name, 1)),
    check('a_target_has_known_topics', sql`${t.topics} <@ ${textArray(topics)}`),
    check('a_target_that_is_on_was_not_switched_off', sql`not ${t.isOn} or ${t.offReason} is null`),
    check('a_secret_is_sealed', isSealed(t.secret)),
    check('an_old_secret_is_sealed', isSealed(t.oldSecret)),
    check(
      'an_old_secret_has_an_end',
      sql`(${t.oldSecret} is null) = (${t.oldSecretUntil} is null)`,
    ),
  ],
)

/** Events that somebody wants to be notified of, written in the transaction of the event. Never changed. */
export const notices = pgTable(
  'notices',
  {
    id: id(),
    topic: text('topic').$type<NoticeTopic>().notNull(),
    simulated: boolean('simulated').notNull(),
    /** IDs of what it is about; lib/domain/notice/topics. */
    about: jsonb('about').$type<Record<string, unknown>>().notNull(),
    at: time('at').notNull(),
  },
  (t) => [check('a_notice_has_a_known_topic', oneOf(t.topic, [...topics, testTopic]))],
)

/** The topics of which a person wants mail; without a row none. */
export const mailChoices = pgTable(
  'mail_choices',
  {
    personId: text('person_id')
      .primaryKey()
      .references(() => users.id),
    topics: text('topics').array().$type<Topic[]>().notNull(),
    /** Whether also of what happens in the simulated environment. */
    withSimulated: boolean('with_simulated').notNull(),
  },
  (t) => [check('a_choice_has_known_topics', sql`${t.topics} <@ ${textArray(topics)}`)],
)

/** The outbox: one notice to one receiver, or by mail to one person. */
export const noticeDeliveries = pgTable(
  'notice_deliveries',
  {
    id: serialId(),
    noticeId: uuid('notice_id')
      .notNull()
      .references(() => notices.id, { onDelete: 'cascade' }),
    targetId: uuid('target_id').references(() => noticeTargets.id),
    personId: text('person_id').references(() => users.id),
    state: text('state', { enum: deliveryStates }).notNull().default('waiting'),
    /** How many tries have begun. */
    tries: integer('tries').notNull().default(0),
    /** When it is tried next. */
    dueAt: time('due_at').notNull(),
    /** Until then a worker is trying it; afterwards that worker counts as dead. */
    claimedUntil: time('claimed_until'),
    lastAt: time('last_at'),
    lastStatus: integer('last_status'),
    lastReason: text('last_reason'),
    endedAt: time('ended_at'),
  },
  (t) => [
    uniqueIndex('one_delivery_of_a_notice_to_a_target').on(t.noticeId, t.targetId),
    uniqueIndex('one_mail_of_a_notice_to_a_person').on(t.noticeId, t.personId),
    check('a_delivery_has_one_receiver', sql`(${t.targetId} is null) <> (${t.personId} is null)`),
    index('mail_deliveries_due')
      .on(t.dueAt)
      .where(sql`${t.state} = 'waiting' and ${t.personId} is not null`),
    index('notice_deliveries_due').on(t.targetId, t.dueAt).where(sql`${t.state} = 'waiting'`),
    index('notice_deliveries_by_state').on(t.state, t.id.desc().nullsFirst()),
    index('notice_deliveries_ended').on(t.endedAt).where(sql`${t.endedAt} is not null`),
    check('a_delivery_has_a_known_state', oneOf(t.state, deliveryStates)),
    check('a_delivery_has_ended_or_waits', sql`(${t.state} = 'waiting') = (${t.endedAt} is null)`),
  ],
)
