import { and, eq, getTableColumns, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { flowCounts, trialFlow } from '@/lib/db/schema/outcomes'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import type { FlowTrial } from '@/lib/domain/statistics/flow'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { isOfTrialsAlone, trialsMatching } from './trial-filter'

/** All trials of one environment under a filter, those with the same place in the flow diagram counted together. */
export async function countFlow(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<FlowTrial[]> {
  const rows = await (isCounted(filter)
    ? countKept(db, environment, filter)
    : countMatching(db, environment, filter))
  return rows.map(({ outcome, screenedOutBy, ...facts }) => ({
    ...facts,
    outcome: outcomes.find((one) => one === outcome),
    screenedOutBy: screenedOutBy || undefined,
  }))
}

const { simulated, trials: kept, ...facts } = getTableColumns(flowCounts)

/** Whether the counts that the database keeps answer a filter. */
const isCounted = ({ state, outcome, ...others }: TrialFilter): boolean =>
  Object.values(others).every((value) => value === undefined)

const countKept = (db: Db, environment: Environment, { state, outcome }: TrialFilter) =>
  db
    .select({ ...facts, trials: kept })
    .from(flowCounts)
    .where(
      and(
        eq(simulated, environment === 'simulated'),
        state && eq(facts.state, state),
        outcome && eq(facts.outcome, outcome),
      ),
    )

function countMatching(db: Db, environment: Environment, filter: TrialFilter) {
  const { trialId: _, simulated: __, ...ofTrial } = getTableColumns(trialFlow)
  const counted = db
    .select({ ...ofTrial, trials: sql<number>`count(*)::int` })
    .from(trialFlow)
    .innerJoin(trials, eq(trials.id, trialFlow.trialId))
    .$dynamic()
  if (!isOfTrialsAlone(filter))
    counted
      .innerJoin(devices, eq(devices.id, trials.deviceId))
      .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
  return counted.where(trialsMatching(environment, filter)).groupBy(...Object.values(ofTrial))
}
