import type postgres from 'postgres'
import { literal } from '../schema/rule-sql'
import { array, idOf, imageOf, listTables, type Table } from './set-up-trail'
import { type TrailTable, trailTables } from './trail-tables'

/** A row that is not what the trail says; `fields` are those that differ. */
export type Strayed = { table: string; row: string; because: string; fields: string[] }

const reasons = {
  unknown: 'it stands in its table, and the trail has no entry of it',
  gone: 'the trail has it, and it is gone from its table',
  back: 'the trail says that it was deleted, and it stands in its table',
  differs: 'it is not what the trail says',
} as const

/**
 * Every row of a table against the sum of its entries in the trail. Columns that came or went by a
 * migration are compared from then on, those that say nothing are not.
 */
function strayedQuery(table: Table, plan: TrailTable, most: number): string {
  const heeded = table.columns.filter((column) => !(plan.unheeded ?? []).includes(column))
  // In entries of many rows what is empty is left out.
  const whole = plan.trail === 'batches' ? 'jsonb_strip_nulls' : ''
  const name = literal(table.name)
  const isRow = `table_name = ${name} and kind in ('insert', 'update', 'delete', 'baseline')`
  return `
    with entries as (
      select seq, kind, row_id, new from audit_log where ${isRow} and row_id is not null
      union all
      select seq, kind, ${batchId(table)}, one from audit_log, jsonb_array_elements(new -> 'rows') one
      where ${isRow} and row_id is null
    ), told as (
      select row_id, max(seq) = max(seq) filter (where kind = 'delete') as deleted,
        ${whole}(coalesce(jsonb_object_agg(e.key, e.value order by seq) filter (where e.key = any (${array(heeded)})), '{}')) as image
      from entries left join lateral jsonb_each(new) e on true group by row_id
    ), found as (
      select ${idOf(table)} as row_id, ${whole}(${imageOf(table, plan)} - ${array(plan.unheeded ?? [])}) as image from ${table.name} r
    )
    select coalesce(f.row_id, t.row_id) as row,
      case when t.row_id is null then 'unknown' when f.row_id is null then 'gone' when t.deleted then 'back' else 'differs' end as how,
      array(select coalesce(a.key, b.key) from jsonb_each(f.image) a full join jsonb_each(t.image) b on a.key = b.key
        where a.value is distinct from b.value order by 1) as fields
    from told t full join found f on f.row_id = t.row_id
    where case when t.row_id is null then true when f.row_id is null then t.deleted is not true
      when t.deleted then true else f.image is distinct from t.image end
    order by 1 limit ${most}`
}

const batchId = ({ key }: Table) => `concat_ws('/', ${key.map((k) => `one ->> '${k}'`).join(', ')})`

/**
 * Compares the rows of every watched table with the trail, so that a row altered behind the back of the
 * triggers is found. Gives `most` at most of each table.
 */
export async function listStrayed(sql: postgres.Sql, most = 20): Promise<Strayed[]> {
  await sql`set local timezone = 'UTC'`
  const strayed: Strayed[] = []
  for (const table of await listTables(sql)) {
    const plan = trailTables[table.name]
    if (typeof plan?.trail !== 'string') continue
    const rows = await sql.unsafe<{ row: string; how: keyof typeof reasons; fields: string[] }[]>(
      strayedQuery(table, plan, most),
    )
    for (const { row, how, fields } of rows)
      strayed.push({
        table: table.name,
        row,
        because: reasons[how],
        fields: how === 'differs' ? fields : [],
      })
  }
  return strayed
}
