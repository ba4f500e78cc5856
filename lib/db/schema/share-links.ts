import { sql } from 'drizzle-orm'
import { boolean, check, index, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core'
import { maxShareBytes, maxShareTitle, shareDays } from '@/lib/domain/report/share-link'
import { frozenReports } from './frozen-reports'
import { hasWords, number } from './rule-sql'
import { bytea, id, serialId, time, trials } from './schema'

/**
 * Links by which people without an account read a report, with what they show: reports without names, identifiers and
 * texts that were not chosen. The token is shown once and not stored. Append-only but for the revocation.
 */
export const shareLinks = pgTable(
  'share_links',
  {
    id: id(),
    /** The number in S-3. */
    number: integer('number').notNull().unique().generatedAlwaysAsIdentity(),
    /** For whom or what it is; not shown by the link. */
    title: text('title').notNull(),
    frozenReportId: uuid('frozen_report_id').references(() => frozenReports.id),
    trialId: uuid('trial_id').references(() => trials.id),
    simulated: boolean('simulated').notNull(),
    tokenSha256: text('token_sha256').notNull().unique(),
    /** JSON, as lib/core/record/share/share-content.ts defines it. */
    content: bytea('content').notNull(),
    contentSha256: text('content_sha256').notNull(),
    /** Texts of people in the reports: how many were chosen, of how many. */
    textsChosen: integer('texts_chosen').notNull(),
    textsInAll: integer('texts_in_all').notNull(),
    madeAt: time('made_at').notNull(),
    madeById: text('made_by_id').notNull(),
    madeByName: text('made_by_name').notNull(),
    expiresAt: time('expires_at').notNull(),
    revokedAt: time('revoked_at'),
    revokedById: text('revoked_by_id'),
    revokedByName: text('revoked_by_name'),
  },
  (t) => [
    index('share_links_by_trial').on(t.trialId).where(sql`${t.trialId} is not null`),
    index('share_links_by_frozen_report')
      .on(t.frozenReportId)
      .where(sql`${t.frozenReportId} is not null`),
    check(
      'a_share_link_is_of_one_record',
      sql`num_nonnulls(${t.frozenReportId}, ${t.trialId}) = 1`,
    ),
    check('a_share_link_has_a_title', hasWords(t.title, 1)),
    check(
      'the_title_of_a_share_link_is_short',
      sql`length(${t.title}) <= ${number(maxShareTitle)}`,
    ),
    check('a_share_link_is_kept_as_its_hash', sql`${t.tokenSha256} ~ '^[0-9a-f]{64}$'`),
    check(
      'a_share_link_has_the_hash_of_its_content',
      sql`${t.contentSha256} = encode(sha256(${t.content}), 'hex')`,
    ),
    check(
      'the_content_of_a_share_link_is_limited',
      sql`octet_length(${t.content}) between 1 and ${number(maxShareBytes)}`,
    ),
    check('chosen_texts_are_among_all', sql`${t.textsChosen} between 0 and ${t.textsInAll}`),
    check(
      'a_share_link_expires_in_time',
      sql`${t.expiresAt} > ${t.madeAt} and ${t.expiresAt} <= ${t.madeAt} + interval '${number(shareDays.max)} days'`,
    ),
    check(
      'a_revoked_share_link_has_a_person',
      sql`num_nulls(${t.revokedAt}, ${t.revokedById}, ${t.revokedByName}) in (0, 3)`,
    ),
  ],
)

/** Append-only: when a link was opened, and nothing about who did. The database refuses one of a link that is not open. */
export const shareOpenings = pgTable(
  'share_openings',
  {
    id: serialId(),
    linkId: uuid('link_id')
      .notNull()
      .references(() => shareLinks.id),
    openedAt: time('opened_at').notNull(),
    /** `page`, or `json` for the file. */
    form: text('form').notNull(),
  },
  (t) => [
    index('share_openings_by_link').on(t.linkId, t.openedAt.desc().nullsFirst()),
    check('an_opening_has_a_form', sql`${t.form} in ('page', 'json')`),
  ],
)
