import { drizzle } from 'drizzle-orm/postgres-js'
import type postgres from 'postgres'
import type { MdmServers } from '@/lib/core/shared/mdm-servers'
import type { Db } from '@/lib/db/client'
import { clientOf, preparing } from '@/lib/db/driver/client-proxies'
import * as schema from '@/lib/db/schema/schema'
import type { MdmServer } from '@/lib/mdm/server'

/** Where a fault can be injected: before or after each call to the database or the MDM server. */
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
  // Around each request about a declaration, and each reading of what its server holds.
  | 'step'
  | 'stepped'
  | 'look'
  | 'looked'

/**
 * Called at every point; throws or kills the process to inject a fault. `undone`: the statement is rolled back
 * or changed nothing, so losing its answer is the same as losing the statement.
 */
export type InjectFault = (point: Point, undone?: boolean) => void

class InjectedFault extends Error {
  /** The code of postgres.js for a broken connection. */
  readonly code = 'CONNECTION_CLOSED'

  constructor(point: Point, at: number) {
    super(`injected fault at ${point}, call ${at}`)
    this.name = 'InjectedFault'
  }
}

/**
 * Counts the points passed, and fails at those that `when` selects. The lost answer of an undone statement is
 * not counted: a fault before the statement tests the same.
 */
export function createFaults(when: (at: number) => boolean) {
  const counts: Partial<Record<Point, number>> = {}
  let at = 0
  const inject: InjectFault = (point, undone = false) => {
    if (undone) return
    at += 1
    counts[point] = (counts[point] ?? 0) + 1
    if (when(at)) throw new InjectedFault(point, at)
  }
  return { inject, counts, total: () => at }
}

/**
 * The same pool, with a point before and after each statement and commit. A fault after a commit, or after
 * a statement outside a transaction, is a lost answer: it took effect, but the program gets an error. It
 * prepares statements, as the worker does: the sweep runs close to a million.
 */
export function faultyDb(sql: postgres.Sql, inject: InjectFault): Db {
  return drizzle(faultyClient(preparing(sql), inject, 'pool'), { schema })
}

type Within = 'pool' | 'transaction'

function faultyClient(real: postgres.Sql, inject: InjectFault, within: Within): postgres.Sql {
  return new Proxy(real, {
    get(target, key) {
      if (key === 'unsafe') return (...args: Unsafe) => faultyQuery(target, args, inject, within)
      if (key === 'begin') return (run: Run) => faultyBegin(target, run, inject)
      if (key === 'savepoint') return (run: Run) => faultySavepoint(target, run, inject)
      return Reflect.get(target, key, target)
    },
  })
}

type Unsafe = Parameters<postgres.Sql['unsafe']>
type Run = (tx: postgres.Sql) => Promise<unknown>

/** The parts of a pending query that Drizzle uses: `then` and `values`. */
function faultyQuery(
  sql: postgres.Sql,
  [query, params, options]: Unsafe,
  inject: InjectFault,
  within: Within,
) {
  // No `select` of the program writes.
  const undone = within === 'transaction' || /^\s*select\b/i.test(query)
  const send = () => sql.unsafe(query, params, options)
  const run = async (make: () => PromiseLike<unknown>) => {
    inject('query')
    const rows = await make()
    inject('queried', undone)
    return rows
  }
  const pending = run.bind(undefined, send)
  return {
    values: () => run(() => send().values()),
    // biome-ignore lint/suspicious/noThenProperty: a pending query of postgres.js is a thenable, too
    then: <A, B>(ok: (rows: unknown) => A, no: (error: unknown) => B) => pending().then(ok, no),
  }
}

async function faultyBegin(sql: postgres.Sql, run: Run, inject: InjectFault) {
  inject('begin')
  const result = await sql.begin(async (tx) => {
    const value = await run(faultyClient(clientOf(tx), inject, 'transaction'))
    inject('commit')
    return value
  })
  inject('committed')
  return result
}

const faultySavepoint = (sql: postgres.Sql, run: Run, inject: InjectFault) =>
  // Savepoints exist only within a transaction.
  (sql as unknown as postgres.TransactionSql).savepoint((tx) =>
    run(faultyClient(clientOf(tx), inject, 'transaction')),
  )

/** The same MDM servers, with a point before and after each call. */
export function faultyServers(servers: MdmServers, inject: InjectFault): MdmServers {
  return async (serverId, within) => {
    const server = await servers(serverId, within)
    const around = between(inject)
    const { declarations } = server
    const faulty: MdmServer = {
      ...server,
      enqueue: around('enqueue', server.enqueue, 'enqueued'),
      push: around('push', server.push, 'pushed'),
      ...(declarations && {
        declarations: {
          ...declarations,
          step: around('step', declarations.step, 'stepped'),
          read: around('look', declarations.read, 'looked'),
          sets: around('look', declarations.sets, 'looked'),
          notify: around('push', declarations.notify, 'pushed'),
        },
      }),
    }
    return faulty
  }
}

/** A call with a point before and after it. */
const between =
  (inject: InjectFault) =>
  <A extends unknown[], R>(before: Point, call: (...args: A) => Promise<R>, after: Point) =>
  async (...args: A): Promise<R> => {
    inject(before)
    const result = await call(...args)
    inject(after)
    return result
  }
