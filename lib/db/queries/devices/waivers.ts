import { asc, eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { waivers } from '@/lib/db/schema/schema'
import type { Waiver } from '@/lib/domain/rules/rule'

/** What a lead has set aside for one trial. */
export async function listWaivers(
  db: Db,
  trialId: string,
): Promise<(Waiver & { byId: string; at: Date })[]> {
  return db
    .select({
      ruleId: waivers.ruleId,
      by: waivers.byName,
      because: waivers.reason,
      byId: waivers.byId,
      at: waivers.at,
    })
    .from(waivers)
    .where(eq(waivers.trialId, trialId))
    .orderBy(asc(waivers.id))
}

/** The database refuses a rule that is no lab policy, a second waiver of a rule, and one that is not signed. */
export async function insertWaiver(db: Db, waiver: typeof waivers.$inferInsert): Promise<void> {
  await db.insert(waivers).values(waiver)
}
