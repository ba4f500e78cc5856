import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import type { Db } from '@/lib/db/client'
import { clientOf, preparing } from '@/lib/db/driver/client-proxies'
import * as schema from '@/lib/db/schema/schema'
import type { MdmServer } from '@/lib/mdm/server'

/** Where a program can be struck: on its way to the database or the MDM server, or on the way back. */
export type Point =
  | 'query'
  | 'queried'
  | 'begin'
  | 'commit'
  | 'committed'
  | 'enqueue'
  | 'enqueued'
  | 'push'
  | 'pushed'

/**
 * Called at every point; throws, or kills the process, where it is to be struck. `undone` says that the failure rolls
 * back the statement, or that the statement changed nothing: its lost answer is then the same as a statement that
 * never arrived.
 */
export type Strike = (point: Point, undone?: boolean) => void

class Struck extends Error {
  /** As postgres.js says it of a connection that died, so that the program takes it for one. */
  readonly code = 'CONNECTION_CLOSED'

  constructor(point: Point, at: number) {
    super(`struck at ${point}, the call number ${at}`)
    this.name = 'Struck'
  }
}

/**
 * Counts the points passed, by kind, and strikes where `when` says so. A lost answer of a statement that is undone is
 * not counted: the strike at the statement itself is the same failure.
 */
export function strikes(when: (at: number) => boolean) {
  const counts: Partial<Record<Point, number>> = {}
  let at = 0
  const strike: Strike = (point, undone = false) => {
    if (undone) return
    at += 1
    counts[point] = (counts[point] ?? 0) + 1
    if (when(at)) throw new Struck(point, at)
  }
  return { strike, counts, total: () => at }
}

/**
 * The same pool, with a point before and after each statement, before and after each commit. A strike
 * after a statement outside a transaction, or after a commit, is the lost answer: it is done, and the
 * program is told that it failed. Prepared, as the worker's own: the sweep asks close to a million times.
 */
export function faultyDb(sql: postgres.Sql, strike: Strike): Db {
  return drizzle(faultyClient(preparing(sql), strike, 'pool'), { schema })
}

type Within = 'pool' | 'transaction'

function faultyClient(real: postgres.Sql, strike: Strike, within: Within): postgres.Sql {
  return new Proxy(real, {
    get(target, key) {
      if (key === 'unsafe') return (...args: Unsafe) => faultyQuery(target, args, strike, within)
      if (key === 'begin') return (run: Run) => faultyBegin(target, run, strike)
      if (key === 'savepoint') return (run: Run) => faultySavepoint(target, run, strike)
      return Reflect.get(target, key, target)
    },
  })
}

type Unsafe = Parameters<postgres.Sql['unsafe']>
type Run = (tx: postgres.Sql) => Promise<unknown>

/**
 * What Drizzle uses of a pending query: that it can be awaited, and asked for arrays.
 */
function faultyQuery(
  sql: postgres.Sql,
  [query, params, options]: Unsafe,
  strike: Strike,
  within: Within,
) {
  // No `select` of the program writes anything.
  const undone = within === 'transaction' || /^\s*select\b/i.test(query)
  const ask = () => sql.unsafe(query, params, options)
  const run = async (make: () => PromiseLike<unknown>) => {
    strike('query')
    const rows = await make()
    strike('queried', undone)
    return rows
  }
  const pending = run.bind(undefined, ask)
  return {
    values: () => run(() => ask().values()),
    // biome-ignore lint/suspicious/noThenProperty: a pending query of postgres.js is awaited, too
    then: <A, B>(ok: (rows: unknown) => A, no: (error: unknown) => B) => pending().then(ok, no),
  }
}

async function faultyBegin(sql: postgres.Sql, run: Run, strike: Strike) {
  strike('begin')
  const result = await sql.begin(async (tx) => {
    const value = await run(faultyClient(clientOf(tx), strike, 'transaction'))
    strike('commit')
    return value
  })
  strike('committed')
  return result
}

const faultySavepoint = (sql: postgres.Sql, run: Run, strike: Strike) =>
  // Only a transaction is ever asked for a savepoint.
  (sql as unknown as postgres.TransactionSql).savepoint((tx) =>
    run(faultyClient(clientOf(tx), strike, 'transaction')),
  )

/** The same MDM servers, with a point before and after each call. */
export function faultyServers(servers: MdmServers, strike: Strike): MdmServers {
  return async (serverId, within) => {
    const server = await servers(serverId, within)
    const faulty: MdmServer = {
      ...server,
      enqueue: async (...args) => {
        strike('enqueue')
        const result = await server.enqueue(...args)
        strike('enqueued')
        return result
      },
      push: async (...args) => {
        strike('push')
        const result = await server.push(...args)
        strike('pushed')
        return result
      },
    }
    return faulty
  }
}
