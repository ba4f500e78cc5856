import { and, desc, eq, inArray, not } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { trialOutcomes } from '@/lib/db/schema/outcomes'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { type Outcome, outcomes } from '@/lib/domain/outcome/outcome'
import type { FactorName } from '@/lib/domain/trial/factors'
import { type PrimaryOutcome, primaryOutcomes } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { countAlike, outcomesMatching } from './outcome-counts'

/** One concluded trial as a chart draws it. */
export type ConcludedTrial = {
  id: string
  number: number
  startOs: string
  /** Its value of the factor that was asked for. */
  row: string
  outcome: Outcome
  overruled: boolean
  /** Whether the outcome differs from what the OS before and after shows. */
  against: boolean
  /** The outcome that its protocol is about. */
  primary: PrimaryOutcome
  labTag: string | null
  deviceName: string
}

type Wanted = {
  /** Only trials with one of these values of the factor. */
  values?: readonly string[]
  primary?: PrimaryOutcome
  against?: boolean
  /** Of more trials, the newest. */
  max?: number
}

/** The concluded trials of one environment under a filter, the newest first. */
export async function listConcluded(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName = 'version',
  { values, primary, against, max = 2000 }: Wanted = {},
): Promise<ConcludedTrial[]> {
  const { trialId, number, version, outcome, overruled, primaryOutcome } = trialOutcomes
  const found = await db
    .select({
      ...{ row: trialOutcomes[rows], id: trialId, number, startOs: version, outcome, overruled },
      ...{ against: trialOutcomes.against, primary: primaryOutcome },
      ...{ labTag: devices.labTag, deviceName: devices.name },
    })
    .from(trialOutcomes)
    .innerJoin(trials, eq(trials.id, trialId))
    .innerJoin(devices, eq(devices.id, trialOutcomes.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(
      and(
        outcomesMatching(environment, filter),
        values && inArray(trialOutcomes[rows], [...values]),
        primary && eq(primaryOutcome, primary),
        against === undefined
          ? undefined
          : against
            ? trialOutcomes.against
            : not(trialOutcomes.against),
      ),
    )
    .orderBy(desc(number))
    .limit(max)
  return found.map(named)
}

/** Concluded trials with the same value of a factor and the same outcome. */
export type CountedOutcome = Pick<
  ConcludedTrial,
  'row' | 'outcome' | 'overruled' | 'against' | 'primary'
> & { trials: number }

/** The number of concluded trials of one environment per value of a factor and outcome, without a limit. */
export async function countOutcomes(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName = 'version',
): Promise<CountedOutcome[]> {
  const found = await countAlike(db, { environment, filter, by: rows }, [
    'outcome',
    'overruled',
    'against',
    'primary',
  ])
  return found.map(named)
}

/** How many of the concluded trials are approved by a reviewer, and how many of those are locked. */
export async function countReviewed(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName = 'version',
): Promise<{ trials: number; approved: number; locked: number }> {
  const counted = await countAlike(db, { environment, filter, by: rows }, ['review'])
  const of = (...states: string[]) =>
    counted
      .filter(({ review }) => states.length === 0 || states.includes(review))
      .reduce((sum, one) => sum + one.trials, 0)
  return { trials: of(), approved: of('approved', 'locked'), locked: of('locked') }
}

/** Throws on an outcome that this version does not know, as leaving it out would silently change the numbers. */
function named<T extends { outcome: string; primary: string }>(row: T) {
  const outcome = outcomes.find((one) => one === row.outcome)
  const primary = primaryOutcomes.find((one) => one === row.primary)
  if (outcome === undefined || primary === undefined)
    throw new Error(`a concluded trial has the unknown outcome ${row.outcome} of ${row.primary}`)
  return { ...row, outcome, primary }
}
