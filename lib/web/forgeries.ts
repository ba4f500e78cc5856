/** Wrong signatures of one sender at one webhook: in one minute so many are a mistake, more are a flood. */
const mostPerMinute = 20
const windowMs = 60_000
/** Senders remembered; a flood of made-up addresses must not fill the memory. */
const mostSenders = 10_000

export type Forgeries = {
  /** One more body of this sender was not signed by the webhook's key. */
  note(sender: string): void
  /** Seconds until this sender is no flood any more; undefined where it is none. */
  waitSeconds(sender: string): number | undefined
  /**
   * Checks one body: at once, but those of a flood one after the other, so that the flood holds a part of
   * one processor. None is refused unread: a device's own reply may come by the same address.
   */
  inTurn<T>(sender: string, check: () => T): Promise<T>
}

/** Counts wrong signatures in this process: what is forged is worth no row in the database. */
export function createForgeries(clock: () => number = Date.now): Forgeries {
  const seen = new Map<string, { count: number; until: number }>()
  let last: Promise<unknown> = Promise.resolve()

  const current = (sender: string) => {
    const found = seen.get(sender)
    return found && found.until > clock() ? found : undefined
  }
  const waitSeconds = (sender: string) => {
    const found = current(sender)
    if (!found || found.count <= mostPerMinute) return undefined
    return Math.ceil((found.until - clock()) / 1000)
  }
  return {
    note(sender) {
      const found = current(sender)
      if (found) found.count += 1
      else {
        if (seen.size >= mostSenders) seen.clear()
        seen.set(sender, { count: 1, until: clock() + windowMs })
      }
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
