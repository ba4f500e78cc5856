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
