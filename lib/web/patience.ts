/** How long a webhook's request is held while the database is away: MicroMDM's client waits 30 s (https://github.com/micromdm/micromdm/blob/c4878e2/cmd/micromdm/serve.go), NanoMDM's for ever. */
export const patienceMs = 20_000

const longestPauseMs = 1_000

/**
 * Tries again, with growing pauses, until it works or the time is over; then the last error is thrown.
 * What is tried must do the same when it is done twice. `until` is a moment of `performance.now()`;
 * without it there is one try.
 */
export async function patiently<T>(run: () => Promise<T>, until: number | undefined): Promise<T> {
  if (until === undefined) return run()
  for (let pauseMs = 50; ; pauseMs = Math.min(2 * pauseMs, longestPauseMs)) {
    try {
      return await within(run(), until)
    } catch (error) {
      if (performance.now() + pauseMs >= until) throw error
      await new Promise((resolve) => setTimeout(resolve, pauseMs))
    }
  }
}

/** Rejects when the time is over, though the try may still come to its end unseen. */
function within<T>(running: Promise<T>, until: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = () => reject(new Error('the database did not answer in time'))
    const timer = setTimeout(late, Math.max(0, until - performance.now()))
    running.then(resolve, reject).finally(() => clearTimeout(timer))
  })
}
