import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import type { FlowTrial } from '@/lib/domain/statistics/flow'
import type { TrialState } from '@/lib/domain/trial/trial'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { factsWithKept, keptOutcome } from './flow-place'
import { isOfTrialsAlone, trialsMatching } from './trial-filter'

type Counted = Omit<FlowTrial, 'outcome' | 'screenedOutBy'> & {
  state: TrialState
  outcome: string | null
  screenedOutBy: string | null
}

const joins = sql`join ${devices} on ${devices.id} = ${trials.deviceId}
  join ${protocolVersions} on ${protocolVersions.id} = ${trials.protocolVersionId}`

/** All trials of one environment under a filter, those with the same place in the flow diagram counted together. */
export async function countFlow(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<FlowTrial[]> {
  const { registered, screenedOutBy, deviated, usedBefore, against } = factsWithKept
  // Materialized: grouped in place, a million trials would be looked up one by one in the order of their groups.
  const rows = await db.execute<Counted>(sql`
    with facts as materialized (
      select ${trials.state} as state, ${trials.outcome} as outcome, ${registered} as registered,
        ${trials.consumed} as released, ${screenedOutBy} as "screenedOutBy", ${deviated} as deviated,
        ${usedBefore} as "usedBefore", ${against} as against
      from ${trials}
      ${isOfTrialsAlone(filter) ? sql`` : joins}
      ${keptOutcome}
      where ${trialsMatching(environment, filter)}
    )
    select state, outcome, registered, released, "screenedOutBy", deviated, "usedBefore", against, count(*)::int as trials
    from facts
    group by state, outcome, registered, released, "screenedOutBy", deviated, "usedBefore", against`)
  return rows.map(({ outcome, screenedOutBy: rule, ...facts }) => ({
    ...facts,
    outcome: outcomes.find((one) => one === outcome),
    screenedOutBy: rule ?? undefined,
  }))
}
