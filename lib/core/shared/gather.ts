/** Several writers at once would only wait for each other's locks and flushes. */
const atOnce = 2

type Waiting<T> = { item: T; done: () => void; failed: (error: unknown) => void }

export type GatherLimits<T> = {
  /** Items in one write. */
  most: number
  /** What one item weighs, and what a write may weigh together; a single item may weigh more. */
  weigh(item: T): number
  heaviest: number
}

/**
 * Gathers what comes in while a write is under way into the next one, so that one commit serves many.
 * Whoever comes alone waits for nobody. Each caller's promise settles with the write that held its
 * item; where a write of many fails each is written alone, so that none fails for another's sake.
 */
export function gather<T>(
  write: (items: readonly T[]) => Promise<unknown>,
  limits: GatherLimits<T>,
): (item: T) => Promise<void> {
  const waiting: Waiting<T>[] = []
  let writing = 0

  const lane = async () => {
    writing += 1
    for (;;) {
      const taken = take(waiting, limits)
      if (taken.length === 0) break
      await settle(taken, write)
    }
    writing -= 1
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      if (writing < atOnce) void lane()
    })
}

function take<T>(waiting: Waiting<T>[], { most, weigh, heaviest }: GatherLimits<T>): Waiting<T>[] {
  let [count, weight] = [0, 0]
  for (const { item } of waiting.slice(0, most)) {
    weight += weigh(item)
    if (count > 0 && weight > heaviest) break
    count += 1
  }
  return waiting.splice(0, count)
}

async function settle<T>(
  taken: readonly Waiting<T>[],
  write: (items: readonly T[]) => Promise<unknown>,
): Promise<void> {
  try {
    await write(taken.map(({ item }) => item))
    for (const { done } of taken) done()
  } catch (error) {
    // Together: where the database is away, each would wait for the next connection in turn.
    if (taken.length > 1) await Promise.all(taken.map((one) => settle([one], write)))
    else for (const { failed } of taken) failed(error)
  }
}
