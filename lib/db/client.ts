import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import postgres from 'postgres'
import type { Actor } from '../domain/account/permissions'
import { createLog } from '../log'
import { appRole, withoutRole } from './app-role'
import { preparing, withoutLateRollback } from './driver/client-proxies'
import { createDeadline } from './driver/deadline'
import { markDatabaseAway } from './errors'
import * as schema from './schema/schema'

/** A connection pool or a transaction; query modules cannot tell which. */
export type Db = PostgresJsDatabase<typeof schema>

export type Connection = { db: Db; sql: postgres.Sql; end(): Promise<void> }

type ConnectOptions = {
  /** Maximum number of connections; 10 by default. */
  max?: number
  /** The longest time between attempts to connect, in seconds; 1 by default. */
  retrySeconds?: number
  /** Seconds until an attempt to connect fails; 30 by default. */
  connectSeconds?: number
  /** The actor of statements outside `transact`; without one, the audit trail names the login. */
  actor?: Actor
  /** Works as the owner of the database, whom no grant restricts: for set-up, migrations and tests. */
  asOwner?: true
  /** Milliseconds after which a connection that does not answer is discarded; 45 s by default. */
  deadlineMs?: number
  /**
   * For a pooler that keeps no session: sends nothing that would have to outlive a transaction, neither prepared
   * statements nor start-up parameters. The URL signs in as the app's role itself, and the trail names that login
   * where no actor is given.
   */
  pooled?: boolean
  /** Seconds after which a connection that nobody used is closed; by default never. */
  idleSeconds?: number
  /** Prepares statements, for a process that repeats the same ones; see `preparing`. */
  prepared?: true
}

/** Longer than any query of a page or of the worker takes, shorter than a person would wait. */
const usualDeadlineMs = 45_000

/**
 * A failover may lose a commit whose wait for the standby was cancelled, and PostgreSQL only warns of it.
 * Thrown from here, the warning fails the statement:
 * https://www.postgresql.org/docs/18/warm-standby.html#SYNCHRONOUS-REPLICATION-HA
 */
function failOnUncertainCommit({ detail, message }: postgres.Notice): void {
  if (/already committed locally/.test(`${message ?? ''} ${detail ?? ''}`))
    throw new Error(`not committed for certain: ${message}. ${detail ?? ''}`)
}

markDatabaseAway()

/**
 * Opens a pool on a PostgreSQL URL, as the app's role unless the URL says `?role=none`. Notices of the
 * server are not printed. A query that waits too long is logged, and fails at the deadline.
 */
export function connect(url: string, options: ConnectOptions = {}): Connection {
  const { max = 10, retrySeconds = 1, connectSeconds, actor, asOwner, prepared, pooled } = options
  const { deadlineMs = usualDeadlineMs, idleSeconds } = options
  const driver = {
    max,
    onnotice: failOnUncertainCommit,
    // postgres.js takes this option; its types lack it.
    socket: createDeadline({ deadlineMs, warnAfterMs: deadlineMs / 9, report: logWaiting }),
    ...(pooled && { prepare: false }),
    connection: pooled
      ? {}
      : {
          ...(asOwner ? {} : { role: appRole }),
          ...(actor && { 'oneway.actor': JSON.stringify(actor) }),
        },
    // By default postgres.js waits up to 20 s: a page would be silent as long, and the lab away after the database is back.
    backoff: (failures: number) => Math.min(3 ** failures / 100, retrySeconds),
    ...(idleSeconds !== undefined && { idle_timeout: idleSeconds }),
    ...(connectSeconds !== undefined && { connect_timeout: connectSeconds }),
  }
  const sql = postgres(pooled ? withoutRole(url) : url, driver)
  const mayPrepare = prepared && !pooled
  const db = drizzle(withoutLateRollback(mayPrepare ? preparing(sql) : sql), { schema })
  // Drizzle hands times on as PostgreSQL writes them.
  sql.options.parsers[1184] = isoTime
  return {
    db,
    sql,
    end: () => sql.end({ timeout: 5 }),
  }
}

function logWaiting(waitingMs: number, discarded: boolean): void {
  const log = createLog('database')
  const seconds = Math.round(waitingMs / 1000)
  if (discarded) log.error({ seconds }, 'the database did not answer; the connection was discarded')
  else log.warn({ seconds }, 'a query is waiting for the database')
}

/**
 * A timestamptz as PostgreSQL writes it, in a form that `new Date` reads as the same instant. Text that is
 * not ISO 8601 is left to the engine (https://tc39.es/ecma262/#sec-date.parse), and V8 reads the year of
 * "0001-01-01 00:00:00+00" as 2001.
 */
export function isoTime(text: string): string {
  const early = /^(0\d{3}-\d\d-\d\d) (\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d)(:\d\d)?$/.exec(text)
  if (!early) return text
  const [, day, time, hours, minutes = ':00'] = early
  return `${day}T${time}${hours}${minutes}`
}
