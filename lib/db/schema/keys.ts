import { sql } from 'drizzle-orm'
import { check, index, pgTable, text } from 'drizzle-orm/pg-core'
import { type KeyScope, keyDays, keyScopes, maxKeyName } from '@/lib/domain/account/api-key'
import { number, textArray } from './rule-sql'
import { id, time, users } from './schema'

/** API keys of programs that read on behalf of a person; the key itself is shown once and not stored. */
export const apiKeys = pgTable(
  'api_keys',
  {
    id: id(),
    userId: text('user_id')
      .notNull()
      .references(() => users.id),
    name: text('name').notNull(),
    scopes: text('scopes').array().$type<KeyScope[]>().notNull(),
    sha256: text('sha256').notNull().unique(),
    /** The beginning of the key, by which its owner recognises it. */
    hint: text('hint').notNull(),
    madeAt: time('made_at').notNull(),
    expiresAt: time('expires_at').notNull(),
    /** Updated at most every five minutes. */
    lastUsedAt: time('last_used_at'),
    revokedAt: time('revoked_at'),
    revokedById: text('revoked_by_id'),
    revokedByName: text('revoked_by_name'),
  },
  (t) => [
    index('api_keys_by_person').on(t.userId, t.madeAt.desc().nullsFirst()),
    check('a_key_has_a_name', sql`length(${t.name}) between 1 and ${number(maxKeyName)}`),
    check('a_key_is_kept_as_its_hash', sql`${t.sha256} ~ '^[0-9a-f]{64}$'`),
    check('a_hint_gives_no_key_away', sql`length(${t.hint}) <= 12`),
    check(
      'a_key_only_reads',
      sql`cardinality(${t.scopes}) > 0 and ${t.scopes} <@ ${textArray(keyScopes)}`,
    ),
    check(
      'a_key_in_an_address_reads_the_calendar_alone',
      sql`not 'calendar' = any(${t.scopes}) or cardinality(${t.scopes}) = 1`,
    ),
    check(
      'a_key_ends_within_a_year',
      sql`${t.expiresAt} > ${t.madeAt} and ${t.expiresAt} <= ${t.madeAt} + interval '${number(keyDays.max)} days'`,
    ),
    check(
      'a_revocation_has_a_person',
      sql`(${t.revokedAt} is null) = (${t.revokedById} is null) and (${t.revokedAt} is null) = (${t.revokedByName} is null)`,
    ),
  ],
)
