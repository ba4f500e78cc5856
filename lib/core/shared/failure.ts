// The database's own troubles pass; what was being done is then done again, and nothing is called wrong for them.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const passing =
  /^(08|40|53|55|57|58)|^(26000|25006)$|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/

/** True for a trouble that is not about what was being done, and goes away by itself. */
export const isTransient = (error: unknown): boolean => passing.test(codeOf(error))

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

/** Does one thing of a round; what fails counts as nothing done and is reported. */
export type Attempt = (deed: () => Promise<number>) => Promise<number>

/** One thing that cannot be done must not keep the others waiting. */
export function attempting(report: (error: unknown) => void): Attempt {
  return async (deed) => {
    try {
      return await deed()
    } catch (error) {
      report(error)
      return 0
    }
  }
}

/** For one round that tells at its end what failed in it. */
export function startAttempts(): { attempt: Attempt; wrongs: unknown[] } {
  const wrongs: unknown[] = []
  return { attempt: attempting((error) => wrongs.push(error)), wrongs }
}

/** Between the tries of about a minute: at once, then ever more slowly, as a failover takes its time. */
export const retryPausesMs: readonly number[] = [
  0, 50, 100, 200, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000,
  5_000, 5_000,
]

/**
 * Does something again while the database has a trouble that passes, with a pause before each further try.
 * For what is known here alone and would be lost otherwise, such as the answer to a request that was sent.
 * @param run must do nothing the second time where the first was done and only its answer was lost
 * @param pausesMs milliseconds before each further try; their number is that of the tries
 * @throws whatever the last try threw, or at once where it is no passing trouble
 */
export async function retryTransient<T>(
  run: () => Promise<T>,
  pausesMs: readonly number[] = retryPausesMs,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await run()
    } catch (error) {
      if (!isTransient(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  return run()
}
