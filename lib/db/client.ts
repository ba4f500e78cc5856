import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Actor } from '../domain/actor'
import { appRole } from './app-role'
import { plainTime } from './plain-time'
import { preparing } from './prepared'
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
  /** Who acts where no transaction names anybody; without one, the trail names the login. */
  actor?: Actor
  /** Works as the owner of the database, whom no grant holds: for set-up, migrations and their tests. */
  asOwner?: true
  /** Prepares its statements, for a process that asks the same ones all day; see `preparing`. */
  prepared?: true
}

/**
 * Opens a pool on a PostgreSQL URL, as the app's role unless the URL says `?role=none`. Notices of the
 * server are not printed.
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { max = 10, retrySeconds, connectSeconds, actor, asOwner, prepared } = options
  const sql = postgres(url, {
    max,
    onnotice: () => undefined,
    connection: {
      ...(asOwner ? {} : { role: appRole }),
      ...(actor && { 'oneway.actor': JSON.stringify(actor) }),
    },
    ...(retrySeconds !== undefined && { backoff: () => retrySeconds }),
    ...(connectSeconds !== undefined && { connect_timeout: connectSeconds }),
  })
  const db = drizzle(prepared ? preparing(sql) : sql, { schema })
  // Drizzle hands times on as PostgreSQL writes them.
  sql.options.parsers[1184] = plainTime
  return {
    db,
    sql,
    end: () => sql.end({ timeout: 5 }),
  }
}
