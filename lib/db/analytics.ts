import { and, desc, eq, isNotNull } from 'drizzle-orm'
import type { World } from '../domain/device'
import { type Outcome, outcomes } from '../domain/outcome'
import type { TrialFilter } from '../domain/trial-filter'
import type { Db } from './client'
import { devices, protocolVersions, trials } from './schema'
import { trialsMatching } from './trial-where'

/** One concluded trial as a chart draws it. */
export type ConcludedTrial = {
  id: string
  number: number
  startOs: string
  outcome: Outcome
  labTag: string | null
  deviceName: string
}

/** More dots than this nobody can tell apart; the page says when there are more. */
export const mostDots = 2000

/** The concluded trials of one world under a filter, the newest first, `mostDots` + 1 at the most. */
export async function listConcluded(
  db: Db,
  world: World,
  filter: TrialFilter,
): Promise<ConcludedTrial[]> {
  const rows = await db
    .select({
      id: trials.id,
      number: trials.number,
      startOs: trials.startOs,
      outcome: trials.outcome,
      labTag: devices.labTag,
      deviceName: devices.name,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(
      and(
        trialsMatching(world, filter),
        eq(trials.state, 'concluded'),
        isNotNull(trials.startOs),
        isNotNull(trials.outcome),
      ),
    )
    .orderBy(desc(trials.number))
    .limit(mostDots + 1)
  return rows.flatMap(({ startOs, outcome, ...row }) => {
    const known = outcomes.find((one) => one === outcome)
    return startOs === null || known === undefined ? [] : [{ ...row, startOs, outcome: known }]
  })
}
