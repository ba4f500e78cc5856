import { and, count, desc, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { trialReviews } from '@/lib/db/schema/review'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import { type Outcome, outcomes } from '@/lib/domain/outcome/outcome'
import { type FactorName, unknownValue } from '@/lib/domain/trial/factors'
import type { PrimaryOutcome } from '@/lib/domain/trial/protocol'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

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

/** The maximum number of dots that can be told apart; the page says if there are more. */
const maxDots = 2000

const against: SQL<boolean> = sql`outcome_against_end(${trials.outcome}, trial_end.state)`
const primary: SQL<PrimaryOutcome> = sql`primary_outcome(${protocolVersions.plan})`
const ofTrial = sql`trial_end.trial = ${trials.id}`

const concluded = (environment: Environment, filter: TrialFilter) =>
  and(
    trialsMatching(environment, filter),
    eq(trials.state, 'concluded'),
    isNotNull(trials.startOs),
    isNotNull(trials.outcome),
  )

/** The newest concluded trials of one environment under a filter, at most `maxDots`. */
export async function listConcluded(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  rows: FactorName = 'version',
): Promise<ConcludedTrial[]> {
  const found = await db
    .select({
      row: factorSql[rows],
      id: trials.id,
      number: trials.number,
      startOs: trials.startOs,
      outcome: trials.outcome,
      overruled: trials.overruled,
      against,
      primary,
      labTag: devices.labTag,
      deviceName: devices.name,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(sql`trial_end`, ofTrial)
    .where(concluded(environment, filter))
    .orderBy(desc(trials.number))
    .limit(maxDots)
  return found.map((one) => ({ ...named(one), startOs: one.startOs ?? unknownValue }))
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
  // Grouped a level above: a bound value in a factor's text would count as another text in `group by`.
  const each = db
    .select({
      row: factorSql[rows].as('row'),
      outcome: trials.outcome,
      overruled: trials.overruled,
      against: against.as('against'),
      primary: primary.as('primary'),
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(sql`trial_end`, ofTrial)
    .where(concluded(environment, filter))
    .as('each')
  const found = await db
    .select({
      row: each.row,
      outcome: each.outcome,
      overruled: each.overruled,
      against: each.against,
      primary: each.primary,
      trials: count(),
    })
    .from(each)
    .groupBy(each.row, each.outcome, each.overruled, each.against, each.primary)
  return found.map(named)
}

/** How many of the concluded trials are approved by a reviewer, and how many of those are locked. */
export async function countReviewed(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
): Promise<{ trials: number; approved: number; locked: number }> {
  const [row] = await db
    .select({
      trials: count(),
      approved: sql<number>`count(*) filter (where ${trialReviews.state} in ('approved', 'locked'))::int`,
      locked: sql<number>`count(*) filter (where ${trialReviews.state} = 'locked')::int`,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .leftJoin(trialReviews, eq(trialReviews.trialId, trials.id))
    .where(concluded(environment, filter))
  return row ?? { trials: 0, approved: 0, locked: 0 }
}

/** Throws on an outcome that this version does not know, as leaving it out would silently change the numbers. */
function named<T extends { outcome: string | null }>(row: T) {
  const outcome = outcomes.find((one) => one === row.outcome)
  if (outcome === undefined)
    throw new Error(`a concluded trial has the unknown outcome ${row.outcome}`)
  return { ...row, outcome }
}
