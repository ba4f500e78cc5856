import { createHash } from 'node:crypto'
import type postgres from 'postgres'
import { appRole } from '../app-role'
import { literal } from '../schema/rule-sql'
import type { TrailTable } from './trail-table'
import { trailTables } from './trail-tables'

export type Table = { name: string; columns: string[]; bytes: string[]; key: string[] }

/** The present tables, with their columns in order. */
export const listTables = (sql: postgres.Sql) => sql<Table[]>`
  select c.relname as name,
    array_agg(a.attname::text order by a.attnum) as columns,
    coalesce(array_agg(a.attname::text order by a.attnum) filter (where a.atttypid = 'bytea'::regtype), '{}') as bytes,
    coalesce((select array_agg(k.attname::text order by array_position(i.indkey::int2[], k.attnum))
      from pg_index i join pg_attribute k on k.attrelid = i.indrelid and k.attnum = any (i.indkey)
      where i.indrelid = c.oid and i.indisprimary), '{}') as key
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
  group by c.oid, c.relname order by c.relname`

const quoted = (names: readonly string[]) => names.map((name) => `"${name}"`).join(', ')
export const array = (names: readonly string[]) => `array[${names.map(literal).join(', ')}]::text[]`
const names = (list: readonly string[] | undefined) => list ?? []

/** The row `r` as the trail stores it. */
export const imageOf = (table: Table, { secret }: TrailTable) =>
  `audit_image(to_jsonb(r), ${array(names(secret))}, ${array(table.bytes)})`

const triggersOf = (table: Table, plan: TrailTable): string[] => {
  const on = `on ${table.name}`
  const args = [table.key, names(plan.secret), table.bytes].map((list) => literal(list.join(',')))
  const runs = `execute function audit_row(${args.join(', ')})`
  const deferred = 'deferrable initially deferred for each row'
  const sides = ['old', 'new'].map((side) => watchedOf(side, table, plan))
  const inserts =
    plan.trail === 'batches'
      ? batchTrigger(table)
      : [`create constraint trigger audits_insert after insert ${on} ${deferred} ${runs}`]
  return [
    ...['insert', 'update', 'delete', 'truncate'].map(
      (action) => `drop trigger if exists audits_${action} ${on}`,
    ),
    ...inserts,
    `create constraint trigger audits_update after update ${on} ${deferred}
      when (${sides[0]} is distinct from ${sides[1]}) ${runs}`,
    `create constraint trigger audits_delete after delete ${on} ${deferred} ${runs}`,
    `create trigger audits_truncate before truncate ${on} for each statement execute function refuse_change()`,
  ]
}

/**
 * The columns of a row whose change is entered. The whole row is written as one, because PostgreSQL reads the text of a condition
 * anew for each statement, and that of thirty columns took a twentieth of what reading an event costs the database.
 */
function watchedOf(side: string, { columns }: Table, { ignored }: TrailTable): string {
  const watched = columns.filter((column) => !names(ignored).includes(column))
  if (watched.length === columns.length) return `${side}.*`
  return `(${watched.map((column) => `${side}."${column}"`).join(', ')})`
}

/** One entry per statement, for tables with hundreds of new rows a second; empty columns are left out. */
const batchTrigger = ({ name, columns, bytes, key }: Table): string[] => {
  const kept = columns.map((column) =>
    bytes.includes(column)
      ? `'sha256:' || encode(sha256("${column}"), 'hex') as "${column}"`
      : `"${column}"`,
  )
  return [
    `create or replace function audit_batch_of_${name}() returns trigger language plpgsql
      security definer set search_path = pg_catalog, public, pg_temp set timezone = 'UTC' as $$
    begin
      insert into audit_queue (kind, table_name, device_id, trial_id, data)
      select 'insert', ${literal(name)}, device, trial, jsonb_build_object('rows', rows)
      from (select jsonb_agg(jsonb_strip_nulls(to_jsonb(r)) order by ${quoted(key)}) as rows,
          ${sharedBy(columns, 'device_id')} as device, ${sharedBy(columns, 'trial_id')} as trial
        from (select ${kept.join(', ')} from added) r) batch
      where rows is not null;
      return null;
    end $$`,
    `create trigger audits_insert after insert on ${name} referencing new table as added
      for each statement execute function audit_batch_of_${name}()`,
  ]
}

/** The device or trial of a batch, if all its rows have the same. */
const sharedBy = (columns: readonly string[], column: string) =>
  columns.includes(column)
    ? `case when count(distinct r.${column}) = 1 then (array_agg(r.${column}))[1] end`
    : 'null::uuid'

export const idOf = ({ key }: Table) =>
  `concat_ws('/', ${key.map((name) => `r."${name}"`).join(', ')})`
const aboutOf = (table: Table, noun: 'device' | 'trial') => {
  if (table.name === `${noun}s`) return 'r.id'
  return table.columns.includes(`${noun}_id`) ? `r.${noun}_id` : 'null::uuid'
}

/**
 * Enters the rows that existed before the trail watched their table or some of its columns, so that the trail knows
 * every present row.
 */
const baselineOf = (table: Table, plan: TrailTable, known: readonly string[] | undefined) => {
  const fresh = table.columns.filter((column) => !known?.includes(column))
  if (fresh.length === 0) return []
  const of = `from ${table.name} r`
  const image = known
    ? `(select jsonb_object_agg(key, value) from jsonb_each(${imageOf(table, plan)}) where key = any (${array(fresh)}))`
    : imageOf(table, plan)
  const order = quoted(table.key)
  return [
    `select audit_append('baseline', ${literal(table.name)}, id, device, trial, null, image, null) from (
      select ${idOf(table)} as id, ${aboutOf(table, 'device')} as device, ${aboutOf(table, 'trial')} as trial,
        ${image} as image ${of} order by ${order}) entries`,
  ]
}

const grantsOf = (table: Table, plan: TrailTable): string[] => {
  const { mayChange, mayAdd, mayDelete } = plan
  const to = `on ${table.name} to ${appRole}`
  const only = (columns: readonly string[]) =>
    table.columns.filter((column) => columns.includes(column))
  const changes = (): string[] => {
    if (mayChange === undefined) return []
    if (mayChange === 'anything') return [`grant update ${to}`]
    const columns =
      'only' in mayChange
        ? only(mayChange.only)
        : table.columns.filter((column) => !mayChange.allBut.includes(column))
    return [`grant update (${quoted(columns)}) ${to}`]
  }
  return [
    `revoke all on ${table.name} from ${appRole}, public`,
    `grant select ${to}`,
    ...(mayAdd === false ? [] : [`grant insert ${to}`]),
    ...changes(),
    ...(mayDelete ? [`grant delete ${to}`] : []),
  ]
}

const schemaGrants = [
  `grant usage on schema public to ${appRole}`,
  `grant execute on function record_action(text, text, text, uuid, uuid, jsonb, text) to ${appRole}`,
]

const viewGrants = async (sql: postgres.Sql): Promise<string[]> => {
  const views = await sql<{ name: string }[]>`
    select relname as name from pg_class where relkind = 'v' and relnamespace = 'public'::regnamespace`
  return views.map(({ name }) => `grant select on ${name} to ${appRole}`)
}

/** The first entry has a random ID of this trail, so that no other chain can replace it. */
const beginTrail = (sql: postgres.Sql) => sql`
  select audit_append('began', null, null, null, null, null, jsonb_build_object('trail', gen_random_uuid()), null)
  from audit_head where seq = 0 and not exists (select from audit_log)`

/**
 * Creates the trail's triggers on every table and the grants of the app's role, after all migrations. Changes nothing
 * on a table that is set up as it should be.
 * @param sql one connection as the owner; no other process may do the same at this moment
 * @param hasRole whether this server has the app's role
 * @throws Error if a table is missing in trail-tables.ts
 */
export async function setUpTrail(sql: postgres.Sql, hasRole: boolean): Promise<void> {
  await beginTrail(sql)
  const tables = await listTables(sql)
  const before = new Map(
    (
      await sql<{ name: string; columns: string[]; fingerprint: string }[]>`
        select table_name as name, columns, fingerprint from audit_set_up`
    ).map((row) => [row.name, row]),
  )
  for (const table of tables) {
    const plan = trailTables[table.name]
    if (!plan)
      throw new Error(
        `The table ${table.name} is missing in lib/db/audit/trail-tables.ts: add whether the audit trail watches it and what the app may do with it.`,
      )
    const watched = typeof plan.trail === 'string'
    const known = before.get(table.name)
    const steps = [
      ...(watched ? triggersOf(table, plan) : []),
      ...(hasRole ? grantsOf(table, plan) : []),
    ]
    const fingerprint = createHash('sha256').update(steps.join(';\n')).digest('hex')
    if (known?.fingerprint === fingerprint) continue
    const baseline = watched ? baselineOf(table, plan, known?.columns) : []
    await sql.begin(async (tx) => {
      for (const step of [...steps, ...baseline]) await tx.unsafe(step)
      await tx`insert into audit_set_up (table_name, columns, fingerprint)
        values (${table.name}, ${table.columns}, ${fingerprint})
        on conflict (table_name) do update set columns = excluded.columns, fingerprint = excluded.fingerprint`
    })
  }
  if (!hasRole) return
  for (const step of [...schemaGrants, ...(await viewGrants(sql))]) await sql.unsafe(step)
}
