import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import * as schema from './schema'

/** A connection pool or a transaction; query modules cannot tell which. */
export type Db = PostgresJsDatabase<typeof schema>

export type Connection = { db: Db; sql: postgres.Sql; end(): Promise<void> }

type ConnectOptions = {
  /** Connections at most; 10 unless told. */
  max?: number
  /** Seconds between two tries to connect; growing up to 20 unless told. */
  retrySeconds?: number
  /** Seconds until a try to connect has failed; 30 unless told. */
  connectSeconds?: number
}

/** Opens a pool on a PostgreSQL URL. Notices of the server are not printed. */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { max = 10, retrySeconds, connectSeconds } = options
  const sql = postgres(url, {
    max,
    onnotice: () => undefined,
    ...(retrySeconds !== undefined && { backoff: () => retrySeconds }),
    ...(connectSeconds !== undefined && { connect_timeout: connectSeconds }),
  })
  return { db: drizzle(sql, { schema }), sql, end: () => sql.end({ timeout: 5 }) }
}
