import { desc, eq } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { catalogueFetches } from '@/lib/db/schema/catalogue'
import { labSettings } from '@/lib/db/schema/schema'
import {
  type FeedSource,
  type FetchResult,
  fetchedSources,
} from '@/lib/domain/catalogue/feed-source'

export type CatalogueFetch = typeof catalogueFetches.$inferSelect

/** Beside the lab's other settings. */
const settingName = 'catalogueSources'
const stored = z.array(z.enum(fetchedSources))

/** The sources that are read daily: none unless a lead has chosen some. */
export async function getDailySources(db: Db): Promise<FeedSource[]> {
  const [row] = await db
    .select({ value: labSettings.value })
    .from(labSettings)
    .where(eq(labSettings.name, settingName))
  return row === undefined ? [] : stored.parse(row.value)
}

export async function storeDailySources(
  db: Db,
  sources: readonly FeedSource[],
  by: { changedAt: Date; changedBy: string },
): Promise<void> {
  const value = [...sources]
  await db
    .insert(labSettings)
    .values({ name: settingName, value, ...by })
    .onConflictDoUpdate({ target: labSettings.name, set: { value, ...by } })
}

type Claim = { source: FeedSource; scope: string; day: string; startedAt: Date }

/** Takes the one request of a day to an address; undefined where it was taken. */
export async function claimFetch(db: Db, claim: Claim): Promise<number | undefined> {
  const [row] = await db
    .insert(catalogueFetches)
    .values(claim)
    .onConflictDoNothing()
    .returning({ id: catalogueFetches.id })
  return row?.id
}

export async function endFetch(
  db: Db,
  id: number,
  end: { endedAt: Date; result: FetchResult; reason: string | null; importId: number | null },
): Promise<void> {
  await db.update(catalogueFetches).set(end).where(eq(catalogueFetches.id, id))
}

/** Addresses that were asked on a day, as `source scope`. */
export async function listFetchesOn(db: Db, day: string): Promise<Set<string>> {
  const { source, scope } = catalogueFetches
  const rows = await db
    .select({ source, scope })
    .from(catalogueFetches)
    .where(eq(catalogueFetches.day, day))
  return new Set(rows.map((row) => `${row.source} ${row.scope}`))
}

export async function listNewestFetches(db: Db, limit: number): Promise<CatalogueFetch[]> {
  return db.select().from(catalogueFetches).orderBy(desc(catalogueFetches.id)).limit(limit)
}
