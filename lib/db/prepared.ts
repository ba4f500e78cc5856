import type postgres from 'postgres'
import { clientOf } from './client-of'

type Unsafe = Parameters<postgres.Sql['unsafe']>
type Run = (tx: postgres.Sql) => Promise<unknown>

/**
 * The same client, which prepares each statement with parameters once a connection. Drizzle never asks
 * postgres.js for that, and unprepared each of them travels twice: once to be parsed, once to be run.
 * Not for connections that change their `search_path`: a prepared statement may not change the types of
 * what it returns (https://www.postgresql.org/docs/18/sql-prepare.html).
 */
export function preparing(client: postgres.Sql): postgres.Sql {
  return new Proxy(client, {
    get(target, key) {
      if (key === 'unsafe') return (...args: Unsafe) => ask(target, args)
      if (key === 'begin') return (run: Run) => target.begin((tx) => run(preparing(clientOf(tx))))
      // Only a transaction is ever asked for a savepoint.
      if (key === 'savepoint')
        return (run: Run) =>
          (target as unknown as postgres.TransactionSql).savepoint((tx) =>
            run(preparing(clientOf(tx))),
          )
      return Reflect.get(target, key, target)
    },
  })
}

const ask = (client: postgres.Sql, [query, params, options]: Unsafe) =>
  client.unsafe(query, params, { ...options, prepare: (params?.length ?? 0) > 0 })
