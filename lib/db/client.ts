import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema'

/** A connection pool or a transaction; query modules cannot tell which. */
export type Db = PostgresJsDatabase<typeof schema>

export type Connection = { db: Db; sql: postgres.Sql; end(): Promise<void> }

/** Opens a pool on a PostgreSQL URL. `max` connections at most; notices of the server are not printed. */
export function connect(url: string, options: { max?: number } = {}): Connection {
  const sql = postgres(url, { max: options.max ?? 10, onnotice: () => undefined })
  return { db: drizzle(sql, { schema }), sql, end: () => sql.end({ timeout: 5 }) }
}
