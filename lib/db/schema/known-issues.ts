import { sql } from 'drizzle-orm'
import { check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { families } from '@/lib/domain/device/device'
import { radarNumberPattern } from '@/lib/domain/radar/radar'
import type { ReadingField } from '@/lib/domain/reading/reading'
import { issueChangeKinds, issueFields } from '@/lib/domain/rules/known-issues'
import { issueEffects } from '@/lib/domain/rules/rule'
import { minNoteLength } from '@/lib/domain/text/reason'
import { hasForm, hasWords, oneOf } from './rule-sql'
import { time, trials } from './schema'

/**
 * Append-only: what leads have recorded about versions with faults. Each row is a new version of the rule set, so the
 * issues in force at any revision can be folded again. lib/db/sql/guards/guard_known_issue.sql numbers and checks them.
 */
export const knownIssueChanges = pgTable(
  'known_issue_changes',
  {
    /** 1, 2, 3 …; the "+3" of a rule-set version. */
    revision: integer('revision').primaryKey().default(0),
    /** The number in K-3. */
    issue: integer('issue').notNull().default(0),
    kind: text('kind', { enum: issueChangeKinds }).notNull(),
    /** Why it was changed or ended. */
    reason: text('reason').notNull().default(''),
    effect: text('effect', { enum: issueEffects }),
    field: text('field').$type<ReadingField>(),
    family: text('family', { enum: families }),
    fromVersion: text('from_version'),
    toVersion: text('to_version'),
    builds: text('builds').array().notNull().default(sql`'{}'::text[]`),
    fault: text('fault'),
    radar: text('radar'),
    url: text('url'),
    trialId: uuid('trial_id').references(() => trials.id),
    at: time('at').notNull(),
    byId: text('by_id').notNull(),
    byName: text('by_name').notNull(),
    byRole: text('by_role', { enum: ['lead'] }).notNull(),
  },
  (t) => [
    index('known_issue_changes_by_issue').on(t.issue, t.revision.desc().nullsFirst()),
    check('a_change_of_an_issue_is_of_a_kind', oneOf(t.kind, issueChangeKinds)),
    check('an_issue_is_recorded_by_a_lead', sql`${t.byRole} = 'lead'`),
    check(
      'an_issue_in_force_has_content',
      sql`(${t.kind} = 'ended') = (${t.effect} is null) and (${t.effect} is null) = (${t.family} is null)
  and (${t.effect} is null) = (${t.fromVersion} is null) and (${t.effect} is null) = (${t.fault} is null)`,
    ),
    check('an_issue_blocks_or_makes_unknown', oneOf(t.effect, issueEffects)),
    check(
      'an_issue_that_makes_unknown_names_its_reading',
      sql`(${t.effect} = 'unknown') is true = (${t.field} is not null)`,
    ),
    check('an_issue_is_about_no_reading_of_the_os', oneOf(t.field, issueFields)),
    check('an_issue_is_of_a_family', oneOf(t.family, families)),
    check(
      'an_issue_says_what_is_wrong',
      sql`${t.fault} is null or ${hasWords(t.fault, minNoteLength)}`,
    ),
    check(
      'an_issue_has_evidence',
      sql`${t.kind} = 'ended' or coalesce(${t.radar}, ${t.url}, ${t.trialId}::text) is not null`,
    ),
    check('a_radar_of_an_issue_is_one', hasForm(t.radar, radarNumberPattern)),
    check('a_source_of_an_issue_is_of_the_web', sql`${t.url} ~ '^https?://'`),
    check(
      'a_change_of_an_issue_has_a_reason',
      sql`${t.kind} = 'added' or ${hasWords(t.reason, minNoteLength)}`,
    ),
  ],
)
