import { sql } from 'drizzle-orm'
import {
  bigint,
  check,
  index,
  integer,
  pgTable,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core'
import { minReasonLength } from '@/lib/domain/text/reason'
import {
  attachSteps,
  declarationSteps,
  maxStepBody,
  mayHaveHappened,
  pairAttachSteps,
  pairRemovalSteps,
  readSteps,
  removalCauses,
  removalSteps,
  stepOutcomes,
} from '@/lib/domain/trial/declaration-step'
import { hasWords, number, oneOf, textArray } from './rule-sql'
import { commands, serialId, signatures, time } from './schema'

/** Append-only: each request about a declaration, with its answer. lib/db/sql/guards/guard_declaration_step.sql */
export const declarationStepRows = pgTable(
  'declaration_steps',
  {
    id: serialId(),
    commandUuid: uuid('command_uuid')
      .notNull()
      .references(() => commands.commandUuid),
    /** The signature of the release that it belongs to: a slot that provably never left can be released again. */
    releaseId: bigint('release_id', { mode: 'number' })
      .notNull()
      .references(() => signatures.id),
    /** Its place in the order of requests, from 1; 0 for a reading. */
    ordinal: integer('ordinal').notNull(),
    step: text('step', { enum: declarationSteps }).notNull(),
    outcome: text('outcome', { enum: stepOutcomes }).notNull(),
    at: time('at').notNull(),
    httpStatus: integer('http_status'),
    /** The answer as received, cut at 4,096 characters. */
    body: text('body'),
    reason: text('reason').notNull(),
  },
  (t) => [
    // Announced once for each release; done, or perhaps done, once in all.
    uniqueIndex('one_attach_is_announced_per_release')
      .on(t.commandUuid, t.releaseId)
      .where(sql`${t.step} = 'attachSet' and ${t.outcome} = 'leaving'`),
    uniqueIndex('one_attach_per_command')
      .on(t.commandUuid)
      .where(sql`${t.step} = 'attachSet' and ${oneOf(t.outcome, mayHaveHappened)}`),
    index('declaration_steps_by_command').on(t.commandUuid, t.id),
    check('a_step_is_a_known_one', oneOf(t.step, declarationSteps)),
    check(
      'a_step_has_its_place',
      // In a set with a status subscription, or in one without.
      sql`${t.ordinal} = coalesce(array_position(${textArray(attachSteps)}, ${t.step}), array_position(${textArray(removalSteps)}, ${t.step}), 0)
        or ${t.ordinal} = coalesce(array_position(${textArray(pairAttachSteps)}, ${t.step}), array_position(${textArray(pairRemovalSteps)}, ${t.step}), -1)`,
    ),
    check('only_attaching_is_announced', sql`${t.outcome} <> 'leaving' or ${t.step} = 'attachSet'`),
    check(
      'only_a_reading_tells_what_is_attached',
      sql`(${t.outcome} in ('attached', 'notAttached', 'unknown')) = ${oneOf(t.step, readSteps)}`,
    ),
    check('an_outcome_is_a_known_one', oneOf(t.outcome, stepOutcomes)),
    check('an_answer_is_bounded', sql`length(${t.body}) <= ${number(maxStepBody)}`),
  ],
)

/**
 * A declaration that is taken back: by a person, or because its trial has ended. The worker carries it out in the steps
 * above; each time is written once. lib/db/sql/guards/guard_declaration_removal.sql
 */
export const declarationRemovals = pgTable(
  'declaration_removals',
  {
    commandUuid: uuid('command_uuid')
      .primaryKey()
      .references(() => commands.commandUuid),
    requestedAt: time('requested_at').notNull(),
    cause: text('cause', { enum: removalCauses }).notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    reason: text('reason').notNull(),
    /** Of the person; the end of a trial needs none. */
    signatureId: bigint('signature_id', { mode: 'number' }).references(() => signatures.id),
    /** The server has detached the set, as it said. The device may not know it yet. */
    detachedAt: time('detached_at'),
    /** Everything is removed from the server, and nothing of it can arrive any more. */
    finishedAt: time('finished_at'),
    /** The device has asked for its declarations since, or has reported without it. */
    seenGoneAt: time('seen_gone_at'),
    seenGoneHow: text('seen_gone_how'),
  },
  (t) => [
    index('declaration_removals_to_finish').on(t.requestedAt).where(sql`${t.finishedAt} is null`),
    check('a_removal_has_a_known_cause', oneOf(t.cause, removalCauses)),
    check('a_removal_has_a_reason', hasWords(t.reason, minReasonLength)),
    check(
      'a_person_signs_a_removal',
      sql`(${t.cause} = 'person') = (${t.signatureId} is not null)`,
    ),
    check(
      'a_removal_is_seen_after_it_was_made',
      sql`(${t.seenGoneAt} is null) = (${t.seenGoneHow} is null) and (${t.seenGoneAt} is null or ${t.seenGoneAt} > ${t.detachedAt}) and (${t.finishedAt} is null or ${t.detachedAt} is not null)`,
    ),
  ],
)
