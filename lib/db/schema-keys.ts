import { pgTable, text } from 'drizzle-orm/pg-core'
import type { KeyScope } from '../domain/api-key'
import { id, time, users } from './schema'

// Checks and triggers: drizzle/0013_keys.sql.

/** Keys of programs that read for a person; the key itself is shown once and kept nowhere. */
export const apiKeys = pgTable('api_keys', {
  id: id(),
  userId: text('user_id')
    .notNull()
    .references(() => users.id),
  name: text('name').notNull(),
  scopes: text('scopes').array().$type<KeyScope[]>().notNull(),
  sha256: text('sha256').notNull().unique(),
  /** How the key begins, so that its owner can tell it from others. */
  hint: text('hint').notNull(),
  madeAt: time('made_at').notNull(),
  expiresAt: time('expires_at').notNull(),
  /** Written once in five minutes at most. */
  lastUsedAt: time('last_used_at'),
  revokedAt: time('revoked_at'),
  revokedById: text('revoked_by_id'),
  revokedByName: text('revoked_by_name'),
})
