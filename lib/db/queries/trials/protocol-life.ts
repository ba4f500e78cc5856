import { asc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { protocolVersionEvents } from '@/lib/db/schema/protocol-life'
import { protocolVersions, trials } from '@/lib/db/schema/schema'
import type { VersionEvent } from '@/lib/domain/trial/protocol-life'

export const insertVersionEvent = async (
  db: Db,
  event: typeof protocolVersionEvents.$inferInsert,
): Promise<void> => {
  await db.insert(protocolVersionEvents).values(event)
}

/** What happened to each of these versions, the oldest first. */
export async function listVersionEvents(
  db: Db,
  versionIds: readonly string[],
): Promise<(VersionEvent & { versionId: string })[]> {
  if (versionIds.length === 0) return []
  const { versionId, kind, at, byName, reason } = protocolVersionEvents
  return db
    .select({ versionId, kind, at, byName, reason })
    .from(protocolVersionEvents)
    .where(inArray(versionId, [...versionIds]))
    .orderBy(asc(protocolVersionEvents.id))
}

/** Whether a trial was registered with the version. */
const isRegisteredWith = sql<boolean>`exists (select from ${trials} t
  where t.protocol_version_id = ${protocolVersions.id} and t.registered_at is not null)`

/** The versions of one protocol with which a trial was registered. */
export async function listRegisteredVersions(db: Db, protocolId: string): Promise<Set<string>> {
  const rows = await db
    .select({ id: protocolVersions.id, registered: isRegisteredWith })
    .from(protocolVersions)
    .where(eq(protocolVersions.protocolId, protocolId))
  return new Set(rows.filter(({ registered }) => registered).map(({ id }) => id))
}
