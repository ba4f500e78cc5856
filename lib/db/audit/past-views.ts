import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { appRole } from '../app-role'
import { literal } from '../schema/rule-sql'
import { idOf, listTables, type Table } from './set-up-trail'
import { type TrailTable, trailTables } from './trail-tables'

/**
 * A view for each table of the record, by the table's own name and columns, that shows its rows as they
 * were when the trail had `oneway.past_seq` entries. lib/db/audit/past.ts reads them; docs/decisions/022-history-by-the-trail.md
 */
export const pastSchema = 'past'

/** Of tables whose rows come many to an entry: the server's time at which a row came. */
const cameAt: Readonly<Record<string, string>> = {
  readings: 'recorded_at',
  raw_events: 'received_at',
}

const outranking = (r: string) =>
  `${r}.age_unknown, ${r}.answered_at desc, public.reading_source_rank(${r}.source) desc, ${r}.id desc`

/** Caches that a page reads and the trail does not watch, made anew from what they are a fold of. */
const folds: Readonly<Record<string, string>> = {
  // By the order of lib/db/sql/functions/fold_readings.sql, which reads the table of today only.
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

/** The columns whose value may be another than it was. */
function changeable({ columns }: Table, { mayChange }: TrailTable): string[] {
  if (mayChange === undefined) return []
  if (mayChange === 'anything') return columns
  return columns.filter((column) =>
    'only' in mayChange ? mayChange.only.includes(column) : !mayChange.allBut.includes(column),
  )
}

/** True of rows that the trail had by then. */
function isThere(table: Table): string {
  const since = cameAt[table.name]
  if (since !== undefined) return `r."${since}" <= current_setting('oneway.past_at')::timestamptz`
  return `exists (select from public.audit_log a where a.table_name = ${literal(table.name)}
    and a.row_id = ${idOf(table)} and a.kind in ('insert', 'baseline') and a.seq <= ${cut})`
}

// The old value of the first change after that moment is what stood at it.
const rewound = (table: Table) => `
  cross join lateral (
    select coalesce(jsonb_object_agg(e.key, e.value order by a.seq desc), '{}') as was
    from public.audit_log a cross join lateral jsonb_each(a.old) e
    where a.table_name = ${literal(table.name)} and a.row_id = ${idOf(table)}
      and a.kind = 'update' and a.seq > ${cut}) p
  cross join lateral jsonb_populate_record(null::public.${table.name}, p.was) w`

/** What a row is looked up by; where that was another, the row belonged to nobody who asks now. */
const lookedUpBy = ['device_id', 'trial_id']

function viewOf(table: Table, plan: TrailTable): string {
  const moves = changeable(table, plan)
  const unknown = [...names(plan.secret), ...names(plan.ignored)]
  const value = (column: string) => {
    const nothing = `(null::public.${table.name})."${column}"`
    if (unknown.includes(column)) return nothing
    if (!moves.includes(column) || lookedUpBy.includes(column)) return `r."${column}"`
    // Of bytes the trail has only the hash.
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

/** Takes the views away, as no table can be altered that a view shows; they are put up again after it. */
export async function dropPastViews(sql: Pick<postgres.Sql, 'unsafe'>): Promise<void> {
  await sql.unsafe(`drop schema if exists ${pastSchema} cascade`)
}

/**
 * Puts the views up where they are not as they should be.
 * @param sql one connection as the owner, which no other start shares at this moment
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
