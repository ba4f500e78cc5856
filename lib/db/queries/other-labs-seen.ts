import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { literal } from '@/lib/db/schema/rule-sql'
import { contradictions } from '@/lib/db/schema/schema'
import { sentActions } from '@/lib/db/schema/trial-factors'
import type { ContradictionKind } from '@/lib/domain/contradiction/finding'
import type { Environment } from '@/lib/domain/device/device'
import type { Outcome } from '@/lib/domain/outcome/outcome'
import { declarationAction } from '@/lib/domain/report/lab-report'
import { type ComparedFactor, comparedFactors } from '@/lib/domain/report/other-labs'
import type { RequestType } from '@/lib/domain/trial/command-slot'
import { noAction, unknownValue } from '@/lib/domain/trial/factors'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { stillStands } from './events/contradiction-standings'

// What other labs saw, to stand beside what this lab saw. docs/report.md says when two labs saw the same; no other module
// reads these rows, and nothing here is added to a number of this lab.

const isSimulated = (environment: Environment) => environment === 'simulated'

/** How many labs have a report that stands in this environment. Pages that show other labs ask this first, so it reads no rows. */
export async function countOtherLabs(db: Db, environment: Environment): Promise<number> {
  const [row] = await db.execute<{ labs: number }>(sql`
    select count(distinct lab_id)::int as labs from other_lab_reports
    where simulated = ${isSimulated(environment)} and withdrawn_at is null`)
  return row?.labs ?? 0
}

/** A contradiction as other labs report it. */
export type SeenContradiction = {
  /** Null where the value did not leave its lab. */
  fingerprint: string | null
  requestType: RequestType
  path: string
  kind: ContradictionKind
  observed: string | null
  /** The names of the labs that saw it. */
  labs: string[]
  trials: number
  versions: string[]
  /** Whether this lab has it too. */
  here: boolean
}

/** Of more, those of most labs. */
const maxSeenContradictions = 500

/** Every contradiction that other labs report; the one of most labs first. */
export const listSeenContradictions = (db: Db, environment: Environment) =>
  readSeen(db, environment, sql``, sql`limit ${maxSeenContradictions}`)

/** Of these contradictions, by fingerprint, those that other labs report: all of them, however many others there are. */
export async function findSeenContradictions(
  db: Db,
  environment: Environment,
  fingerprints: readonly string[],
): Promise<Map<string, SeenContradiction>> {
  if (fingerprints.length === 0) return new Map()
  const named = sql`and c.fingerprint = any (${sql.param([...fingerprints])}::text[])`
  const seen = await readSeen(db, environment, named, sql``)
  return new Map(seen.flatMap((one) => (one.fingerprint === null ? [] : [[one.fingerprint, one]])))
}

async function readSeen(
  db: Db,
  environment: Environment,
  which: SQL,
  limit: SQL,
): Promise<SeenContradiction[]> {
  const simulated = isSimulated(environment)
  const rows = await db.execute<SeenContradiction>(sql`
    select c.fingerprint, c.request_type as "requestType", c.path, c.kind, c.observed,
      array_agg(distinct t.lab_name) as labs, count(distinct t.id)::int as trials,
      array_agg(distinct c.os_version) as versions,
      c.fingerprint is not null and exists (select from ${contradictions}
        where fingerprint = c.fingerprint and simulated = ${simulated} and ${stillStands}) as here
    from other_lab_contradictions c join other_lab_current t on t.id = c.trial_row_id
    where t.simulated = ${simulated} ${which}
    group by c.fingerprint, c.request_type, c.path, c.kind, c.observed
    order by count(distinct t.lab_id) desc, c.request_type, c.path, c.kind, c.observed
    ${limit}`)
  return [...rows]
}

/** Of the labs that ran the test of a trial, those with its outcome. */
export type SeenOutcome = { labs: string[]; tried: number }

/**
 * The same test: model identifier, version before, and of the build where both name one, target, InstallActions and declarations. The
 * same outcome: that of a trial, and the same OS afterwards where both saw one.
 */
const sameTest = sql`o.simulated = f.simulated and o.model = f.model and o.start_os = f.version and o.target = f.target
  and o.action = ${sentActions} and (o.start_build is null or trials.start_build is null or o.start_build = trials.start_build)`
const sameOutcome = sql`o.outcome = f.outcome and (o.end_os is null or e.os is null or o.end_os = e.os)
  and (o.end_build is null or e.build is null or o.end_build = e.build)`

/** For each of these trials that has an outcome, how other labs fared with the same test. */
export async function findSeenOutcomes(
  db: Db,
  trialIds: readonly string[],
): Promise<Map<string, SeenOutcome>> {
  if (trialIds.length === 0) return new Map()
  const rows = await db.execute<SeenOutcome & { trialId: string }>(sql`
    select f.trial_id as "trialId", count(distinct o.lab_id)::int as tried,
      coalesce(array_agg(distinct o.lab_name) filter (where ${sameOutcome}), '{}') as labs
    from trial_outcomes f
    join trials on trials.id = f.trial_id
    join protocol_versions on protocol_versions.id = trials.protocol_version_id
    join trial_end e on e.trial = f.trial_id
    left join other_lab_current o on ${sameTest}
    where f.trial_id = any (${sql.param([...trialIds])}::uuid[])
    group by f.trial_id`)
  return new Map(rows.map(({ trialId, ...seen }) => [trialId, seen]))
}

/** The names of the labs that saw the contradiction of each of these radars. */
export async function findSeenRadars(
  db: Db,
  contradictionIds: readonly number[],
): Promise<Map<number, string[]>> {
  if (contradictionIds.length === 0) return new Map()
  const rows = await db.execute<{ id: number; labs: string[] }>(sql`
    select c.id::float8 as id,
      coalesce(array_agg(distinct t.lab_name) filter (where t.lab_id is not null), '{}') as labs
    from ${contradictions} c
    left join other_lab_contradictions o on o.fingerprint = c.fingerprint
    left join other_lab_current t on t.id = o.trial_row_id and t.simulated = c.simulated
    where c.id = any (${sql.param([...contradictionIds])}::bigint[])
    group by c.id`)
  return new Map(rows.map(({ id, labs }) => [id, labs]))
}

/** Trials of one lab with the same value of a factor and the same outcome. */
export type OtherLabOutcome = { row: string; lab: string; outcome: Outcome; trials: number }

/** A row of another lab has “declaration” among its actions for each declaration. */
const declared = sql.raw(literal(declarationAction))
const actionList = sql`string_to_array(action, ',')`
const commandActions = sql`array_remove(${actionList}, ${declared})`
const mechanism = sql`case when action is null then null when cardinality(${commandActions}) = 0 then 'declaration'
  when ${declared} = any (${actionList}) then 'both' else 'command' end`
const action = sql`case when action is not null then coalesce(nullif(array_to_string(${commandActions}, ','), ''), ${noAction}) end`

const columns: Record<ComparedFactor, SQL> = {
  ...{ version: sql`start_os`, platform: sql`platform`, model: sql`model` },
  ...{ passcode: sql`passcode`, power: sql`power`, battery: sql`battery`, network: sql`network` },
  ...{ mechanism, action, target: sql`target`, treatment: sql`treatment` },
}
const columnOf = (name: ComparedFactor) => sql`coalesce(${columns[name]}, ${unknownValue})`

/** The outcomes of other labs per value of a factor, narrowed by what their rows have of a filter. */
export async function countOtherLabOutcomes(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  by: ComparedFactor,
): Promise<OtherLabOutcome[]> {
  const narrowed = comparedFactors.flatMap((name) =>
    filter[name] === undefined ? [] : [sql`${columnOf(name)} = ${filter[name]}`],
  )
  const outcome = filter.outcome ? [sql`outcome = ${filter.outcome}`] : []
  const where = [sql`simulated = ${isSimulated(environment)}`, ...narrowed, ...outcome]
  const found = await db.execute<OtherLabOutcome>(sql`
    select ${columnOf(by)} as row, lab_name as lab, outcome, count(*)::int as trials
    from other_lab_current where ${sql.join(where, sql` and `)}
    group by 1, 2, 3 order by 1, 2, 3`)
  return [...found]
}
