/**
 * The name of the unique index that refused a row, undefined for every other error. Drizzle wraps what
 * the driver throws; 23505 is PostgreSQL's unique_violation
 * (https://www.postgresql.org/docs/18/errcodes-appendix.html).
 */
export function uniqueClash(error: unknown): string | undefined {
  const cause: unknown = error instanceof Error && error.cause ? error.cause : error
  if (typeof cause !== 'object' || cause === null) return undefined
  if (!('code' in cause) || cause.code !== '23505') return undefined
  return 'constraint_name' in cause ? String(cause.constraint_name) : ''
}
