import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import type { Environment } from '@/lib/domain/device/device'
import { predictionResults } from '@/lib/domain/outcome/prediction'
import type { PredictionCount } from '@/lib/domain/statistics/prediction-rows'
import type { FactorName } from '@/lib/domain/trial/factors'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { type CountedBy, countAlike } from './outcome-counts'

/** What became of the predictions of the concluded trials of one environment, per value of a factor. */
export const countPredictions = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName,
): Promise<PredictionCount[]> => countResults(db, environment, filter, rows)

/** The same per person who registered, by ID; `name` is the newest name under which they did. */
export async function countPredictionsByPerson(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<(PredictionCount & { name: string })[]> {
  const counted = await countResults(db, environment, filter, 'registrant')
  const people = [...new Set(counted.map(({ row }) => row))]
  const names = await db.execute<{ id: string; name: string | null }>(sql`
    select p.id, (
      select t.registered_by from trial_outcomes o join trials t on t.id = o.trial_id
      where o.simulated = ${environment === 'simulated'} and o.registrant = p.id order by o.number desc limit 1) as name
    from unnest(${sql.param(people)}::text[]) p(id)`)
  const nameOf = new Map(names.map(({ id, name }) => [id, name]))
  return counted.map((one) => ({ ...one, name: nameOf.get(one.row) ?? 'nobody' }))
}

async function countResults(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  by: CountedBy,
): Promise<PredictionCount[]> {
  const counted = await countAlike(db, { environment, filter, by }, ['prediction'])
  return counted.map(({ row, prediction, trials }) => {
    const result = predictionResults.find((one) => one === prediction)
    if (result === undefined) throw new Error(`a prediction has the unknown result ${prediction}`)
    return { row, result, trials }
  })
}
