import type postgres from 'postgres'
import { withAwayMark } from '../errors'

type Run = (tx: postgres.Sql) => Promise<unknown>

/** A transaction typed as a pool; it lacks only the members that open and close one. */
export const clientOf = (tx: postgres.TransactionSql): postgres.Sql => tx as unknown as postgres.Sql

type Unsafe = Parameters<postgres.Sql['unsafe']>

/**
 * A client that prepares each statement with parameters once per connection. Drizzle does not let postgres.js prepare
 * statements, and an unprepared one takes two round trips, one to parse and one to run it. A connection may change its
 * `search_path` to tables with the same columns only, as a prepared statement must not change its result types
 * (https://www.postgresql.org/docs/18/sql-prepare.html).
 */
export function preparing(client: postgres.Sql): postgres.Sql {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'unsafe') return (...args: Unsafe) => prepared(target, args)
      if (key === 'begin') return (run: Run) => target.begin((tx) => run(preparing(clientOf(tx))))
      // Savepoints are only used in transactions.
      if (key === 'savepoint')
        return (run: Run) =>
          (target as unknown as postgres.TransactionSql).savepoint((tx) =>
            run(preparing(clientOf(tx))),
          )
      return Reflect.get(target, key, target)
    },
  })
}

/** A statement with more is of as many rows as there were just then: each number of rows would stay prepared for ever. */
const maxPreparedParams = 300

const prepared = (client: postgres.Sql, [query, params, options]: Unsafe) => {
  const count = params?.length ?? 0
  return client.unsafe(query, params, {
    ...options,
    prepare: count > 0 && count <= maxPreparedParams,
  })
}

/**
 * A client that sends no rollback over a lost connection. postgres.js would: it writes to the closed socket,
 * which throws in the whole process, and the unsent bytes stay in front of everything the connection sends
 * later, so that it never answers again
 * (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L254). PostgreSQL itself rolls back
 * whatever a lost connection had begun.
 */
export function withoutLateRollback(client: postgres.Sql): postgres.Sql {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'begin') return (run: Run) => begin(target, run)
      return Reflect.get(target, key, target)
    },
  })
}

async function begin(client: postgres.Sql, run: Run): Promise<unknown> {
  let over = false
  try {
    return await client.begin((tx) => runBody(() => over, clientOf(tx), run))
  } catch (error) {
    throw withAwayMark(error)
  } finally {
    over = true
  }
}

/** Runs the body of a transaction or a savepoint; never settles once the transaction has failed. */
async function runBody(isOver: () => boolean, tx: postgres.Sql, run: Run): Promise<unknown> {
  try {
    return await run(openUntil(isOver, tx))
  } catch (error) {
    // A lost connection fails its queries first, and the transaction in the same turn of the event loop.
    await new Promise((resolve) => setImmediate(resolve))
    if (!isOver()) throw error
    // postgres.js has failed the transaction by itself; a rejection here would make it roll back.
    return new Promise<never>(() => undefined)
  }
}

/** A transaction that refuses queries once it is over. */
const openUntil = (isOver: () => boolean, tx: postgres.Sql): postgres.Sql =>
  new Proxy(tx, {
    get(target, key) {
      if (isOver() && (key === 'unsafe' || key === 'savepoint')) throw connectionGone()
      // Savepoints are only used in transactions.
      if (key === 'savepoint')
        return (run: Run) =>
          (target as unknown as postgres.TransactionSql).savepoint((inner) =>
            runBody(isOver, clientOf(inner), run),
          )
      return Reflect.get(target, key, target)
    },
  })

const connectionGone = () =>
  Object.assign(new Error('the connection of this transaction is gone'), {
    code: 'CONNECTION_CLOSED',
  })
