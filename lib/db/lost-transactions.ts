import type postgres from 'postgres'
import { clientOf } from './client-of'
import { marked } from './database-away'

type Run = (tx: postgres.Sql) => Promise<unknown>

/**
 * The same client, which does not roll back over a connection that is gone. postgres.js would: it writes to a
 * socket that is no more, which is thrown at the whole process, and what could not be written stays before
 * everything the connection is given later, so that it never answers again
 * (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L254). Nothing is lost by that: PostgreSQL
 * rolls back whatever a lost connection had begun.
 */
export function outlivingLoss(client: postgres.Sql): postgres.Sql {
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
    return await client.begin((tx) => runUntil(() => over, clientOf(tx), run))
  } catch (error) {
    throw marked(error)
  } finally {
    over = true
  }
}

/** Runs what is in a transaction or a savepoint, and answers no more once the transaction is over. */
async function runUntil(isOver: () => boolean, tx: postgres.Sql, run: Run): Promise<unknown> {
  try {
    return await run(until(isOver, tx))
  } catch (error) {
    // The end of a connection fails its questions first, and the transaction within the same turn.
    await new Promise((resolve) => setImmediate(resolve))
    if (!isOver()) throw error
    // postgres.js has failed the transaction by itself, and would roll back if it heard of this.
    return new Promise<never>(() => undefined)
  }
}

/** A transaction that takes no more questions once it is over, however late they are asked. */
const until = (isOver: () => boolean, tx: postgres.Sql): postgres.Sql =>
  new Proxy(tx, {
    get(target, key) {
      if (isOver() && (key === 'unsafe' || key === 'savepoint')) throw gone()
      // Only a transaction is ever asked for a savepoint.
      if (key === 'savepoint')
        return (run: Run) =>
          (target as unknown as postgres.TransactionSql).savepoint((inner) =>
            runUntil(isOver, clientOf(inner), run),
          )
      return Reflect.get(target, key, target)
    },
  })

const gone = () =>
  Object.assign(new Error('the connection of this transaction is gone'), {
    code: 'CONNECTION_CLOSED',
  })
