import { DrizzleQueryError } from 'drizzle-orm'
import { databaseAwayMark } from '../domain/database-away'

// Classes 08, 53, 57 and 55P03 of https://www.postgresql.org/docs/18/errcodes-appendix.html, the driver's own
// (https://github.com/porsager/postgres/blob/v3.4.9/src/errors.js) and those of a socket.
const away = /^(08|53|57)|^55P03$|^(CONN|ECONN|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_|EPIPE)/

/**
 * Whether a database cannot be reached or has not answered in time: an error of the connection, not of what
 * was asked. Drizzle wraps the driver's error as its cause.
 */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  if (error instanceof DatabaseAwayError) return true
  if ('code' in error && typeof error.code === 'string') return away.test(error.code)
  return isDatabaseAway(error.cause)
}

/** Thrown where somebody else's code has swallowed the driver's error. */
export class DatabaseAwayError extends Error {
  readonly digest = databaseAwayMark
}

/** An error of the driver that Drizzle has not wrapped, with the mark where it is one of the connection. */
export const marked = (error: unknown): unknown =>
  error instanceof Error && !('digest' in error) && isDatabaseAway(error)
    ? Object.assign(error, { digest: databaseAwayMark })
    : error

/**
 * Next sends a browser no message of an error, only its `digest`, and keeps one that is set before
 * (next/dist/server/app-render/create-error-handler.js). So Drizzle's errors carry it themselves: without it
 * a page could not tell a database that does not answer from a bug.
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
