import { and, count, desc, eq, inArray, not, type SQL } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { outcomeCounts, trialOutcomes } from '@/lib/db/schema/outcomes'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { type Outcome, outcomes } from '@/lib/domain/outcome/outcome'
import { type FactorName, factorNames } from '@/lib/domain/trial/factors'
import { type PrimaryOutcome, primaryOutcomes } from '@/lib/domain/trial/protocol'
import { type TrialFilter, trialFilterFields } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

// Outcomes are read from what the database keeps of each concluded trial (lib/db/sql/views/trial_outcome_fold.sql), and
// without a filter from their counts, so that a million trials are counted as quickly as a thousand.

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
        matching(environment, filter),
        otherFilters(environment, filter),
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

/** Concluded trials with the same value of a factor, outcome and state of review. */
export type CountedOutcome = Pick<
  ConcludedTrial,
  'row' | 'outcome' | 'overruled' | 'against' | 'primary'
> & {
  /** `none` before the first event of a review. */
  review: string
  trials: number
}

/** The number of concluded trials of one environment per value of a factor and outcome, without a limit. */
export async function countOutcomes(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName = 'version',
): Promise<CountedOutcome[]> {
  const found = areCounted(filter, rows)
    ? await readCounts(db, environment, filter, rows)
    : await countEach(db, environment, filter, rows)
  return found.map(named)
}

/** Whether the counts of a factor answer a filter: they know its values and the outcomes, and no second factor. */
const areCounted = (filter: TrialFilter, rows: FactorName): boolean =>
  trialFilterFields.every(
    (field) =>
      filter[field] === undefined ||
      field === rows ||
      field === 'outcome' ||
      (field === 'state' && filter.state === 'concluded'),
  )

const readCounts = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName,
): Promise<Counted[]> => {
  const { value, outcome, overruled, against, primaryOutcome, review } = outcomeCounts
  return db
    .select({
      ...{ row: value, outcome, overruled, against, primary: primaryOutcome, review },
      trials: outcomeCounts.trials,
    })
    .from(outcomeCounts)
    .where(
      and(
        eq(outcomeCounts.simulated, environment === 'simulated'),
        eq(outcomeCounts.factor, rows),
        filter[rows] ? eq(value, filter[rows]) : undefined,
        filter.outcome && eq(outcome, filter.outcome),
      ),
    )
}

/** Reads a narrow row for each trial: about 0.2 s for a million. */
const countEach = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName,
): Promise<Counted[]> => {
  const { outcome, overruled, against, primaryOutcome, review } = trialOutcomes
  const by = {
    row: trialOutcomes[rows],
    outcome,
    overruled,
    against,
    primary: primaryOutcome,
    review,
  }
  const others = otherFilters(environment, filter)
  const counted = db
    .select({ ...by, trials: count() })
    .from(trialOutcomes)
    .$dynamic()
  if (others) {
    counted.innerJoin(trials, eq(trials.id, trialOutcomes.trialId))
    counted.innerJoin(devices, eq(devices.id, trials.deviceId))
    counted.innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
  }
  return counted.where(and(matching(environment, filter), others)).groupBy(...Object.values(by))
}

/** The part of a filter that `trial_outcomes` answers by itself. */
const matching = (environment: Environment, filter: TrialFilter): SQL | undefined =>
  and(
    eq(trialOutcomes.simulated, environment === 'simulated'),
    filter.outcome && eq(trialOutcomes.outcome, filter.outcome),
    filter.device ? eq(trialOutcomes.deviceId, filter.device) : undefined,
    ...factorNames.map((factor) =>
      filter[factor] ? eq(trialOutcomes[factor], filter[factor]) : undefined,
    ),
  )

/** The rest of it, over `trials` joined to `devices` and `protocol_versions`; undefined where nothing is left. */
function otherFilters(environment: Environment, filter: TrialFilter): SQL | undefined {
  const { state, review, from, to, text, flow } = filter
  const rest = { state: state === 'concluded' ? undefined : state, review, from, to, text, flow }
  return Object.values(rest).some((value) => value !== undefined)
    ? trialsMatching(environment, rest)
    : undefined
}

/** How many of counted trials are approved by a reviewer, and how many of those are locked. */
export function reviewedIn(counted: readonly CountedOutcome[]): {
  trials: number
  approved: number
  locked: number
} {
  const of = (...states: string[]) =>
    counted
      .filter(({ review }) => states.length === 0 || states.includes(review))
      .reduce((sum, one) => sum + one.trials, 0)
  return { trials: of(), approved: of('approved', 'locked'), locked: of('locked') }
}

type Counted = Omit<CountedOutcome, 'outcome' | 'primary'> & { outcome: string; primary: string }

/** Throws on an outcome that this version does not know, as leaving it out would silently change the numbers. */
function named<T extends { outcome: string; primary: string }>(row: T) {
  const outcome = outcomes.find((one) => one === row.outcome)
  const primary = primaryOutcomes.find((one) => one === row.primary)
  if (outcome === undefined || primary === undefined)
    throw new Error(`a concluded trial has the unknown outcome ${row.outcome} of ${row.primary}`)
  return { ...row, outcome, primary }
}
