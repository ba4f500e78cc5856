import { and, eq, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { reviewQueue } from '@/lib/db/schema/outcomes'
import { trialReviews } from '@/lib/db/schema/review'
import { devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql, planActions, targetOf } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import type { TrialDesign } from '@/lib/domain/trial/design'
import { armValue, byValue, labelOfValue, noArm, unknownValue } from '@/lib/domain/trial/factors'
import {
  type FilterField,
  type ReviewFilter,
  type TrialFilter,
  trialFilterFields,
} from '@/lib/domain/trial/trial-filter'
import { atFlowPlace } from './flow-place'

/** Read from the starting state, which a trial has from its release on: before it, nothing is known or unknown. */
const frozenFactors = ['passcode', 'power', 'battery', 'network'] as const
const plainFactors = [
  'mechanism',
  'target',
  'action',
  'hour',
  'treatment',
  'arm',
  'assigned',
] as const

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

const ofTrialsAlone: readonly FilterField[] = [
  ...(['state', 'review', 'outcome', 'version', 'device', 'power', 'network'] as const),
  ...(['hour', 'assigned', 'treatment', 'from', 'to', 'flow'] as const),
]

/** Whether a filter reads neither `devices` nor `protocol_versions`, so that a count needs no join. */
export const isOfTrialsAlone = (filter: TrialFilter): boolean =>
  trialFilterFields.every((field) => filter[field] === undefined || ofTrialsAlone.includes(field))

/** The queue of reviews has those without any event of a review too. */
function reviewedSoFar(review: ReviewFilter): SQL {
  const having = (condition: SQL) =>
    sql`exists (select from ${trialReviews} r where r.trial_id = ${trials.id} and ${condition})`
  if (review === 'toReview')
    return sql`exists (select from ${reviewQueue} q where q.trial_id = ${trials.id})`
  return having(review === 'queried' ? sql`r.open_queries > 0` : sql`r.state = ${review}`)
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
  arms: { value: string; label: string }[]
  /** The InstallActions of the commands of their protocols, such as "Default,InstallASAP". */
  actions: string[]
}

export async function listTrialFacets(db: Db, environment: Environment): Promise<TrialFacets> {
  const [versions, models, used] = await Promise.all([
    listStartVersions(db, environment),
    listModels(db, environment),
    listUsedPlans(db, environment),
  ])
  const sorted = (values: (string | null)[]) =>
    [...new Set(values.flatMap((value) => (value === null ? [] : [value])))].toSorted()
  // The newest version of a protocol comes first, and its title is the one that is shown.
  const titles = new Map(used.toReversed().map(({ protocolId, title }) => [protocolId, title]))
  return {
    versions,
    models,
    protocols: [...titles]
      .map(([value, label]) => ({ value, label }))
      .toSorted((a, b) => a.label.localeCompare(b.label, 'en')),
    targets: sorted(used.map(({ target }) => target)),
    actions: sorted(used.flatMap(({ action, design }) => [action, ...armActions(design)])),
    arms: armsOf(used),
  }
}

// Each value is looked up in an index from the one before it, so that a million trials cost no more than a thousand.

async function listModels(db: Db, environment: Environment) {
  const simulated = sql`${environment === 'simulated'}`
  const rows = await db.execute<{ value: string; name: string | null }>(sql`
    with recursive models(value) as (
      select min(model_identifier) from devices where simulated = ${simulated}
      union all
      select (select min(d.model_identifier) from devices d where d.simulated = ${simulated} and d.model_identifier > m.value)
      from models m where m.value is not null
    )
    select m.value, (select min(d.model_name) from devices d
      where d.simulated = ${simulated} and d.model_identifier = m.value) as name
    from models m cross join lateral (
      select from devices d cross join lateral (select from trials t where t.device_id = d.id limit 1) t
      where d.simulated = ${simulated} and d.model_identifier = m.value limit 1) used
    where m.value is not null order by m.value`)
  return rows.map(({ value, name }) => ({ value, label: name ? `${name} (${value})` : value }))
}

type UsedPlan = {
  protocolId: string
  title: string
  target: string | null
  action: string
  design: TrialDesign | null
}

const armActions = (design: TrialDesign | null): string[] =>
  design?.arms.flatMap(({ levels }) => levels.action ?? []) ?? []

/** The arms of the protocols, each once, under the newest title; and what stands for none where there is any. */
function armsOf(used: readonly UsedPlan[]) {
  const named = used
    .toReversed()
    .flatMap(({ protocolId, title, design }) =>
      (design?.arms ?? []).map(
        ({ name }) => [armValue(protocolId, name), `${name} (${title})`] as const,
      ),
    )
  const arms = [...new Map(named)].map(([value, label]) => ({ value, label }))
  return arms.length === 0
    ? []
    : [
        ...arms.toSorted((a, b) => a.label.localeCompare(b.label, 'en')),
        { value: noArm, label: labelOfValue('arm', noArm) },
      ]
}

/** The versions of protocols that trials of one environment have, the newest of each protocol first. */
async function listUsedPlans(db: Db, environment: Environment): Promise<UsedPlan[]> {
  const { id, protocolId, version, plan } = protocolVersions
  return [
    ...(await db.execute<UsedPlan>(sql`
      select ${protocolId} as "protocolId", ${plan} ->> 'title' as title, ${targetOf} as target, ${planActions} as action, ${plan} -> 'design' as design
      from ${protocolVersions} cross join lateral (
        select from trials t where t.protocol_version_id = ${id} and t.simulated = ${environment === 'simulated'} limit 1) used
      order by ${protocolId}, ${version} desc`)),
  ]
}

/** The starting OS versions of trials of one environment, in version order. */
export async function listStartVersions(db: Db, environment: Environment): Promise<string[]> {
  const simulated = sql`${environment === 'simulated'}`
  const rows = await db.execute<{ version: string }>(sql`
    with recursive versions(version) as (
      select min(start_os) from trials where simulated = ${simulated}
      union all
      select (select min(t.start_os) from trials t where t.simulated = ${simulated} and t.start_os > v.version)
      from versions v where v.version is not null
    )
    select version from versions where version is not null`)
  return rows.map(({ version }) => version).toSorted(byValue('version'))
}
