import { desc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { protocolVersions, trials } from '@/lib/db/schema/schema'

/** Trials a version shows by number; the list of trials holds the others. */
const mostShownOfVersion = 20

/** The newest trials of each version of a protocol, with how many of its environment there are in that version. */
export async function listTrialsByVersion(db: Db, protocolId: string) {
  const alike = sql`partition by ${trials.protocolVersionId}, ${trials.simulated}`
  const ranked = db
    .select({
      id: trials.id,
      number: trials.number,
      state: trials.state,
      simulated: trials.simulated,
      versionId: trials.protocolVersionId,
      place: sql<number>`(row_number() over (${alike} order by ${trials.number} desc))::int`.as(
        'place',
      ),
      alike: sql<number>`(count(*) over (${alike}))::int`.as('alike'),
    })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(eq(protocolVersions.protocolId, protocolId))
    .as('ranked')
  return db
    .select()
    .from(ranked)
    .where(sql`${ranked.place} <= ${mostShownOfVersion}`)
    .orderBy(desc(ranked.number))
}

export type TrialOfVersion = Awaited<ReturnType<typeof listTrialsByVersion>>[number]
