/** Ids waiting here at most; beyond it the worker finds them by itself, as it finds all that a crash left. */
const longestQueue = 500

/**
 * Reads kept events one after the other behind the replies. Side by side they would take every
 * connection of the pool, and an event that comes in while others are read must find one to be kept by.
 */
export function createEventReader(
  read: (id: number) => Promise<unknown>,
  onError: (error: unknown, id: number) => void,
) {
  const waiting: number[] = []
  let running: Promise<void> | undefined

  const drain = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await read(id)
      } catch (error) {
        // It stays unread, and the worker's next round reads it again.
        onError(error, id)
      }
    }
    running = undefined
  }

  return {
    /** Settles when nothing waits any more. */
    readSoon(id: number): Promise<void> {
      if (waiting.length < longestQueue) waiting.push(id)
      running ??= drain()
      return running
    },
  }
}
