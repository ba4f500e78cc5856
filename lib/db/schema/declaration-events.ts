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
import {
  declarationEventKinds,
  declarationKinds,
  type StatusClaims,
} from '@/lib/domain/declaration/status-claims'
import { inList, oneOf } from './rule-sql'
import { commands, devices, jsonb, rawEvents, serialId, time, trials } from './schema'

/**
 * Append-only: a check-in of declarative management of a known device, once for each event. What a device asked for and
 * what it claims; whether it got what it asked for is in no event.
 */
export const declarationEvents = pgTable(
  'declaration_events',
  {
    id: serialId(),
    rawEventId: bigint('raw_event_id', { mode: 'number' })
      .notNull()
      .references(() => rawEvents.id),
    deviceId: uuid('device_id')
      .notNull()
      .references(() => devices.id),
    /** The trial of the command whose declaration it is about, otherwise the one that was live; null where there was none. */
    trialId: uuid('trial_id').references(() => trials.id),
    /** The command of this lab that made the declaration it is about. */
    commandUuid: uuid('command_uuid').references(() => commands.commandUuid),
    kind: text('kind', { enum: declarationEventKinds }).notNull(),
    /** Of the declaration that was asked for. */
    identifier: text('identifier'),
    /** By the MDM server's clock. */
    at: time('at').notNull(),
    /** Of a status report that could be read. */
    claims: jsonb('claims').$type<StatusClaims>(),
    /** Why a message or report could not be read, or counts for nothing. */
    problem: text('problem'),
    createdAt: time('created_at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (t) => [
    uniqueIndex('one_declaration_event_per_raw_event').on(t.rawEventId),
    index('declaration_events_by_device').on(
      t.deviceId,
      t.at.desc().nullsFirst(),
      t.id.desc().nullsFirst(),
    ),
    index('declaration_events_by_trial').on(t.trialId, t.at, t.id),
    index('declaration_events_by_command').on(t.commandUuid, t.at, t.id),
    check('a_declaration_event_is_of_a_known_kind', oneOf(t.kind, declarationEventKinds)),
    check(
      'what_is_asked_for_has_a_name',
      sql`(${t.identifier} is not null) = (${t.kind} in ${inList(declarationKinds)})`,
    ),
    check('only_a_status_report_claims', sql`${t.claims} is null or ${t.kind} = 'status'`),
    check(
      'what_was_not_read_says_why',
      sql`${t.problem} is not null or case ${t.kind} when 'status' then ${t.claims} is not null else ${t.kind} <> 'unread' end`,
    ),
  ],
)
