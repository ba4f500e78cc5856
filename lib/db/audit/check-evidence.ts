import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'
import { array, idOf, imageOf, listTables, type Table } from './set-up-trail'
import type { TrailTable } from './trail-table'
import { trailTables } from './trail-tables'

/** A row that differs from the trail or from the record; `fields` are the columns that differ. */
export type Mismatch = { table: string; row: string; reason: string; fields: string[] }

const reasons = {
  unknown: 'it is in its table, and the trail has no entry of it',
  gone: 'the trail has it, and it is missing from its table',
  back: 'the trail says that it was deleted, and it is in its table',
  differs: 'it is not what the trail says',
} as const

/**
 * Compares every row of a table with the result of all its entries in the trail. Columns that a migration added or
 * dropped are compared from then on; ignored columns are not compared.
 */
function mismatchQuery(table: Table, plan: TrailTable, max: number): string {
  const watched = table.columns.filter((column) => !(plan.ignored ?? []).includes(column))
  // Entries of many rows leave out empty values.
  const whole = plan.trail === 'batches' ? 'jsonb_strip_nulls' : ''
  const name = literal(table.name)
  const isRow = `table_name = ${name} and kind in ('insert', 'update', 'delete', 'baseline')`
  return `
    with entries as (
      select seq, kind, row_id, new from audit_log where ${isRow} and row_id is not null
      union all
      select seq, kind, ${batchId(table)}, one from audit_log, jsonb_array_elements(new -> 'rows') one
      where ${isRow} and row_id is null
    ), recorded as (
      select row_id, max(seq) = max(seq) filter (where kind = 'delete') as deleted,
        ${whole}(coalesce(jsonb_object_agg(e.key, e.value order by seq) filter (where e.key = any (${array(watched)})), '{}')) as image
      from entries left join lateral jsonb_each(new) e on true group by row_id
    ), found as (
      select ${idOf(table)} as row_id, ${whole}(${imageOf(table, plan)} - ${array(plan.ignored ?? [])}) as image from ${table.name} r
    )
    select coalesce(f.row_id, t.row_id) as row,
      case when t.row_id is null then 'unknown' when f.row_id is null then 'gone' when t.deleted then 'back' else 'differs' end as how,
      array(select coalesce(a.key, b.key) from jsonb_each(f.image) a full join jsonb_each(t.image) b on a.key = b.key
        where a.value is distinct from b.value order by 1) as fields
    from recorded t full join found f on f.row_id = t.row_id
    where case when t.row_id is null then true when f.row_id is null then t.deleted is not true
      when t.deleted then true else f.image is distinct from t.image end
    order by 1 limit ${max}`
}

const batchId = ({ key }: Table) => `concat_ws('/', ${key.map((k) => `one ->> '${k}'`).join(', ')})`

/**
 * Compares the rows of every watched table with the trail, and so finds rows that were changed past the triggers.
 * @param max maximum number of mismatches per table
 */
export async function listMismatches(sql: postgres.Sql, max = 20): Promise<Mismatch[]> {
  await sql`set local timezone = 'UTC'`
  const mismatches: Mismatch[] = []
  for (const table of await listTables(sql)) {
    const plan = trailTables[table.name]
    if (typeof plan?.trail !== 'string') continue
    const rows = await sql.unsafe<{ row: string; how: keyof typeof reasons; fields: string[] }[]>(
      mismatchQuery(table, plan, max),
    )
    for (const { row, how, fields } of rows)
      mismatches.push({
        table: table.name,
        row,
        reason: reasons[how],
        fields: how === 'differs' ? fields : [],
      })
  }
  return mismatches
}
