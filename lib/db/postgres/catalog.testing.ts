import type postgres from 'postgres'

/**
 * The tables of the schema public according to PostgreSQL's catalog, as sorted lines, one for each column, constraint
 * and index: types, nullability, defaults, keys and checks.
 */
export async function listTableFacts(
  sql: postgres.Sql | postgres.TransactionSql,
): Promise<string[]> {
  const rows = await sql<{ fact: string }[]>`
    select format('column %s.%s %s%s%s%s%s', c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
      case when a.attnotnull then ' not null' end, ' identity ' || nullif(a.attidentity::text, ''),
      ' generated ' || nullif(a.attgenerated::text, ''), ' default ' || pg_get_expr(d.adbin, d.adrelid)) as fact
    from pg_attribute a join pg_class c on c.oid = a.attrelid
      left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
    where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
    union all
    select format('constraint %s.%s %s', c.relname, k.conname, pg_get_constraintdef(k.oid))
    from pg_constraint k join pg_class c on c.oid = k.conrelid
    -- "not null" is part of the column's line; triggers and exclusions of constraints are created after the migrations.
    where c.relnamespace = 'public'::regnamespace and k.contype not in ('n', 't', 'x')
    union all
    select format('index %s', indexdef) from pg_indexes where schemaname = 'public'
      and indexname not in (select conname from pg_constraint where contype = 'x')`
  return rows.map(({ fact }) => fact).sort()
}
