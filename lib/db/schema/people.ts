import { sql } from 'drizzle-orm'
import {
  bigint,
  boolean,
  check,
  index,
  integer,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
} from 'drizzle-orm/pg-core'
import { roles } from '@/lib/domain/account/permissions'
import { oneOf } from './rule-sql'
import { bytea, id, jsonb, time, users } from './schema'

const userId = () =>
  text('user_id')
    .notNull()
    .references(() => users.id)

/** better-auth's second factor; it encrypts secret and codes with BETTER_AUTH_SECRET. */
export const twoFactors = pgTable('two_factors', {
  id: text('id').primaryKey(),
  userId: userId().unique(),
  secret: text('secret').notNull(),
  backupCodes: text('backup_codes').notNull(),
  verified: boolean('verified').notNull().default(false),
  failedVerificationCount: integer('failed_verification_count').notNull().default(0),
  lockedUntil: time('locked_until'),
})

/** Codes of an authenticator app that were tried; each is accepted only once. */
export const triedCodes = pgTable(
  'tried_codes',
  {
    userId: userId(),
    codeSha256: text('code_sha256').notNull(),
    triedAt: time('tried_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeSha256] })],
)

export const passkeys = pgTable(
  'passkeys',
  {
    id: id(),
    userId: userId(),
    name: text('name').notNull(),
    /** In base64url, as the browser sends it. */
    credentialId: text('credential_id').notNull().unique(),
    /** COSE. */
    publicKey: bytea('public_key').notNull(),
    counter: bigint('counter', { mode: 'number' }).notNull(),
    transports: jsonb('transports').notNull(),
    backedUp: boolean('backed_up').notNull(),
    createdAt: time('created_at').notNull(),
    lastUsedAt: time('last_used_at'),
  },
  (t) => [index('passkeys_by_user').on(t.userId)],
)

export const linkKinds = ['invitation', 'reset'] as const

/** One-time links; the token itself is shown once and not stored. */
export const personLinks = pgTable(
  'person_links',
  {
    id: id(),
    kind: text('kind', { enum: linkKinds }).notNull(),
    tokenSha256: text('token_sha256').notNull().unique(),
    email: text('email').notNull(),
    /** The role of an invited person; null for a reset. */
    role: text('role', { enum: roles }),
    /** The person whose password a reset replaces, or who accepted the invitation. */
    personId: text('person_id').references(() => users.id),
    removesSecondFactors: boolean('removes_second_factors').notNull().default(false),
    madeAt: time('made_at').notNull(),
    madeById: text('made_by_id').notNull(),
    madeByName: text('made_by_name').notNull(),
    expiresAt: time('expires_at').notNull(),
    usedAt: time('used_at'),
    withdrawnAt: time('withdrawn_at'),
    withdrawnByName: text('withdrawn_by_name'),
  },
  (t) => [
    uniqueIndex('one_open_link')
      .on(t.kind, t.email)
      .where(sql`${t.usedAt} is null and ${t.withdrawnAt} is null`),
    index('person_links_by_time').on(t.madeAt.desc().nullsFirst()),
    index('person_links_by_person').on(t.personId).where(sql`${t.personId} is not null`),
    check('a_link_is_of_a_kind', oneOf(t.kind, linkKinds)),
    check('a_token_is_kept_as_its_hash', sql`${t.tokenSha256} ~ '^[0-9a-f]{64}$'`),
    check('an_invitation_has_a_role', sql`(${t.kind} = 'invitation') = (${t.role} is not null)`),
    check('a_reset_is_for_somebody', sql`${t.kind} = 'invitation' or ${t.personId} is not null`),
    check('a_link_ends_once', sql`${t.usedAt} is null or ${t.withdrawnAt} is null`),
  ],
)

/** One row per limited key, shared by all processes; only lib/db/queries/people/rate-limits.ts writes it. */
export const rateLimits = pgTable(
  'rate_limits',
  {
    key: text('key').primaryKey(),
    count: integer('count').notNull(),
    windowEndsAt: time('window_ends_at').notNull(),
    /** The number of consecutive used-up windows; each doubles the next wait. */
    strikes: integer('strikes').notNull().default(0),
  },
  (t) => [index('rate_limits_by_end').on(t.windowEndsAt)],
)

/** Network addresses from which a person has signed in; wrong guesses from elsewhere cause no wait there. */
export const familiarAddresses = pgTable(
  'familiar_addresses',
  {
    userId: userId(),
    address: text('address').notNull(),
    lastAt: time('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.address] })],
)
