import { sql } from 'drizzle-orm'
import {
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
import { platforms } from '@/lib/domain/device/device'
import {
  type RadarContent,
  radarEventKinds,
  radarNumberPattern,
  radarStates,
  verdictKinds,
} from '@/lib/domain/radar/radar'
import { minNoteLength } from '@/lib/domain/text/reason'
import { slotMechanisms } from '@/lib/domain/trial/mechanism'
import { hasForm, hasWords, noneOf, oneOf } from './rule-sql'
import { contradictions, id, jsonb, serialId, time, trials } from './schema'

/**
 * A bug report to Apple. What it is about never changes. The columns below `simulated` are the fold over
 * `radar_events`, written only by their trigger.
 */
export const radars = pgTable(
  'radars',
  {
    id: id(),
    /** The number in R-12. */
    number: integer('number').notNull().unique().generatedAlwaysAsIdentity(),
    /** What it was written from; null for a report without a trial, such as a wish. */
    trialId: uuid('trial_id').references(() => trials.id),
    contradictionId: bigint('contradiction_id', { mode: 'number' }).references(
      () => contradictions.id,
    ),
    platform: text('platform', { enum: platforms }).notNull(),
    /** The version that a trial with the bug starts from; null if the report is about no version. */
    startVersion: text('start_version'),
    createdAt: time('created_at').notNull(),
    /** Copied by the database from the trial or the contradiction. */
    simulated: boolean('simulated').notNull(),
    state: text('state', { enum: radarStates }).notNull().default('drafted'),
    content: jsonb('content').$type<RadarContent>(),
    title: text('title').notNull().default(''),
    filedNumber: text('filed_number'),
    duplicateOf: text('duplicate_of'),
    claimedFix: text('claimed_fix'),
    /** What a trial that proves the fix intervenes by; null for either. */
    fixMechanism: text('fix_mechanism', { enum: slotMechanisms }),
    changedAt: time('changed_at'),
  },
  (t) => [
    uniqueIndex('one_radar_per_number').on(t.simulated, t.filedNumber),
    index('radars_by_environment').on(t.simulated, t.number.desc().nullsFirst()),
    index('radars_by_trial').on(t.trialId).where(sql`${t.trialId} is not null`),
    check('a_radar_has_a_state', oneOf(t.state, radarStates)),
    check('a_draft_has_no_number', sql`(${t.state} = 'drafted') = (${t.filedNumber} is null)`),
    check(
      'a_fix_is_claimed_before_it_is_verified',
      sql`${t.state} not in ('claimedFixed', 'verifiedFixed', 'stillPresent') or ${t.claimedFix} is not null`,
    ),
  ],
)

/** Append-only: the life of a radar. lib/db/sql/guards/guard_radar.sql checks each event. */
export const radarEvents = pgTable(
  'radar_events',
  {
    id: serialId(),
    radarId: uuid('radar_id')
      .notNull()
      .references(() => radars.id),
    kind: text('kind', { enum: radarEventKinds }).notNull(),
    /** What Apple said, or what the lab saw. */
    reason: text('reason').notNull().default(''),
    /** Of a draft and of an edit. */
    content: jsonb('content').$type<RadarContent>(),
    /** The number that Apple gave it, or of the report that it duplicates. */
    reportNumber: text('report_number'),
    /** The version in which it is claimed to be fixed. */
    version: text('version'),
    /** Of a claimed fix: what a trial that proves it intervenes by; null for either. */
    mechanism: text('mechanism', { enum: slotMechanisms }),
    /** The trials that support it; the database looks at each when it is written. */
    trialIds: uuid('trial_ids').array().notNull().default(sql`'{}'::uuid[]`),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role').notNull(),
  },
  (t) => [
    index('radar_events_by_radar').on(t.radarId, t.id),
    index('radar_events_by_trial').using('gin', t.trialIds),
    check('a_radar_event_is_of_a_kind', oneOf(t.kind, radarEventKinds)),
    check(
      'a_text_is_written_or_edited',
      sql`(${t.kind} in ('drafted', 'edited')) = (${t.content} is not null)`,
    ),
    check(
      'a_report_has_its_number',
      sql`(${t.kind} in ('filed', 'duplicate')) = (${t.reportNumber} is not null)`,
    ),
    check('a_report_number_is_one', hasForm(t.reportNumber, radarNumberPattern)),
    check(
      'a_claim_names_its_version',
      sql`(${t.kind} = 'claimedFixed') = (${t.version} is not null)`,
    ),
    check(
      'only_a_claim_names_its_mechanism',
      sql`${t.mechanism} is null or (${t.kind} = 'claimedFixed' and ${oneOf(t.mechanism, slotMechanisms)})`,
    ),
    check(
      'a_change_of_a_radar_has_words',
      sql`${t.kind} in ('drafted', 'edited') or ${hasWords(t.reason, minNoteLength)}`,
    ),
    check(
      'a_verdict_names_its_trials',
      sql`${noneOf(t.kind, verdictKinds)} or cardinality(${t.trialIds}) > 0`,
    ),
  ],
)
