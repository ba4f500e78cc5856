import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { appRole } from '../app-role'
import { literal } from '../schema/rule-sql'
import { idOf, listTables, type Table } from './set-up-trail'
import type { TrailTable } from './trail-table'
import { trailTables } from './trail-tables'

/**
 * The schema with one view for each table of the record, with the table's name and columns, that shows its rows at the
 * time when the trail had `oneway.past_seq` entries. lib/db/audit/past.ts reads them;
 * docs/decisions/022-history-by-the-trail.md
 */
export const pastSchema = 'past'

/** For tables with many rows per trail entry: the column with the server's time at which a row was stored. */
const cameAt: Readonly<Record<string, string>> = {
  readings: 'recorded_at',
  raw_events: 'received_at',
}

const outranking = (r: string) =>
  `${r}.age_unknown, ${r}.answered_at desc, public.reading_source_rank(${r}.source) desc, ${r}.id desc`

/** Caches that pages read and the trail does not watch; each is computed from the table it is a fold of. */
const folds: Readonly<Record<string, string>> = {
  // The order of lib/db/sql/functions/fold_readings.sql, which can only read the present table.
  current_readings: `
    select distinct on (r.device_id, r.field) r.device_id, r.field, r.id as reading_id, r.value,
      r.unknown_reason, r.source, r.asked_at, r.answered_at, r.age_unknown, r.by_name,
      case when r.field = 'osVersion' then public.version_sort_key(r.value #>> '{}') end as version_key
    from past.readings r left join (
      select distinct on (o.device_id) o.* from past.readings o where public.is_os_field(o.field)
      order by o.device_id, ${outranking('o')}) os on os.device_id = r.device_id
    where not public.is_os_field(r.field) or (r.age_unknown = os.age_unknown
      and r.answered_at = os.answered_at and r.source = os.source and r.recorded_at = os.recorded_at
      and r.by_id is not distinct from os.by_id and r.command_uuid is not distinct from os.command_uuid)
    order by r.device_id, r.field, ${outranking('r')}`,
}

const cut = `current_setting('oneway.past_seq')::bigint`
const names = (list: readonly string[] | undefined) => list ?? []

/** The columns whose values may have changed since. */
function changeable({ columns }: Table, { mayChange }: TrailTable): string[] {
  if (mayChange === undefined) return []
  if (mayChange === 'anything') return columns
  return columns.filter((column) =>
    'only' in mayChange ? mayChange.only.includes(column) : !mayChange.allBut.includes(column),
  )
}

/** The condition for rows that were in the trail by then. */
function isThere(table: Table): string {
  const since = cameAt[table.name]
  if (since !== undefined) return `r."${since}" <= current_setting('oneway.past_at')::timestamptz`
  return `exists (select from public.audit_log a where a.table_name = ${literal(table.name)}
    and a.row_id = ${idOf(table)} and a.kind in ('insert', 'baseline') and a.seq <= ${cut})`
}

// The value at that moment is the old value of the first change after it.
const rewound = (table: Table) => `
  cross join lateral (
    select coalesce(jsonb_object_agg(e.key, e.value order by a.seq desc), '{}') as was
    from public.audit_log a cross join lateral jsonb_each(a.old) e
    where a.table_name = ${literal(table.name)} and a.row_id = ${idOf(table)}
      and a.kind = 'update' and a.seq > ${cut}) p
  cross join lateral jsonb_populate_record(null::public.${table.name}, p.was) w`

/** Columns by which rows are looked up. A row that had another value then did not belong to this device or trial. */
const lookedUpBy = ['device_id', 'trial_id']

function viewOf(table: Table, plan: TrailTable): string {
  const moves = changeable(table, plan)
  const unknown = [...names(plan.secret), ...names(plan.ignored)]
  const value = (column: string) => {
    const nothing = `(null::public.${table.name})."${column}"`
    if (unknown.includes(column)) return nothing
    if (!moves.includes(column) || lookedUpBy.includes(column)) return `r."${column}"`
    // The trail has only the hash of bytes.
    const then = table.bytes.includes(column) ? nothing : `w."${column}"`
    return `case when p.was ? ${literal(column)} then ${then} else r."${column}" end`
  }
  const unmoved = lookedUpBy
    .filter((column) => moves.includes(column))
    .map(
      (column) =>
        `and not (p.was ? '${column}' and p.was ->> '${column}' is distinct from r."${column}"::text)`,
    )
  return `select ${table.columns.map((column) => `${value(column)} as "${column}"`).join(', ')}
    from public.${table.name} r${moves.length > 0 ? rewound(table) : ''}
    where ${isThere(table)} ${unmoved.join(' ')}`
}

const isOfTheRecord = ({ trail, mayDelete }: TrailTable) => typeof trail === 'string' && !mayDelete

function statements(tables: readonly Table[], hasRole: boolean): string[] {
  const views = tables.flatMap((table): [string, string][] => {
    const plan = trailTables[table.name]
    return plan && isOfTheRecord(plan) ? [[table.name, viewOf(table, plan)]] : []
  })
  return [
    `drop schema if exists ${pastSchema} cascade`,
    `create schema ${pastSchema}`,
    ...[...views, ...Object.entries(folds)].map(
      ([name, query]) => `create view ${pastSchema}.${name} as ${query}`,
    ),
    ...(hasRole
      ? [
          `grant usage on schema ${pastSchema} to ${appRole}`,
          `grant select on all tables in schema ${pastSchema} to ${appRole}`,
        ]
      : []),
  ]
}

/** Drops the views, as a table that a view uses cannot be altered. `setUpPastViews` creates them again afterwards. */
export async function dropPastViews(sql: Pick<postgres.Sql, 'unsafe'>): Promise<void> {
  await sql.unsafe(`drop schema if exists ${pastSchema} cascade`)
}

/**
 * Creates the views, if they differ from what they should be.
 * @param sql one connection as the owner; no other process may do the same at this moment
 */
export async function setUpPastViews(sql: postgres.Sql, hasRole: boolean): Promise<void> {
  const steps = statements(await listTables(sql), hasRole)
  const fingerprint = createHash('sha256').update(steps.join(';\n')).digest('hex')
  const [kept] = await sql<{ fingerprint: string | null }[]>`
    select obj_description(oid, 'pg_namespace') as fingerprint from pg_namespace where nspname = ${pastSchema}`
  if (kept?.fingerprint === fingerprint) return
  await sql.begin(async (tx) => {
    for (const step of steps) await tx.unsafe(step)
    await tx.unsafe(`comment on schema ${pastSchema} is ${literal(fingerprint)}`)
  })
}
