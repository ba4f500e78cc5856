/** Wrong signatures of one sender at one webhook in a minute: up to this many are a mistake, more are a flood. */
const maxPerMinute = 20
const windowMs = 60_000
/** The senders remembered; a flood of invented addresses must not fill the memory. */
const maxSenders = 10_000

export type Forgeries = {
  /** Counts one more body of this sender that was not signed with the webhook's key. */
  note(sender: string): void
  /** Another listener has found that this sender is a flood. */
  hear(sender: string): void
  /** Seconds until this sender is no longer a flood; undefined if it is none. */
  waitSeconds(sender: string): number | undefined
  /**
   * Checks one body: at once, but those of a flood one after the other, so that it takes only a part of one
   * processor. None is refused unchecked: a device's own reply may come from the same address.
   */
  inTurn<T>(sender: string, check: () => T): Promise<T>
}

/**
 * Counts wrong signatures in this process: a forged body is not worth a row in the database. That a sender has become a
 * flood is told to the other listeners, once in a minute.
 */
export function createForgeries({
  clock = Date.now,
  tell = () => undefined,
}: {
  clock?: () => number
  tell?: (sender: string) => void
} = {}): Forgeries {
  const seen = new Map<string, { count: number; until: number }>()
  let last: Promise<unknown> = Promise.resolve()

  const current = (sender: string) => {
    const found = seen.get(sender)
    return found && found.until > clock() ? found : undefined
  }
  const begin = (sender: string, count: number) => {
    if (seen.size >= maxSenders) seen.clear()
    seen.set(sender, { count, until: clock() + windowMs })
  }
  const waitSeconds = (sender: string) => {
    const found = current(sender)
    if (!found || found.count <= maxPerMinute) return undefined
    return Math.ceil((found.until - clock()) / 1000)
  }
  return {
    note(sender) {
      const found = current(sender)
      if (found) found.count += 1
      else begin(sender, 1)
      // Exactly once in its minute: what is heard begins above it.
      if (found?.count === maxPerMinute + 1) tell(sender)
    },
    hear(sender) {
      if (waitSeconds(sender) === undefined) begin(sender, maxPerMinute + 2)
    },
    waitSeconds,
    async inTurn(sender, check) {
      if (waitSeconds(sender) === undefined) return check()
      const turn = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      last = turn
      await turn
      return check()
    },
  }
}
