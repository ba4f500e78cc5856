/** Does one thing of a round; what fails counts as nothing done and is told at the round's end. */
export type Attempt = (deed: () => Promise<number>) => Promise<number>

/** For one round: one thing that cannot be done must not keep the others waiting. */
export function startAttempts(): { attempt: Attempt; wrongs: unknown[] } {
  const wrongs: unknown[] = []
  const attempt: Attempt = async (deed) => {
    try {
      return await deed()
    } catch (error) {
      wrongs.push(error)
      return 0
    }
  }
  return { attempt, wrongs }
}
