import 'server-only'
import type { Sql } from 'postgres'
import { systemActor } from '../domain/account/permissions'
import { env, sessionUrl } from '../env'
import { type Connection, connect, type Db } from './client'

// On globalThis, as a dev reload evaluates this file again and must not open a second pool.
const shared: typeof globalThis & {
  onewayConnection?: Connection
  onewayCopyConnection?: Connection
  onewayDirectConnection?: Connection
} = globalThis

/** A connection that has shown pages keeps some 17 MB in PostgreSQL; a lab that nobody looks at needs none of them. */
const idleSeconds = 60

/** With a direct URL beside it, DATABASE_URL leads to a pooler. */
const isPooled = () => env().DATABASE_DIRECT_URL !== undefined

function connection(): Connection {
  // A page in the past changes its `search_path` within a transaction; PostgreSQL then parses a prepared statement anew
  // (https://www.postgresql.org/docs/18/sql-prepare.html), and the views of the past have the columns of their tables.
  shared.onewayConnection ??= connect(env().DATABASE_URL, {
    actor: systemActor,
    prepared: true,
    pooled: isPooled(),
    idleSeconds,
  })
  return shared.onewayConnection
}

function copyConnection(): Connection {
  shared.onewayCopyConnection ??= connect(env().DATABASE_URL, {
    max: 6,
    actor: systemActor,
    pooled: isPooled(),
    idleSeconds,
    // Long, as a slow reader looks like a database that does not answer.
    deadlineMs: 600_000,
  })
  return shared.onewayCopyConnection
}

/** The same pool where it keeps sessions. */
function directConnection(): Connection {
  if (!isPooled()) return connection()
  shared.onewayDirectConnection ??= connect(sessionUrl(env()), { max: 3, actor: systemActor })
  return shared.onewayDirectConnection
}

/** The app's pool through Drizzle; opened by the first query, so that a build needs no database. */
export const db: Db = openedOnUse(() => connection().db)

/** A pool through postgres.js that keeps sessions, for LISTEN. */
export const sql: Sql = openedOnUse(() => directConnection().sql)

/**
 * The pool for COPY. A slow reader keeps its connection for minutes, and postgres.js fails a query that it
 * has queued behind a COPY, so no page may share this pool. Twice as many connections as concurrent exports,
 * so that none waits.
 */
export const copySql: Sql = openedOnUse(() => copyConnection().sql)

function openedOnUse<T extends object>(open: () => T): T {
  // Every access goes to what `open` returns. The target is a function, so that `sql` can be called.
  const target = (() => undefined) as unknown as T
  return new Proxy(target, {
    apply: (_target, _self, args) => Reflect.apply(asFunction(open()), undefined, args),
    get(_target, key) {
      const real = open()
      const value: unknown = Reflect.get(real, key, real)
      return typeof value === 'function' ? value.bind(real) : value
    },
  })
}

function asFunction(value: object): (...args: unknown[]) => unknown {
  if (typeof value !== 'function') throw new TypeError('this is not callable')
  // typeof has just checked it; the caller passes the right arguments.
  return value as (...args: unknown[]) => unknown
}
