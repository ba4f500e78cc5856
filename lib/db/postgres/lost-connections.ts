import type { EventEmitter } from 'node:events'

/**
 * Whether this is the question for array types that postgres.js asks on every new connection and whose
 * failure it leaves to nobody (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L768).
 * Whatever was to go over that connection is told of its end by itself.
 */
export const isLostTypesQuestion = (reason: unknown): boolean =>
  typeof reason === 'object' &&
  reason !== null &&
  'query' in reason &&
  typeof reason.query === 'string' &&
  reason.query.includes('pg_catalog.pg_type')

/**
 * Keeps a process from ending with a database that goes away just as it is connected to. Every other
 * rejection that nobody awaits is a bug, and ends the process as before.
 */
export function outliveLostConnections(
  report: (reason: unknown) => void,
  target: EventEmitter = process,
): void {
  target.on('unhandledRejection', (reason) => {
    if (!isLostTypesQuestion(reason)) throw reason
    report(reason)
  })
}
