import { and, count, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import type { PredictionCount, PredictionResult } from '@/lib/domain/outcome/prediction'
import type { FactorName } from '@/lib/domain/trial/factors'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

const result: SQL<PredictionResult> = sql`prediction_result(${trials.prediction}, ${trials.outcome}, trial_end.state)`
/** By ID, as two people may have one name; `registeredBy` is the name of that day. */
const registeredById: SQL<string> = sql`coalesce((select max(e.by_id) from trial_events e
  where e.trial_id = ${trials.id} and e.kind = 'registered'), ${trials.registeredBy}, '')`

const concluded = (environment: Environment, filter: TrialFilter) =>
  and(
    trialsMatching(environment, filter),
    eq(trials.state, 'concluded'),
    isNotNull(trials.startOs),
    isNotNull(trials.outcome),
  )

/** What became of the predictions of the concluded trials of one environment, per value of a factor. */
export async function countPredictions(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName,
): Promise<PredictionCount[]> {
  // Grouped a level above: a bound value in a factor's text would count as another text in `group by`.
  const each = db
    .select({ row: factorSql[rows].as('row'), result: result.as('result') })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(sql`trial_end`, sql`trial_end.trial = ${trials.id}`)
    .where(concluded(environment, filter))
    .as('each')
  return db
    .select({ row: each.row, result: each.result, trials: count() })
    .from(each)
    .groupBy(each.row, each.result)
}

/** The same per person who registered; `name` is the newest name under which they did. */
export async function countPredictionsByPerson(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<(PredictionCount & { name: string })[]> {
  const each = db
    .select({
      row: registeredById.as('row'),
      name: trials.registeredBy,
      number: trials.number,
      result: result.as('result'),
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(sql`trial_end`, sql`trial_end.trial = ${trials.id}`)
    .where(concluded(environment, filter))
    .as('each')
  const rows = await db
    .select({
      row: each.row,
      name: sql<string>`coalesce((array_agg(${each.name} order by ${each.number} desc))[1], 'nobody')`,
      newest: sql<number>`max(${each.number})`,
      result: each.result,
      trials: count(),
    })
    .from(each)
    .groupBy(each.row, each.result)
  const names = new Map(
    rows.toSorted((a, b) => a.newest - b.newest).map(({ row, name }) => [row, name]),
  )
  return rows.map(({ newest: _, ...row }) => ({ ...row, name: names.get(row.row) ?? row.name }))
}
