import { and, count, desc, eq, getTableColumns, isNull, ne, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { otherLabContradictions, otherLabReports, otherLabTrials } from '@/lib/db/schema/other-labs'
import type { LabTrial } from '@/lib/domain/report/lab-report'

// What came from other labs, as a lead imports and withdraws it. What pages show of it is read in other-labs-seen.ts.

const { file: _file, ...shown } = getTableColumns(otherLabReports)

/** A report of another lab without its bytes. */
export type OtherLabReport = Omit<typeof otherLabReports.$inferSelect, 'file'>

/** The newest imports first, withdrawn ones among them. */
export const listOtherLabReports = (db: Db, limit: number): Promise<OtherLabReport[]> =>
  db.select(shown).from(otherLabReports).orderBy(desc(otherLabReports.importedAt)).limit(limit)

/** One import after the other: two of one lab at a time could each take a name. */
export async function lockOtherLabs(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('other labs'))`)
}

const standing = isNull(otherLabReports.withdrawnAt)

/** The report that stands with these bytes; undefined if there is none. */
export async function findStandingReport(
  db: Db,
  sha256: string,
): Promise<OtherLabReport | undefined> {
  const [found] = await db
    .select(shown)
    .from(otherLabReports)
    .where(and(eq(otherLabReports.fileSha256, sha256), standing))
  return found
}

export async function countStandingReports(db: Db): Promise<number> {
  const [row] = await db.select({ n: count() }).from(otherLabReports).where(standing)
  return row?.n ?? 0
}

/** The name that this lab has here now; undefined if nothing of it stands. */
export async function findNameOfLab(db: Db, labId: string): Promise<string | undefined> {
  const [found] = await db
    .select({ name: otherLabReports.labName })
    .from(otherLabReports)
    .where(and(eq(otherLabReports.labId, labId), standing))
    .orderBy(desc(otherLabReports.importedAt))
    .limit(1)
  return found?.name
}

/** Whether a lab with another ID has this name here, in any letter case. */
export async function isNameOfAnother(db: Db, labId: string, name: string): Promise<boolean> {
  const [found] = await db
    .select({ id: otherLabReports.id })
    .from(otherLabReports)
    .where(
      and(
        ne(otherLabReports.labId, labId),
        sql`lower(${otherLabReports.labName}) = lower(${name})`,
        standing,
      ),
    )
    .limit(1)
  return found !== undefined
}

/** How many of these trials of a lab stand already: from older reports, and from newer or equally old ones. */
export async function countStandingTrials(
  db: Db,
  { labId, simulated, madeAt }: Pick<OtherLabReport, 'labId' | 'simulated' | 'madeAt'>,
  keys: readonly string[],
): Promise<{ older: number; newer: number }> {
  const [row] = await db.execute<{ older: number; newer: number }>(sql`
    select count(*) filter (where made_at <= ${madeAt.toISOString()})::int as older,
      count(*) filter (where made_at > ${madeAt.toISOString()})::int as newer
    from other_lab_current where lab_id = ${labId} and simulated = ${simulated}
      and trial_key = any (${sql.param([...keys])}::text[])`)
  return row ?? { older: 0, newer: 0 }
}

export async function insertOtherLabReport(
  db: Db,
  report: typeof otherLabReports.$inferInsert,
): Promise<string> {
  const [row] = await db
    .insert(otherLabReports)
    .values(report)
    .returning({ id: otherLabReports.id })
  if (!row) throw new Error('a report of another lab that was written has no row')
  return row.id
}

/** Far below the 65,535 parameters of a statement. */
const rowsPerStatement = 1000

/** Enters the rows of a report. @param fingerprint of a contradiction whose value is known */
export async function insertOtherLabTrials(
  db: Db,
  reportId: string,
  trials: readonly LabTrial[],
  fingerprint: (one: LabTrial['contradictions'][number]) => string | null,
): Promise<void> {
  const rows = trials.map(({ trial, contradictions: _, ...facts }) => ({
    ...{ ...facts, reportId, trialKey: trial },
  }))
  const inserted = await db
    .insert(otherLabTrials)
    .values(rows)
    .returning({ id: otherLabTrials.id, key: otherLabTrials.trialKey })
  const ids = new Map(inserted.map(({ id, key }) => [key, id]))
  const found = trials.flatMap(({ trial, contradictions }) => {
    const trialRowId = ids.get(trial)
    if (trialRowId === undefined) throw new Error('a trial that was written has no row')
    return contradictions.map((one) => ({ ...one, trialRowId, fingerprint: fingerprint(one) }))
  })
  for (let from = 0; from < found.length; from += rowsPerStatement)
    await db.insert(otherLabContradictions).values(found.slice(from, from + rowsPerStatement))
}

/** False if there is no such report, or it is withdrawn already. */
export async function withdrawOtherLabReport(
  db: Db,
  id: string,
  by: { id: string; name: string },
  reason: string,
  at: Date,
): Promise<boolean> {
  const rows = await db
    .update(otherLabReports)
    .set({
      ...{ withdrawnAt: at, withdrawnById: by.id, withdrawnByName: by.name },
      withdrawnReason: reason,
    })
    .where(and(eq(otherLabReports.id, id), standing))
    .returning({ id: otherLabReports.id })
  return rows.length > 0
}
