import type { Readable } from 'node:stream'
import type { SQL } from 'drizzle-orm'
import { PgDialect } from 'drizzle-orm/pg-core'
import type postgres from 'postgres'

/**
 * Starts a `copy … to stdout`; one chunk is one row. Read it to its end: a destroyed stream leaves its
 * connection stuck.
 *
 * postgres.js 3.4.9 pauses its socket when a chunk fills the stream, and resumes it only when the stream
 * asks for more. A stream whose end came in the same packet never asks again: without the read below, the
 * connection would stay paused and the next query on it would wait for ever.
 */
export async function startCopy(
  sql: Pick<postgres.Sql, 'unsafe'>,
  statement: string,
): Promise<Readable> {
  const rows: Readable = await sql.unsafe(statement).readable()
  rows.once('end', () => rows._read(0))
  return rows
}

const dialect = new PgDialect()

/**
 * A value as an SQL literal, for COPY only, which takes no parameters; every other query binds them.
 * Quotes as libpq does, whatever standard_conforming_strings is:
 * https://www.postgresql.org/docs/18/libpq-exec.html#LIBPQ-PQESCAPELITERAL
 * @throws Error for other types, and for NUL, which PostgreSQL's text refuses
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
 * A query with its parameters written into its text.
 * @throws Error if the placeholders are not $1 … $n, each once, as the text then contains another `$`
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
