import { and, count, desc, eq, isNotNull, ne, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { stillStands } from '@/lib/db/queries/events/contradiction-standings'
import { inList, literal } from '@/lib/db/schema/rule-sql'
import { contradictions, devices, protocolVersions, trials } from '@/lib/db/schema/schema'
import { factorSql, startPasscode } from '@/lib/db/schema/trial-factors'
import { errorThoughStartedPrint } from '@/lib/domain/contradiction/error-though-started'
import { wholeReply } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import type { Counted, Seen } from '@/lib/domain/statistics/counted'
import type { FactorName } from '@/lib/domain/trial/factors'
import type { PrimaryOutcome } from '@/lib/domain/trial/primary-outcome'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

/** Lost before the command, or not certain to have reached the device: nothing it shows is an effect of the command. */
const isVoid = sql`${trials.outcome} in ${inList(['lost', 'voidOperator', 'voidInfrastructure'])}`

const standing = (
  kind: SQL,
) => sql`exists (select from observations o where o.trial_id = ${trials.id}
  and o.observed_at >= ${trials.sentAt} and ${kind}
  and not exists (select from observations later where later.corrects_id = o.id))`

function observed(kind: string): SQL<Seen> {
  const impossible =
    kind === 'passcodeAsked'
      ? sql`when ${startPasscode} in ('notSet', 'notApplicable') then 'impossible'`
      : sql``
  return sql`case when ${isVoid} then 'void' ${impossible}
    when ${standing(sql`o.kind = ${sql.raw(literal(kind))}`)} then 'seen'
    when ${standing(sql`true`)} then 'notSeen' else 'unknown' end`
}

/** An Error to an update command after which nobody looked: whether the update started is not known. */
const unwatchedError = sql`exists (select from commands c where c.trial_id = ${trials.id}
  and c.purpose = 'intervention' and c.answer_status = 'Error'
  and not exists (select from observations o where o.trial_id = ${trials.id} and o.observed_at >= c.answered_at
    and not exists (select from observations later where later.corrects_id = o.id))
  and not exists (select from commands s where s.trial_id = ${trials.id} and s.request_type = 'OSUpdateStatus'
    and s.answer_status = 'Acknowledged' and s.answered_at >= c.answered_at))`

function contradicted({ fingerprint, requestType }: Counted & { of: 'contradiction' }): SQL<Seen> {
  const started = fingerprint === errorThoughStartedPrint
  const outOf = started
    ? sql`array[${sql.raw(literal(wholeReply))}]`
    : sql`(select array_agg(distinct any_trial.out_of) from contradictions any_trial where any_trial.fingerprint = ${fingerprint})`
  return sql`case when ${isVoid} then 'void'
    when exists (select from contradictions x where x.trial_id = ${trials.id} and x.fingerprint = ${fingerprint} and stands(x.id)
      and plain_version(x.os_version) = plain_version(${trials.startOs})) then 'seen'
    when exists (select from reply_checks k where k.trial_id = ${trials.id} and k.request_type = ${requestType}
      and k.os_version is not null and plain_version(k.os_version) = plain_version(${trials.startOs})
      and k.judged && ${outOf}) ${started ? sql`and not ${unwatchedError}` : sql``} then 'notSeen'
    else 'unknown' end`
}

const seenSql = (counted: Counted): SQL<Seen> =>
  counted.of === 'observation' ? observed(counted.kind) : contradicted(counted)

const primary: SQL<PrimaryOutcome> = sql`${protocolVersions.primaryOutcome}`

const concluded = (environment: Environment, filter: TrialFilter) =>
  and(
    trialsMatching(environment, filter),
    eq(trials.state, 'concluded'),
    isNotNull(trials.startOs),
    isNotNull(trials.outcome),
  )

/** Concluded trials with the same value of a factor that say the same about what is counted. */
export type CountedTrials = { row: string; primary: PrimaryOutcome; seen: Seen; trials: number }

/** The concluded trials of one environment under a filter, without a limit. */
export async function countSeen(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  counted: Counted,
  rows: FactorName = 'version',
): Promise<CountedTrials[]> {
  // Grouped a level above: a bound value would count as another text in `group by`.
  const each = db
    .select({
      row: factorSql[rows].as('row'),
      primary: primary.as('primary'),
      seen: seenSql(counted).as('seen'),
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(concluded(environment, filter))
    .as('each')
  return db
    .select({ row: each.row, primary: each.primary, seen: each.seen, trials: count() })
    .from(each)
    .groupBy(each.row, each.primary, each.seen)
}

/** The maximum number of dots that can be told apart. */
const maxDots = 2000

/** The newest concluded trials with what each says about what is counted, at most `maxDots`. */
export const listSeen = (
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  counted: Counted,
  rows: FactorName,
) =>
  db
    .select({
      id: trials.id,
      number: trials.number,
      row: factorSql[rows],
      primary,
      seen: seenSql(counted),
      labTag: devices.labTag,
      deviceName: devices.name,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(concluded(environment, filter))
    .orderBy(desc(trials.number))
    .limit(maxDots)

/** As many as a list to choose from can show. */
const maxPrints = 200

/** The fingerprints that trials of one environment show. */
export async function listTrialPrints(db: Db, environment: Environment): Promise<string[]> {
  const rows = await db
    .selectDistinct({ fingerprint: contradictions.fingerprint })
    .from(contradictions)
    .where(
      and(
        eq(contradictions.simulated, environment === 'simulated'),
        isNotNull(contradictions.trialId),
        ne(contradictions.kind, 'documentedSilence'),
        stillStands,
      ),
    )
    .orderBy(contradictions.fingerprint)
    .limit(maxPrints)
  return rows.map(({ fingerprint }) => fingerprint)
}
