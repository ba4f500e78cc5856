import { and, eq, isNotNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql, startPasscode } from '@/lib/db/schema/trial-factors'
import { type Environment, type Platform, platformOf } from '@/lib/domain/device/device'
import { outcomes } from '@/lib/domain/outcome/outcome'
import type { CoverageTrials } from '@/lib/domain/planning/coverage'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { PrimaryOutcome } from '@/lib/domain/trial/primary-outcome'

/** The version of the first command's target: as written, or that of the one update offered under its key at release. */
const target: SQL<string | null> =
  sql`coalesce(${protocolVersions.plan} #>> '{slots,0,productVersion}', ${protocolVersions.plan} #>> '{slots,0,targetVersion}', (
  select case when count(*) = 1 then min(u ->> 'version') end
  from jsonb_array_elements(case jsonb_typeof(${trials.startingState} #> '{availableUpdates,value}')
    when 'array' then ${trials.startingState} #> '{availableUpdates,value}' else '[]' end) u
  where u ->> 'productKey' = ${protocolVersions.plan} #>> '{slots,0,productKey}'))`

const against: SQL<boolean> = sql`coalesce(outcome_against_end(${trials.outcome}, trial_end.state), false)`

/** Concluded trials of one environment by question and outcome, counted by the database. */
export async function countCoverage(db: Db, environment: Environment): Promise<CoverageTrials[]> {
  const each = db
    .select({
      id: trials.id,
      number: trials.number,
      concludedAt: trials.concludedAt,
      platform: devices.platform,
      model: devices.modelIdentifier,
      startVersion: trials.startOs,
      outcome: trials.outcome,
      passcode: startPasscode.as('passcode'),
      // Rendered from the values of lib/domain/trial/mechanism.
      mechanism: sql<Mechanism>`${factorSql.mechanism}`.as('mechanism'),
      target: target.as('target'),
      against: against.as('against'),
      primary: sql<PrimaryOutcome>`${protocolVersions.primaryOutcome}`.as('primary'),
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .innerJoin(sql`trial_end`, sql`trial_end.trial = ${trials.id}`)
    .where(
      and(
        eq(trials.simulated, environment === 'simulated'),
        eq(trials.state, 'concluded'),
        isNotNull(trials.startOs),
        isNotNull(trials.outcome),
      ),
    )
    .as('each')
  const { platform, model, startVersion, outcome, passcode, mechanism, primary } = each
  const newest = <T>(column: SQL) => sql<T>`(array_agg(${column} order by ${each.number} desc))[1]`
  const rows = await db
    .select({
      ...{ platform, model, startVersion, outcome, passcode, mechanism, primary },
      target: each.target,
      against: each.against,
      trials: sql<number>`count(*)::int`,
      number: sql<number>`max(${each.number})::int`,
      id: newest<string>(sql`${each.id}`),
      at: newest<string>(sql`${each.concludedAt}`),
    })
    .from(each)
    .groupBy(
      ...[platform, model, startVersion, outcome, passcode, mechanism, primary],
      ...[each.target, each.against],
    )
  return rows.map(asCounted)
}

type Row = Omit<CoverageTrials, 'outcome' | 'startVersion' | 'last'> & {
  platform: Platform
  model: string | null
  startVersion: string | null
  outcome: string | null
  number: number
  id: string
  at: string
}

/** The platform is the one it started on: an iPad that runs iPadOS today began its first trials on iOS. */
function asCounted({ model, number, id, at, ...row }: Row): CoverageTrials {
  const outcome = outcomes.find((one) => one === row.outcome)
  if (row.startVersion === null || outcome === undefined)
    throw new Error(`trial T-${number} is concluded with the unknown outcome ${row.outcome}`)
  const clues = { modelIdentifier: model, osVersion: row.startVersion }
  return {
    ...row,
    startVersion: row.startVersion,
    outcome,
    platform: platformOf(clues, row.platform),
    last: { id, number, at: new Date(at) },
  }
}
