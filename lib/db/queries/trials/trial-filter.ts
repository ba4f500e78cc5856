import { and, asc, eq, isNotNull, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { trialReviews } from '@/lib/db/schema/review'
import { oneOf } from '@/lib/db/schema/rule-sql'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql, targetOf } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import { reviewedStates } from '@/lib/domain/review/review'
import { byValue, unknownValue } from '@/lib/domain/trial/factors'
import type { ReviewFilter, TrialFilter } from '@/lib/domain/trial/trial-filter'
import { atFlowPlace } from './flow-place'

/** Read from the starting state, which a trial has from its release on: before it, nothing is known or unknown. */
const frozenFactors = ['passcode', 'power', 'battery', 'network'] as const
const plainFactors = ['target', 'action', 'hour', 'treatment'] as const

/**
 * The condition for the trials of one environment that match a filter, for a query over `trials` joined to `devices`
 * and `protocolVersions`. The list, the charts and the exports all use it, so they agree.
 */
export function trialsMatching(environment: Environment, filter: TrialFilter): SQL | undefined {
  const { state, outcome, version, platform, model, device, protocol } = filter
  const { from, to, text, review, flow } = filter
  return and(
    eq(trials.simulated, environment === 'simulated'),
    state && eq(trials.state, state),
    review && reviewedSoFar(review),
    outcome && eq(trials.outcome, outcome),
    version ? eq(trials.startOs, version) : undefined,
    platform && eq(devices.platform, platform),
    model === unknownValue ? isNull(devices.modelIdentifier) : undefined,
    model && model !== unknownValue ? eq(devices.modelIdentifier, model) : undefined,
    device ? eq(trials.deviceId, device) : undefined,
    protocol ? eq(protocolVersions.protocolId, protocol) : undefined,
    ...frozenFactors.map((factor) =>
      filter[factor]
        ? sql`${trials.startingState} is not null and ${factorSql[factor]} = ${filter[factor]}`
        : undefined,
    ),
    ...plainFactors.map((factor) =>
      filter[factor] ? sql`${factorSql[factor]} = ${filter[factor]}` : undefined,
    ),
    from ? sql`${trials.releasedAt} >= ${`${from}T00:00:00Z`}` : undefined,
    to ? sql`${trials.releasedAt} < ${dayAfter(to)}` : undefined,
    text ? matchingText(text) : undefined,
    flow && atFlowPlace(flow),
  )
}

/** A trial without a review row is not reviewed yet, so it is among those to review. */
function reviewedSoFar(review: ReviewFilter): SQL {
  const having = (condition: SQL) =>
    sql`exists (select from ${trialReviews} r where r.trial_id = ${trials.id} and ${condition})`
  if (review === 'queried') return having(sql`r.open_queries > 0`)
  if (review !== 'toReview') return having(sql`r.state = ${review}`)
  return sql`${trials.consumed} and ${oneOf(trials.state, reviewedStates)}
    and not ${having(sql`r.state <> 'inReview'`)}`
}

function dayAfter(day: string): string {
  return new Date(new Date(`${day}T00:00:00Z`).getTime() + 86_400_000).toISOString()
}

function matchingText(text: string): SQL {
  const number = /^t-?(\d{1,9})$/i.exec(text)?.[1]
  if (number !== undefined) return sql`${trials.number} = ${Number(number)}`
  const like = `%${text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`)}%`
  return sql`(${devices.labTag} ilike ${like} or ${devices.name} ilike ${like}
    or ${devices.serial} ilike ${like} or ${protocolVersions.plan} ->> 'title' ilike ${like}
    or ${trials.draftedBy} ilike ${like} or ${trials.releasedBy} ilike ${like})`
}

/** The values by which trials of one environment can be filtered. */
export type TrialFacets = {
  versions: string[]
  models: { value: string; label: string }[]
  protocols: { value: string; label: string }[]
  targets: string[]
  /** The InstallActions of their protocols, such as "Default,InstallASAP". */
  actions: string[]
}

export async function listTrialFacets(db: Db, environment: Environment): Promise<TrialFacets> {
  const [versions, models, protocols, targets, actions] = await Promise.all([
    listStartVersions(db, environment),
    listModels(db, environment),
    listTitles(db, environment),
    listTargets(db, environment),
    listActions(db, environment),
  ])
  return { versions, models, protocols, targets, actions }
}

const ofEnvironment = (environment: Environment) =>
  eq(trials.simulated, environment === 'simulated')

async function listModels(db: Db, environment: Environment) {
  const rows = await db
    .select({ value: devices.modelIdentifier, name: sql<string | null>`min(${devices.modelName})` })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .where(and(ofEnvironment(environment), isNotNull(devices.modelIdentifier)))
    .groupBy(devices.modelIdentifier)
    .orderBy(asc(devices.modelIdentifier))
  return rows.flatMap(({ value, name }) =>
    value === null ? [] : [{ value, label: name ? `${name} (${value})` : value }],
  )
}

/** Protocols with the newest title that they have among these trials. */
async function listTitles(db: Db, environment: Environment) {
  const { protocolId, version, plan } = protocolVersions
  const newest = sql<string>`(array_agg(${plan} ->> 'title' order by ${version} desc))[1]`
  return db
    .select({ value: protocolId, label: newest })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofEnvironment(environment))
    .groupBy(protocolId)
    .orderBy(newest)
}

async function listTargets(db: Db, environment: Environment) {
  const rows = await db
    .selectDistinct({ target: targetOf })
    .from(trials)
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofEnvironment(environment))
    .orderBy(asc(targetOf))
  return rows.flatMap(({ target }) => (target === null ? [] : [target]))
}

async function listActions(db: Db, environment: Environment) {
  const rows = await db
    .selectDistinct({ action: factorSql.action })
    .from(protocolVersions)
    .innerJoin(trials, eq(protocolVersions.id, trials.protocolVersionId))
    .where(ofEnvironment(environment))
  return rows.map(({ action }) => action).toSorted()
}

/** The starting OS versions of trials of one environment, in version order. */
export async function listStartVersions(db: Db, environment: Environment): Promise<string[]> {
  const rows = await db
    .selectDistinct({ version: trials.startOs })
    .from(trials)
    .where(and(eq(trials.simulated, environment === 'simulated'), isNotNull(trials.startOs)))
  return rows
    .flatMap(({ version }) => (version === null ? [] : [version]))
    .toSorted(byValue('version'))
}
