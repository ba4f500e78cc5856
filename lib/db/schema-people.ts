import { bigint, boolean, integer, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'
import { roles } from '../domain/actor'
import { bytea, id, jsonb, time, users } from './schema'

// Checks and triggers of these tables: drizzle/0012_people.sql.

const userId = () =>
  text('user_id')
    .notNull()
    .references(() => users.id)

/** What better-auth's second factor keeps; secret and codes are encrypted by it with BETTER_AUTH_SECRET. */
export const twoFactors = pgTable('two_factors', {
  id: text('id').primaryKey(),
  userId: userId().unique(),
  secret: text('secret').notNull(),
  backupCodes: text('backup_codes').notNull(),
  verified: boolean('verified').notNull().default(false),
  failedVerificationCount: integer('failed_verification_count').notNull().default(0),
  lockedUntil: time('locked_until'),
})

/** Codes of an authenticator app that were tried; each is heard once. */
export const triedCodes = pgTable(
  'tried_codes',
  {
    userId: userId(),
    codeSha256: text('code_sha256').notNull(),
    triedAt: time('tried_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.codeSha256] })],
)

export const passkeys = pgTable('passkeys', {
  id: id(),
  userId: userId(),
  name: text('name').notNull(),
  /** base64url, as the browser names it. */
  credentialId: text('credential_id').notNull().unique(),
  /** COSE. */
  publicKey: bytea('public_key').notNull(),
  counter: bigint('counter', { mode: 'number' }).notNull(),
  transports: jsonb('transports').notNull(),
  backedUp: boolean('backed_up').notNull(),
  createdAt: time('created_at').notNull(),
  lastUsedAt: time('last_used_at'),
})

export const linkKinds = ['invitation', 'reset'] as const

/** One-time links; the token itself is shown once and kept nowhere. */
export const personLinks = pgTable('person_links', {
  id: id(),
  kind: text('kind', { enum: linkKinds }).notNull(),
  tokenSha256: text('token_sha256').notNull().unique(),
  email: text('email').notNull(),
  /** What an invited person will be; empty for a reset. */
  role: text('role', { enum: roles }),
  /** Whose password a reset replaces, or who came by an invitation. */
  personId: text('person_id').references(() => users.id),
  removesSecondFactors: boolean('removes_second_factors').notNull().default(false),
  madeAt: time('made_at').notNull(),
  madeById: text('made_by_id').notNull(),
  madeByName: text('made_by_name').notNull(),
  expiresAt: time('expires_at').notNull(),
  usedAt: time('used_at'),
  withdrawnAt: time('withdrawn_at'),
  withdrawnByName: text('withdrawn_by_name'),
})

/** One row per thing that is limited, shared by all processes; lib/db/rate-limits.ts alone writes it. */
export const rateLimits = pgTable('rate_limits', {
  key: text('key').primaryKey(),
  count: integer('count').notNull(),
  windowEndsAt: time('window_ends_at').notNull(),
  /** How many windows in a row were used up; each makes the next wait longer. */
  strikes: integer('strikes').notNull().default(0),
})

/** Where a person has signed in from; somebody else's guessing does not make these wait. */
export const familiarAddresses = pgTable(
  'familiar_addresses',
  {
    userId: userId(),
    address: text('address').notNull(),
    lastAt: time('last_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.userId, t.address] })],
)
