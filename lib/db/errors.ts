import { DrizzleQueryError } from 'drizzle-orm'
import { databaseAwayMark } from '../domain/database-away'

// Classes 08, 53, 57 and 55P03 of https://www.postgresql.org/docs/18/errcodes-appendix.html, the driver's own
// (https://github.com/porsager/postgres/blob/v3.4.9/src/errors.js) and those of a socket.
const away = /^(08|53|57)|^55P03$|^(CONN|ECONN|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EPIPE)/

/**
 * Whether an error says that the database cannot be reached or has not answered in time, and nothing about
 * the statement. Drizzle wraps the driver's error as its cause.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseAwayError) return true
  if ('code' in error && typeof error.code === 'string') return away.test(error.code)
  return isDatabaseAway(error.cause)
}

/** Thrown in place of a driver's error that a library has swallowed. */
export class DatabaseAwayError extends Error {
  readonly digest = databaseAwayMark
}

/** Adds the mark to an error of the connection that Drizzle has not wrapped. */
export const withAwayMark = (error: unknown): unknown =>
  error instanceof Error && !('digest' in error) && isDatabaseAway(error)
    ? Object.assign(error, { digest: databaseAwayMark })
    : error

/**
 * Gives Drizzle's errors the `digest` by which a page tells a database that does not answer from a bug.
 * Next sends the browser only the digest of an error, and keeps one that is already set
 * (next/dist/server/app-render/create-error-handler.js).
 */
export function markDatabaseAway(): void {
  Object.defineProperty(DrizzleQueryError.prototype, 'digest', {
    configurable: true,
    get(this: DrizzleQueryError) {
      return isDatabaseAway(this) ? databaseAwayMark : undefined
    },
    // Next writes its own into every other error.
    set(this: DrizzleQueryError, value: string) {
      Object.defineProperty(this, 'digest', { value, configurable: true, writable: true })
    },
  })
}

/**
 * The name of the unique index that refused a row; undefined for every other error. 23505 is PostgreSQL's
 * unique_violation (https://www.postgresql.org/docs/18/errcodes-appendix.html). Drizzle wraps what the
 * driver throws.
 */
export function uniqueViolation(error: unknown): string | undefined {
  const cause: unknown = error instanceof Error && error.cause ? error.cause : error
  if (typeof cause !== 'object' || cause === null) return undefined
  if (!('code' in cause) || cause.code !== '23505') return undefined
  return 'constraint_name' in cause ? String(cause.constraint_name) : ''
}
