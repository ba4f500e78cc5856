import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** A text of this program as an SQL literal; texts of users are bound, or pass lib/db/copy.ts. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Rules of lib/domain as SQL, so that each is written once: the checks of the schema files are made of these, and
 * so are the texts of lib/db/sql. When a rule changes, drizzle-kit generates the migration of its checks.
 */
export const listOf = (values: readonly string[]): string => `(${values.map(literal).join(', ')})`

/** The same for a statement: a column is in it, or not. */
export const inList = (values: readonly string[]): SQL => sql.raw(listOf(values))

/** The condition that a column has one of these values. */
export const oneOf = (column: PgColumn, values: readonly string[]): SQL =>
  sql`${column} in ${inList(values)}`

export const noneOf = (column: PgColumn, values: readonly string[]): SQL =>
  sql`${column} not in ${inList(values)}`

/** The condition that a text has at least so many characters without surrounding blanks. */
export const hasWords = (column: PgColumn, min: number): SQL =>
  sql`length(btrim(${column.notNull ? column : sql`coalesce(${column}, '')`})) >= ${number(min)}`

export const number = (value: number): SQL => sql.raw(String(value))

export const arrayOf = (values: readonly string[]): string =>
  `array[${values.map(literal).join(', ')}]::text[]`

export const textArray = (values: readonly string[]): SQL => sql.raw(arrayOf(values))

/** `(('a', 'b'), …)`, for comparing two columns with. */
export const pairs = (values: readonly (readonly [string, string])[]): SQL =>
  sql.raw(`(${values.map(listOf).join(', ')})`)

/** The condition that a text has a form, which begins with `^` and ends with `$`. */
export const hasForm = (column: PgColumn, pattern: string): SQL =>
  sql`${column} ~ ${sql.raw(literal(pattern))}`

/** The form in which lib/db/secrets/sealing.ts stores a secret. */
export const isSealed = (column: PgColumn): SQL =>
  hasForm(column, String.raw`^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$`)
