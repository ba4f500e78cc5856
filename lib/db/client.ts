import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { drizzle } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Actor } from '../domain/account/actor'
import { createLog } from '../log'
import { appRole } from './app-role'
import { markDatabaseAway } from './database-away'
import { createDeadline } from './deadline'
import { outlivingLoss } from './lost-transactions'
import { plainTime } from './plain-time'
import { preparing } from './prepared'
import * as schema from './schema/schema'

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
  /** Milliseconds after which a connection that does not answer is thrown away; 45 s unless told. */
  deadlineMs?: number
  /** Prepares its statements, for a process that asks the same ones all day; see `preparing`. */
  prepared?: true
}

/** Longer than any question of a page or of the worker takes, and shorter than anybody would wait for one. */
const usualDeadlineMs = 45_000

/**
 * A commit whose wait for the standby was cancelled is one that a failover may lose, and PostgreSQL reports it
 * by a warning alone. Thrown in here, it fails the statement:
 * https://www.postgresql.org/docs/18/warm-standby.html#SYNCHRONOUS-REPLICATION-HA
 */
function heedNotice({ detail, message }: postgres.Notice): void {
  if (/already committed locally/.test(`${message ?? ''} ${detail ?? ''}`))
    throw new Error(`not committed for certain: ${message}. ${detail ?? ''}`)
}

markDatabaseAway()

/**
 * Opens a pool on a PostgreSQL URL, as the app's role unless the URL says `?role=none`. Notices of the
 * server are not printed. What it waits for too long is logged, and fails in the end.
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { max = 10, retrySeconds, connectSeconds, actor, asOwner, prepared } = options
  const { deadlineMs = usualDeadlineMs } = options
  const driver = {
    max,
    onnotice: heedNotice,
    // postgres.js knows it, and its types do not.
    socket: createDeadline({ deadlineMs, tellAfterMs: deadlineMs / 9, tell: tellWaiting }),
    connection: {
      ...(asOwner ? {} : { role: appRole }),
      ...(actor && { 'oneway.actor': JSON.stringify(actor) }),
    },
    ...(retrySeconds !== undefined && { backoff: () => retrySeconds }),
    ...(connectSeconds !== undefined && { connect_timeout: connectSeconds }),
  }
  const sql = postgres(url, driver)
  const db = drizzle(outlivingLoss(prepared ? preparing(sql) : sql), { schema })
  // Drizzle hands times on as PostgreSQL writes them.
  sql.options.parsers[1184] = plainTime
  return {
    db,
    sql,
    end: () => sql.end({ timeout: 5 }),
  }
}

function tellWaiting(waitingMs: number, given: boolean): void {
  const log = createLog('database')
  const seconds = Math.round(waitingMs / 1000)
  if (given) log.error({ seconds }, 'the database did not answer; the connection was thrown away')
  else log.warn({ seconds }, 'a question waits for the database')
}
