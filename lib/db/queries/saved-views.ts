import { and, asc, count, eq, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { savedViews } from '@/lib/db/schema/saved-views'

export type SavedView = typeof savedViews.$inferSelect

const visibleTo = (personId: string) => or(eq(savedViews.ownerId, personId), savedViews.shared)

/** The views of a person and those shared with the lab, by name. */
export const listSavedViews = (db: Db, personId: string): Promise<SavedView[]> =>
  db
    .select()
    .from(savedViews)
    .where(visibleTo(personId))
    .orderBy(asc(sql`lower(${savedViews.name})`), asc(savedViews.id))

/** A view that a person may open; undefined if there is none, or if somebody else does not share it. */
export async function findSavedView(
  db: Db,
  id: string,
  personId: string,
): Promise<SavedView | undefined> {
  const [view] = await db
    .select()
    .from(savedViews)
    .where(and(eq(savedViews.id, id), visibleTo(personId)))
  return view
}

export async function countOwnViews(db: Db, personId: string): Promise<number> {
  const [row] = await db
    .select({ views: count() })
    .from(savedViews)
    .where(eq(savedViews.ownerId, personId))
  return row?.views ?? 0
}

export async function insertSavedView(
  db: Db,
  view: typeof savedViews.$inferInsert,
): Promise<string> {
  const [row] = await db.insert(savedViews).values(view).returning({ id: savedViews.id })
  if (!row) throw new Error('the view was not written')
  return row.id
}

export const updateSavedView = (
  db: Db,
  id: string,
  change: Pick<SavedView, 'name' | 'shared' | 'changedAt'>,
) => db.update(savedViews).set(change).where(eq(savedViews.id, id))

export const deleteSavedView = (db: Db, id: string) =>
  db.delete(savedViews).where(eq(savedViews.id, id))
