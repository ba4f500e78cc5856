// Errors of the database itself that go away, so that the same statement can succeed later: lost connections,
// deadlocks, failovers, a full disk or connection table.
// https://www.postgresql.org/docs/18/errcodes-appendix.html
const transient =
  /^(08|40|53|55|57|58)|^(26000|25006)$|^(CONNECT|ECONN|EPIPE|ETIMEDOUT|EHOST|ENET|ENOTFOUND|EAI_)/

/** Whether an error is not caused by what was being done, and goes away by itself. */
export const isTransient = (error: unknown): boolean => transient.test(codeOf(error))

/** Whether another transaction has just written the same unique value; a retry will see it. */
export const isClash = (error: unknown): boolean => codeOf(error) === '23505'

/** The message of the innermost cause: Drizzle's own message is the query with its values. */
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

/** Runs one step of a round. A step that fails is reported and counts as nothing done. */
export type Attempt = (step: () => Promise<number>) => Promise<number>

/** Makes an `Attempt`, so that one failing step does not keep the others from running. */
export function attempting(report: (error: unknown) => void): Attempt {
  return async (step) => {
    try {
      return await step()
    } catch (error) {
      report(error)
      return 0
    }
  }
}

/** An `Attempt` that collects the errors of one round. */
export function startAttempts(): { attempt: Attempt; errors: unknown[] } {
  const errors: unknown[] = []
  return { attempt: attempting((error) => errors.push(error)), errors }
}

/** The pauses between the retries of about a minute: none at first, then longer, because a failover takes a while. */
export const retryPausesMs: readonly number[] = [
  0, 50, 100, 200, 500, 1_000, 2_000, 4_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000, 5_000,
  5_000, 5_000,
]

/**
 * Retries while the database has a transient error, for what only this process knows and would otherwise be lost,
 * such as the answer to a request that was sent.
 * @param run must change nothing the second time, if the first try succeeded and only its answer was lost
 * @param pausesMs milliseconds before each retry; one entry for each retry
 * @throws the error of the last try, or any other error than a transient one at once
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
