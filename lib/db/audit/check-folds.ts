import { sql } from 'drizzle-orm'
import type postgres from 'postgres'
import type { ReadingField } from '@/lib/domain/reading/reading'
import { factorNames } from '@/lib/domain/trial/factors'
import { foldTrial, type TrialEventKind, type TrialState } from '@/lib/domain/trial/trial'
import type { Db } from '../client'
import type { Mismatch } from './check-evidence'

const reason = 'it is not what the record folds to'

const readingColumns = [
  ...['reading_id', 'value', 'unknown_reason', 'source', 'asked_at', 'answered_at'],
  ...['age_unknown', 'by_name'],
]
const reviewColumns = [
  ...['state', 'queries', 'open_queries'],
  ...['approved_by', 'approved_at', 'locked_by', 'locked_at'],
]

const rowOf = (alias: string, columns: readonly string[]) =>
  `(${columns.map((name) => `${alias}.${name}`).join(', ')})`

/** The columns in which the cache `c` and the fold `f` differ. */
const differing = (columns: readonly string[]) =>
  `array_remove(array[${columns
    .map((name) => `case when c.${name} is distinct from f.${name} then '${name}' end`)
    .join(', ')}], null)`

/** The cached readings that differ from the fold of the record; `devices` is a query for device IDs. */
const readingsThatDiffer = (devices: string) => `
  select coalesce(c.device_id, f.device_id) || '/' || coalesce(c.field, f.field) as row,
    coalesce(c.field, f.field) as field,
    ${differing(readingColumns)} as fields
  from (select * from current_readings where device_id in (${devices})) c
  full join (select r.*, r.id as reading_id from (${devices}) d(id) cross join lateral fold_readings(d.id) r) f
    on f.device_id = c.device_id and f.field = c.field
  where ${rowOf('c', readingColumns)} is distinct from ${rowOf('f', readingColumns)}
  order by 1`

/** The fields of a device whose cached reading, which the pages show, differs from the record. */
export async function listMismatchedFields(db: Db, deviceId: string): Promise<ReadingField[]> {
  const devices = sql`select ${deviceId}::uuid`
  const [before, within, after] = readingsThatDiffer('DEVICES').split('DEVICES')
  const rows = await db.execute<{ field: ReadingField }>(
    sql`${sql.raw(before ?? '')}${devices}${sql.raw(within ?? '')}${devices}${sql.raw(after ?? '')}`,
  )
  return rows.map(({ field }) => field)
}

/**
 * Computes every cache and the state of every trial from the record again, and lists what differs.
 * @param max maximum number of mismatches per cache
 */
export async function listFoldMismatches(sql: postgres.Sql, max = 20): Promise<Mismatch[]> {
  const readings = await sql.unsafe<Pick<Mismatch, 'row' | 'fields'>[]>(
    `${readingsThatDiffer('select id from devices')} limit ${max}`,
  )
  const reviews = await sql.unsafe<Pick<Mismatch, 'row' | 'fields'>[]>(
    `${reviewsThatDiffer} limit ${max}`,
  )
  return [
    ...readings.map(({ row, fields }) => ({ table: 'current_readings', row, reason, fields })),
    ...reviews.map((one) => ({ table: 'trial_reviews', reason, ...one })),
    ...(await countsThatDiffer(sql, max)),
    ...(await linesThatDiffer(sql, max)),
    ...(await trialsThatDiffer(sql)).slice(0, max),
  ]
}

const outcomeColumns = [
  ...[
    'number',
    'device_id',
    'simulated',
    'primary_outcome',
    'outcome',
    'overruled',
    'against',
    'review',
    'prediction',
    'registrant',
    'released_day',
  ],
  ...factorNames,
]
const countKey = [
  ...['simulated', 'factor', 'value', 'primary_outcome', 'outcome', 'overruled', 'against'],
  ...['review', 'prediction'],
]

const standing = [
  ...['simulated', 'platform', 'version', 'unused', 'in_trial', 'held', 'qualified'],
]

const flowFacts = [
  ...['simulated', 'state', 'outcome', 'registered', 'released', 'screened_out_by'],
  ...['deviated', 'used_before', 'against'],
]

/** The tables from which trials and devices are counted, each against the view that says what it holds. */
const countedFolds = [
  {
    table: 'trial_outcomes',
    fold: 'trial_outcome_fold',
    key: ['trial_id'],
    columns: outcomeColumns,
  },
  { table: 'outcome_counts', fold: 'outcome_count_fold', key: countKey, columns: ['trials'] },
  {
    ...{ table: 'outcome_months', fold: 'outcome_month_fold', key: [...countKey, 'month'] },
    columns: ['trials'],
  },
  {
    ...{ table: 'review_queue', fold: 'trial_review_fold', key: ['trial_id'] },
    columns: ['number', 'simulated', 'open_queries'],
  },
  { table: 'trial_flow', fold: 'trial_flow_fold', key: ['trial_id'], columns: flowFacts },
  { table: 'flow_counts', fold: 'flow_count_fold', key: flowFacts, columns: ['trials'] },
  {
    ...{ table: 'counted_devices', fold: 'counted_device_fold', key: ['device_id'] },
    columns: standing,
  },
  { table: 'device_counts', fold: 'device_count_fold', key: standing, columns: ['devices'] },
] as const

/** What the counted outcomes and devices and the queue of reviews hold beside the record. */
export async function countsThatDiffer(sql: postgres.Sql, max = 20): Promise<Mismatch[]> {
  const found: Mismatch[] = []
  for (const { table, fold, key, columns } of countedFolds) {
    const row = key.map((name) => `coalesce(c.${name}, f.${name})`).join(', ')
    const rows = await sql.unsafe<Pick<Mismatch, 'row' | 'fields'>[]>(`
      select concat_ws('/', ${row}) as row, ${differing(columns)} as fields
      from ${table} c full join ${fold} f on ${key.map((name) => `f.${name} = c.${name}`).join(' and ')}
      where ${rowOf('c', columns)} is distinct from ${rowOf('f', columns)}
      order by 1 limit ${max}`)
    found.push(...rows.map((one) => ({ table, reason, ...one })))
  }
  return found
}

/** The kept lines of the export that count and differ from the record. */
export async function linesThatDiffer(sql: postgres.Sql, max = 20): Promise<Mismatch[]> {
  const rows = await sql<{ row: string }[]>`
    select l.trial_number::text as row
    from trial_lines l left join trials t on t.number = l.trial_number left join trial_line_fold f on f.trial = t.id
    where f.line is distinct from l.line
      and not exists (select from trial_line_marks m where m.trial_number = l.trial_number)
    order by l.trial_number limit ${max}`
  return rows.map(({ row }) => ({ table: 'trial_lines', row, reason, fields: ['line'] }))
}

/** A column of the last event of a kind, unless the record was unlocked after it. */
const lastOf = (kind: string, column: string) =>
  `(array_agg(case when e.kind = '${kind}' then e.${column} end order by e.id desc)
    filter (where e.kind in ('${kind}', 'unlocked')))[1]`

/** The fold of lib/db/sql/guards/keep_review.sql, over the whole record. */
const reviewsThatDiffer = `
  with folded as (
    select e.trial_id,
      coalesce((array_agg(case e.kind when 'unlocked' then 'inReview' else e.kind end order by e.id desc)
        filter (where e.kind in ('approved', 'locked', 'unlocked')))[1], 'inReview') as state,
      ${['approved', 'locked'].map((kind) => `${lastOf(kind, 'by_name')} as ${kind}_by, ${lastOf(kind, 'at')} as ${kind}_at`).join(', ')},
      count(*) filter (where e.kind = 'queried') as queries,
      count(*) filter (where e.kind = 'queried') - count(*) filter (where e.kind = 'queryClosed') as open_queries
    from review_events e group by e.trial_id)
  select coalesce(c.trial_id, f.trial_id)::text as row,
    ${differing(reviewColumns)} as fields
  from trial_reviews c full join folded f on f.trial_id = c.trial_id
  where ${rowOf('c', reviewColumns)} is distinct from ${rowOf('f', reviewColumns)}
  order by 1`

async function trialsThatDiffer(sql: postgres.Sql): Promise<Mismatch[]> {
  const rows = await sql<{ id: string; state: TrialState; kinds: TrialEventKind[] | null }[]>`
    select t.id, t.state, (select array_agg(e.kind order by e.id) from trial_events e where e.trial_id = t.id) as kinds
    from trials t order by t.number`
  return rows
    .filter(({ state, kinds }) => !foldsTo(state, kinds ?? []))
    .map(({ id }) => ({ table: 'trials', row: id, reason, fields: ['state'] }))
}

function foldsTo(state: TrialState, kinds: readonly TrialEventKind[]): boolean {
  try {
    return foldTrial(kinds) === state
  } catch {
    // The events are in an order that no trial can have.
    return false
  }
}
