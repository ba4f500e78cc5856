import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'

const dialect = new PgDialect()

/**
 * A value as an SQL literal. For COPY alone, which takes no parameters; every other query binds them.
 * Quotes as libpq does, whatever standard_conforming_strings is:
 * https://www.postgresql.org/docs/18/libpq-exec.html#LIBPQ-PQESCAPELITERAL
 * @throws Error for what has no literal: NUL, which PostgreSQL's text refuses, and other types
 */
export function sqlLiteral(value: unknown): string {
  if (value === null) return 'NULL'
  if (typeof value === 'boolean') return value ? 'true' : 'false'
  if (Number.isSafeInteger(value)) return `'${String(value)}'`
  if (typeof value !== 'string') throw new Error(`no SQL literal for a ${typeof value}`)
  if (value.includes('\0')) throw new Error('a text with NUL has no SQL literal')
  const quoted = `'${value.replaceAll("'", "''")}'`
  return value.includes('\\') ? ` E${quoted.replaceAll('\\', '\\\\')}` : quoted
}

/**
 * A query with its parameters written into it.
 * @throws Error where the placeholders are not $1 … $n, each once: the text then holds a `$` of its own
 */
export function inlineParams(query: SQL): string {
  const { sql, params } = dialect.sqlToQuery(query)
  let expected = 0
  const text = sql.replaceAll(/\$(\d+)/g, (_, digits: string) => {
    expected += 1
    if (Number(digits) !== expected || expected > params.length)
      throw new Error(`the placeholder $${digits} is not parameter ${expected}`)
    return sqlLiteral(params[expected - 1])
  })
  if (expected !== params.length) throw new Error('a parameter has no placeholder')
  return text
}
