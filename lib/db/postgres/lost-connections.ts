import type { EventEmitter } from 'node:events'

/**
 * Whether this is the failure of the query for array types that postgres.js sends on every new connection without
 * handling its rejection (https://github.com/porsager/postgres/blob/v3.4.9/src/connection.js#L768). Queries waiting
 * for that connection are rejected separately.
 */
export const isLostTypesQuestion = (reason: unknown): boolean =>
  typeof reason === 'object' &&
  reason !== null &&
  'query' in reason &&
  typeof reason.query === 'string' &&
  reason.query.includes('pg_catalog.pg_type')

/**
 * Keeps the process alive if the database goes away just while a connection opens. Any other unhandled rejection is a
 * bug and ends the process.
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
