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
import { custodyBeginnings, handOverAnswers, maxPlace } from '@/lib/domain/device/custody'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasWords, number, oneOf } from './rule-sql'
import { devices, serialId, time } from './schema'

/** One person offers a device to another; it is pending until it is answered, once. */
export const handOvers = pgTable(
  'hand_overs',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    /** Who had it; null where nobody did. */
    fromId: text('from_id'),
    toId: text('to_id').notNull(),
    toName: text('to_name').notNull(),
    /** Where it will be. */
    place: text('place').notNull(),
    note: text('note').notNull(),
    offeredAt: time('offered_at').notNull(),
    offeredById: text('offered_by_id').notNull(),
    offeredByName: text('offered_by_name').notNull(),
    answer: text('answer', { enum: handOverAnswers }),
    answeredAt: time('answered_at'),
    answeredById: text('answered_by_id'),
    answeredByName: text('answered_by_name'),
    /** Why it was refused or withdrawn. */
    answerReason: text('answer_reason'),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_pending_hand_over_per_device').on(t.deviceId).where(sql`${t.answer} is null`),
    index('hand_overs_by_device').on(t.deviceId, t.id.desc().nullsFirst()),
    index('hand_overs_to').on(t.toId).where(sql`${t.answer} is null`),
    check(
      'an_answer_is_one_of_three',
      sql`${t.answer} is null or ${oneOf(t.answer, handOverAnswers)}`,
    ),
    check(
      'an_answer_has_its_person_and_time',
      sql`num_nulls(${t.answer}, ${t.answeredAt}, ${t.answeredById}, ${t.answeredByName}) in (0, 4)`,
    ),
    check(
      'a_no_says_why',
      sql`(${t.answerReason} is not null) = (${t.answer} in ('refused', 'withdrawn'))`,
    ),
    check('a_hand_over_names_a_place', hasWords(t.place, 1)),
    check('a_place_is_short', sql`length(${t.place}) <= ${number(maxPlace)}`),
  ],
)

/** Who has a device, from when to when, and where. A device that nobody has is where its page says. */
export const custodies = pgTable(
  'custodies',
  {
    id: serialId(),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    holderId: text('holder_id').notNull(),
    holderName: text('holder_name').notNull(),
    place: text('place').notNull(),
    since: time('since').notNull(),
    began: text('began', { enum: custodyBeginnings }).notNull(),
    /** The accepted hand-over. */
    handOverId: bigint('hand_over_id', { mode: 'number' })
      .unique()
      .references(() => handOvers.id),
    /** Why a lead took it over. */
    reason: text('reason'),
    endedAt: time('ended_at'),
    endedById: text('ended_by_id'),
    endedByName: text('ended_by_name'),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_open_custody_per_device').on(t.deviceId).where(sql`${t.endedAt} is null`),
    index('custodies_by_device').on(t.deviceId, t.id.desc().nullsFirst()),
    index('custodies_by_holder').on(t.holderId).where(sql`${t.endedAt} is null`),
    check('a_custody_begins_in_one_of_three_ways', oneOf(t.began, custodyBeginnings)),
    check(
      'an_accepted_custody_has_its_hand_over',
      sql`(${t.began} = 'accepted') = (${t.handOverId} is not null)`,
    ),
    check(
      'who_takes_over_says_why',
      sql`(${t.began} = 'takenOver') = (${t.reason} is not null) and (${t.reason} is null or ${hasWords(t.reason, minNoteLength)})`,
    ),
    check(
      'an_end_has_its_person',
      sql`num_nulls(${t.endedAt}, ${t.endedById}, ${t.endedByName}) in (0, 3)`,
    ),
    check('a_custody_ends_after_it_began', sql`${t.endedAt} >= ${t.since}`),
    check('a_custody_has_a_place', hasWords(t.place, 1)),
  ],
)
