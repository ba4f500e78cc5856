import { isPassing } from './failure'

/** Between the tries of about a minute: at once, then ever more slowly, as a failover takes its time. */
export const pausesOfAMinute: readonly number[] = [
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
export async function persevere<T>(
  run: () => Promise<T>,
  pausesMs: readonly number[] = pausesOfAMinute,
): Promise<T> {
  for (const pauseMs of pausesMs) {
    try {
      return await run()
    } catch (error) {
      if (!isPassing(error)) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
  return run()
}
