import { type SQL, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'

/** A text of ours in quotes; what a user has written is bound, or goes by sql-literal.ts. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`

/**
 * Rules of lib/domain as SQL, so that each is written once: the checks of schema*.ts are made of these, and
 * so are the texts of lib/db/sql. A rule that changes there is a migration here, which drizzle-kit makes.
 */
export const listOf = (values: readonly string[]): string => `(${values.map(literal).join(', ')})`

/** True of a column with one of these values. */
export const oneOf = (column: PgColumn, values: readonly string[]): SQL =>
  sql`${column} in ${sql.raw(listOf(values))}`

export const noneOf = (column: PgColumn, values: readonly string[]): SQL =>
  sql`${column} not in ${sql.raw(listOf(values))}`

/** True of a text of at least so many characters, blanks around it left out. */
export const hasWords = (column: PgColumn, min: number): SQL =>
  sql`length(btrim(${column.notNull ? column : sql`coalesce(${column}, '')`})) >= ${number(min)}`

export const number = (value: number): SQL => sql.raw(String(value))

export const arrayOf = (values: readonly string[]): string =>
  `array[${values.map(literal).join(', ')}]::text[]`

export const textArray = (values: readonly string[]): SQL => sql.raw(arrayOf(values))

/** `(('a', 'b'), …)`, to compare two columns with. */
export const pairs = (values: readonly (readonly [string, string])[]): SQL =>
  sql.raw(`(${values.map(listOf).join(', ')})`)

/** The form in which lib/db/secrets/sealing.ts stores a secret. */
export const isSealed = (column: PgColumn): SQL =>
  sql`${column} ~ ${sql.raw(literal(String.raw`^v1\.[0-9a-f]{8}\.[A-Za-z0-9_-]{16}\.[A-Za-z0-9_-]{22,}$`))}`
