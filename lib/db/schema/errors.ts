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
import { minNoteLength } from '@/lib/domain/text/reason'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { number } from './rule-sql'
import { commands, rawEvents, serialId, time } from './schema'

/**
 * One error of one answer, at any level of its chains; each once per command. The database copies the
 * device and trial from the command.
 */
export const errorSightings = pgTable(
  'error_sightings',
  {
    id: serialId(),
    domain: text('domain').notNull(),
    code: bigint('code', { mode: 'number' }).notNull(),
    /** The error text, in English if the reply has it. */
    text: text('text'),
    /** In the ErrorChain of the reply, or in one of its UpdateResults. */
    place: text('place', { enum: ['reply', 'result'] }).notNull(),
    commandUuid: uuid('command_uuid')
      .notNull()
      .references(() => commands.commandUuid),
    rawEventId: bigint('raw_event_id', { mode: 'number' }).references(() => rawEvents.id),
    /** The trial whose update command it answered; null for a query. */
    trialId: uuid('trial_id'),
    deviceId: uuid('device_id').notNull(),
    requestType: text('request_type').$type<RequestType>().notNull(),
    at: time('at').notNull(),
    simulated: boolean('simulated').notNull().default(false),
  },
  (table) => [
    check(
      'an_error_stands_in_a_reply_or_in_its_results',
      sql`${table.place} in ('reply', 'result')`,
    ),
    uniqueIndex('one_sighting_per_error_of_a_command').on(
      table.commandUuid,
      table.domain,
      table.code,
    ),
    index('error_sightings_by_error').on(table.simulated, table.domain, table.code, table.id),
    index('error_sightings_by_trial')
      .on(table.trialId, table.id)
      .where(sql`${table.trialId} is not null`),
  ],
)

/** Notes of the lab about an error, for both environments. */
export const errorNotes = pgTable(
  'error_notes',
  {
    id: serialId(),
    domain: text('domain').notNull(),
    code: bigint('code', { mode: 'number' }).notNull(),
    text: text('text').notNull(),
    /** The number of a report to Apple, or FB and a number. */
    radar: text('radar'),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
  },
  (table) => [
    check(
      'a_note_says_something',
      sql`length(trim(${table.text})) between ${number(minNoteLength)} and 2000`,
    ),
    check('a_radar_is_a_number_or_a_feedback', sql`${table.radar} ~ '^(FB)?[0-9]{6,12}$'`),
    index('error_notes_by_error').on(table.domain, table.code, table.id),
  ],
)
