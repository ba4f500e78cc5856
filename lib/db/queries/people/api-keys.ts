import { and, desc, eq, gt, isNull, lt, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { apiKeys } from '@/lib/db/schema/keys'
import { users } from '@/lib/db/schema/schema'
import type { KeyScope } from '@/lib/domain/account/api-key'
import type { Role } from '@/lib/domain/account/permissions'
import { type Attempt, counting, endOf, findWait, type RateLimit } from './rate-limits'

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
  lastUsedAt: Date | null
  owner: { id: string; name: string; role: Role }
}

/**
 * The key with this hash and its owner, and one request with it counted against `limit` in the same statement, as each request
 * needs both; undefined if the key has expired or was revoked, or its owner is disabled.
 */
export async function findAndCountKey(
  db: Db,
  sha256: string,
  limit: RateLimit,
  now: Date,
): Promise<{ held: HeldKey; attempt: Attempt } | undefined> {
  const at = sql`${now.toISOString()}::timestamptz`
  const [row] = await db.execute<HeldRow>(sql`
    with held as (
      select k.id, k.name, k.scopes, k.last_used_at, u.id as owner_id, u.name as owner_name, u.role as owner_role
      from api_keys k join users u on u.id = k.user_id
      where k.sha256 = ${sha256} and k.revoked_at is null and k.expires_at > ${at} and u.disabled_at is null),
    counted as (${counting(sql`select ${keyCount} || id, 1, ${endOf(limit, now)} from held`, limit, now)})
    select held.*, exists (select from counted) as counted from held`)
  if (!row) return undefined
  const { id, name, scopes, last_used_at: lastUsed, counted } = row
  const owner = { id: row.owner_id, name: row.owner_name, role: row.owner_role }
  // The driver gives times of raw SQL as text.
  const held = {
    id,
    name,
    scopes,
    owner,
    lastUsedAt: lastUsed === null ? null : new Date(lastUsed),
  }
  return { held, attempt: counted ? { status: 'counted' } : await findWait(db, keyCount + id, now) }
}

/** What a key's requests are counted under, before its ID. */
const keyCount = 'api-key:'

type HeldRow = {
  id: string
  name: string
  scopes: KeyScope[]
  last_used_at: string | null
  owner_id: string
  owner_name: string
  owner_role: Role
  counted: boolean
}

const usedAgainMs = 5 * 60_000

/** Records the use of a key, at most every five minutes, so that frequent polling does not write each time. */
export async function noteKeyUse(
  db: Db,
  { id, lastUsedAt }: Pick<HeldKey, 'id' | 'lastUsedAt'>,
  now: Date,
): Promise<void> {
  const longAgo = new Date(now.getTime() - usedAgainMs)
  if (lastUsedAt !== null && lastUsedAt >= longAgo) return
  await db
    .update(apiKeys)
    .set({ lastUsedAt: now })
    // Of two requests at once, one writes.
    .where(and(eq(apiKeys.id, id), or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, longAgo))))
}
