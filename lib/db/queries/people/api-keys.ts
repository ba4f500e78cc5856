import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { apiKeys } from '@/lib/db/schema/keys'
import { users } from '@/lib/db/schema/schema'
import type { KeyScope } from '@/lib/domain/account/api-key'
import type { Role } from '@/lib/domain/account/permissions'

export type ApiKey = {
  id: string
  personId: string
  personName: string
  name: string
  scopes: KeyScope[]
  hint: string
  madeAt: Date
  expiresAt: Date
  lastUsedAt: Date | null
  revokedAt: Date | null
  revokedByName: string | null
}

const shown = {
  id: apiKeys.id,
  personId: apiKeys.userId,
  personName: users.name,
  name: apiKeys.name,
  scopes: apiKeys.scopes,
  hint: apiKeys.hint,
  madeAt: apiKeys.madeAt,
  expiresAt: apiKeys.expiresAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
  revokedByName: apiKeys.revokedByName,
}

/** The keys of one person or of everybody, without their hashes, the newest first. */
export async function listApiKeys(db: Db, personId?: string): Promise<ApiKey[]> {
  return db
    .select(shown)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(personId === undefined ? undefined : eq(apiKeys.userId, personId))
    .orderBy(desc(apiKeys.madeAt), apiKeys.id)
    .limit(500)
}

export async function findApiKey(db: Db, keyId: string): Promise<ApiKey | undefined> {
  const [key] = await db
    .select(shown)
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(eq(apiKeys.id, keyId))
  return key
}

const live = (now: Date) => and(isNull(apiKeys.revokedAt), gt(apiKeys.expiresAt, now))

export async function countLiveKeys(db: Db, personId: string, now: Date): Promise<number> {
  return db.$count(apiKeys, and(eq(apiKeys.userId, personId), live(now)))
}

export async function insertApiKey(db: Db, key: typeof apiKeys.$inferInsert): Promise<string> {
  const [row] = await db.insert(apiKeys).values(key).returning({ id: apiKeys.id })
  if (!row) throw new Error('a key that was written has no row')
  return row.id
}

/** Revokes a key; false if it was revoked before. */
export async function revokeKey(
  db: Db,
  keyId: string,
  by: { id: string; name: string },
  now: Date,
): Promise<boolean> {
  const rows = await db
    .update(apiKeys)
    .set({ revokedAt: now, revokedById: by.id, revokedByName: by.name })
    .where(and(eq(apiKeys.id, keyId), isNull(apiKeys.revokedAt)))
    .returning({ id: apiKeys.id })
  return rows.length > 0
}

export type HeldKey = {
  id: string
  name: string
  scopes: KeyScope[]
  owner: { id: string; name: string; role: Role }
}

/** The key with this hash and its owner; undefined if the key has expired or was revoked, or its owner is disabled. */
export async function findHeldKey(db: Db, sha256: string, now: Date): Promise<HeldKey | undefined> {
  const [row] = await db
    .select({
      id: apiKeys.id,
      name: apiKeys.name,
      scopes: apiKeys.scopes,
      owner: { id: users.id, name: users.name, role: users.role },
    })
    .from(apiKeys)
    .innerJoin(users, eq(users.id, apiKeys.userId))
    .where(and(eq(apiKeys.sha256, sha256), live(now), isNull(users.disabledAt)))
  return row
}

/** Records the use of a key, at most every five minutes, so that frequent polling does not write each time. */
export async function noteKeyUse(db: Db, keyId: string, now: Date): Promise<void> {
  const longAgo = sql`${now.toISOString()}::timestamptz - interval '5 minutes'`
  await db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    .where(
      and(eq(apiKeys.id, keyId), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, longAgo))),
    )
}
