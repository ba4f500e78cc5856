import { desc, eq, getTableColumns, max, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { frozenReports } from '@/lib/db/schema/frozen-reports'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trials/trial-filter'

const { file: _file, ...shown } = getTableColumns(frozenReports)

/** A frozen report without its bytes. */
export type FrozenReport = Omit<typeof frozenReports.$inferSelect, 'file'>

export const listFrozenReports = (db: Db, limit: number): Promise<FrozenReport[]> =>
  db.select(shown).from(frozenReports).orderBy(desc(frozenReports.number)).limit(limit)

export async function findFrozenReport(db: Db, id: string): Promise<FrozenReport | undefined> {
  const [found] = await db.select(shown).from(frozenReports).where(eq(frozenReports.id, id))
  return found
}

/** The bytes of a frozen report, as they were stored. */
export async function findFrozenFile(db: Db, id: string): Promise<Uint8Array | undefined> {
  const [found] = await db
    .select({ file: frozenReports.file })
    .from(frozenReports)
    .where(eq(frozenReports.id, id))
  return found?.file
}

/** The frozen reports whose file has this hash, or that hold a file with it. */
export const listFrozenWith = (db: Db, sha256: string): Promise<FrozenReport[]> =>
  db
    .select(shown)
    .from(frozenReports)
    .where(
      or(
        eq(frozenReports.fileSha256, sha256),
        eq(frozenReports.manifestSha256, sha256),
        sql`(${frozenReports.manifest} -> 'files') @> ${JSON.stringify([{ sha256 }])}::jsonb`,
      ),
    )
    .orderBy(desc(frozenReports.number))
    .limit(20)

/** The number after the last one. Two at once get the same, and the database takes it once. */
export async function nextFrozenNumber(db: Db): Promise<number> {
  const [row] = await db.select({ last: max(frozenReports.number) }).from(frozenReports)
  return (row?.last ?? 0) + 1
}

export async function insertFrozenReport(
  db: Db,
  report: typeof frozenReports.$inferInsert,
): Promise<void> {
  await db.insert(frozenReports).values(report)
}

/** The trials of the list under a filter, at most `limit`, by number. */
export const listTrialIds = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  limit: number,
): Promise<{ id: string; number: number }[]> =>
  db
    .select({ id: trials.id, number: trials.number })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(trialsMatching(environment, filter))
    .orderBy(trials.number)
    .limit(limit)

/** Names the snapshot of a transaction, so that another connection can read the same. */
export async function exportSnapshot(then: Db): Promise<string> {
  const [row] = await then.execute<{ name: string }>(sql`select pg_export_snapshot() as name`)
  if (!row) throw new Error('PostgreSQL named no snapshot')
  return row.name
}
