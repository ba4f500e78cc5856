/** A first failure may be a restart, so the first wait is short. */
const firstWaitMs = 1_000
/** Also after hours: a server that is back must not wait long for what is due. */
const longestWaitMs = 60_000

/** How long an MDM server that has not answered `tries` times in a row is left alone. */
export const silenceWaitMs = (tries: number): number =>
  Math.min(firstWaitMs * 2 ** Math.min(Math.max(tries, 1) - 1, 10), longestWaitMs)
