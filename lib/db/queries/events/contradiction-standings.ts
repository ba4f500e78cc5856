import { and, asc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { contradictionStandings } from '@/lib/db/schema/contradiction-standings'
import { contradictions } from '@/lib/db/schema/schema'

/** The condition that a contradiction stands: `stands` of the database, in a form that a history can answer too.
 * Written as text, as Drizzle leaves the table's name out where a statement has only one. */
export const stillStands = sql`not exists (select from contradiction_standings s where s.contradiction_id = contradictions.id
  and not s.stands and not exists (select from contradiction_standings n where n.contradiction_id = s.contradiction_id and n.id > s.id))`

/** What shows it now, where a correction has changed that. */
export const reasonNow = sql<string>`coalesce((select s.reason from contradiction_standings s
  where s.contradiction_id = contradictions.id and s.stands order by s.id desc limit 1), contradictions.reason)`

/** Every "Error though it started" of a trial, also those that do not stand any more. */
export async function listErrorsThoughStarted(db: Db, trialId: string) {
  return db
    .select({
      id: contradictions.id,
      rawEventId: contradictions.rawEventId,
      reason: reasonNow,
      stands: sql<boolean>`${stillStands}`,
    })
    .from(contradictions)
    .where(and(eq(contradictions.trialId, trialId), eq(contradictions.kind, 'errorThoughStarted')))
    .orderBy(asc(contradictions.id))
}

export const insertStanding = async (
  db: Db,
  standing: typeof contradictionStandings.$inferInsert,
): Promise<void> => {
  await db.insert(contradictionStandings).values(standing)
}
