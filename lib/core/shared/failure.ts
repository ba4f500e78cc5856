// The database's own troubles pass; what was being done is then done again, and nothing is called wrong for them.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const passing =
  /^(08|40|53|55|57|58)|^(26000|25006)$|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/

/** True for a trouble that is not about what was being done, and goes away by itself. */
export const isPassing = (error: unknown): boolean => passing.test(codeOf(error))

/** True where somebody else has written the same at the same time: what was being done sees it the next time. */
export const isClash = (error: unknown): boolean => codeOf(error) === '23505'

/** Drizzle's own message is the query with its values; what went wrong stands in its cause. */
export function rootMessage(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown'
  return error.cause instanceof Error ? rootMessage(error.cause) : error.message
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return ''
  // Drizzle wraps the driver's error.
  const own = 'code' in error && typeof error.code === 'string' ? error.code : ''
  return own || codeOf(error.cause)
}
