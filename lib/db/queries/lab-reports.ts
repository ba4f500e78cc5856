import { and, asc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { labReportTrials } from '@/lib/db/schema/lab-reports'
import { trialOutcomes } from '@/lib/db/schema/outcomes'
import { contradictions, devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { auditLog } from '@/lib/db/schema/trail'
import { sentActions } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { stillStands } from './events/contradiction-standings'
import { endOfTrial } from './trials/trial-end'
import { trialsMatching } from './trials/trial-filter'

const { labTag, name, serial, enrollmentId } = devices

/** The trials of a list that have an outcome, by number, with what a report for other labs says of each. */
export const listForOtherLabs = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  limit: number,
) =>
  db
    .select({
      trial: { id: trials.id, number: trials.number },
      device: { id: devices.id, labTag, name, serial, enrollmentId },
      facts: trialOutcomes,
      actions: sentActions,
      startBuild: trials.startBuild,
      releasedAt: trials.releasedAt,
      end: endOfTrial,
    })
    .from(trialOutcomes)
    .innerJoin(trials, eq(trials.id, trialOutcomes.trialId))
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(trialsMatching(environment, filter))
    .orderBy(asc(trials.number))
    .limit(limit)

export type ForOtherLabs = Awaited<ReturnType<typeof listForOtherLabs>>[number]

/** What contradicts the documents in the replies of these trials, each once for a trial and a version. */
export async function listContradictionsOf(db: Db, trialIds: readonly string[]) {
  const { trialId, requestType, path, kind, observed, osVersion } = contradictions
  if (trialIds.length === 0) return []
  return db
    .selectDistinct({ trialId, requestType, path, kind, observed, osVersion })
    .from(contradictions)
    .where(and(sql`${trialId} = any (${sql.param([...trialIds])}::uuid[])`, stillStands))
    .orderBy(trialId, requestType, path, kind, observed, osVersion)
}

/** The hash of the first entry of the audit trail, by which one lab can be told from another. */
export async function findFirstHash(db: Db): Promise<string> {
  const [first] = await db
    .select({ hash: auditLog.hash })
    .from(auditLog)
    .orderBy(asc(auditLog.seq))
    .limit(1)
  if (!first) throw new Error('the audit trail has no entry')
  return first.hash
}

export async function insertLabReportTrials(
  db: Db,
  rows: (typeof labReportTrials.$inferInsert)[],
): Promise<void> {
  await db.insert(labReportTrials).values(rows)
}

/** The numbers of the trials that left in each report for other labs. */
export async function listNumbersThatLeft(db: Db): Promise<Map<string, number[]>> {
  const rows = await db
    .select({ report: labReportTrials.frozenReportId, number: trials.number })
    .from(labReportTrials)
    .innerJoin(trials, eq(trials.id, labReportTrials.trialId))
    .orderBy(asc(trials.number))
  return new Map(
    [...Map.groupBy(rows, ({ report }) => report)].map(([report, of]) => [
      report,
      of.map(({ number }) => number),
    ]),
  )
}
