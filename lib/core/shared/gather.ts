/** Beside a write that is slow, as where its connection is gone without a word, one more goes on. */
const maxWrites = 2

type Waiting<T> = { item: T; done: () => void; failed: (error: unknown) => void }

export type GatherLimits<T> = {
  /** Items in one write. */
  maxItems: number
  /** The size of an item, and the largest total size of a write in the same unit; a single item may be larger. */
  sizeOf(item: T): number
  maxSize: number
  /** After this time a write is slow; 100 ms by default, many times as long as a commit takes. */
  slowMs?: number
}

/**
 * Gathers the items that arrive during a write into the next one, so that one commit serves many. A single item
 * is written at once. There is one write at a time, as two would wait for each other's lock of the trail with half as many items
 * each. Each caller's promise settles with the write of its item; if a write of several items fails, each is written alone, so
 * that none fails because of another.
 */
export function gather<T>(
  write: (items: readonly T[]) => Promise<unknown>,
  { slowMs = 100, ...limits }: GatherLimits<T>,
): (item: T) => Promise<void> {
  const waiting: Waiting<T>[] = []
  let [writing, slow] = [0, 0]

  const begin = () => {
    if (writing === slow && writing < maxWrites) void lane()
  }
  const lane = async () => {
    writing += 1
    for (;;) {
      const taken = take(waiting, limits)
      if (taken.length === 0) break
      await timed(settle(taken, write))
    }
    writing -= 1
  }
  const timed = async (settling: Promise<void>) => {
    let isSlow = false
    const timer = setTimeout(() => {
      isSlow = true
      slow += 1
      begin()
    }, slowMs)
    await settling
    clearTimeout(timer)
    if (isSlow) slow -= 1
  }

  return (item) =>
    new Promise((done, failed) => {
      waiting.push({ item, done, failed })
      begin()
    })
}

function take<T>(
  waiting: Waiting<T>[],
  { maxItems, sizeOf, maxSize }: GatherLimits<T>,
): Waiting<T>[] {
  let [count, size] = [0, 0]
  for (const { item } of waiting.slice(0, maxItems)) {
    size += sizeOf(item)
    if (count > 0 && size > maxSize) break
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
    // All at the same time: if the database is down, each would otherwise wait for a connection in turn.
    if (taken.length > 1) await Promise.all(taken.map((one) => settle([one], write)))
    else for (const { failed } of taken) failed(error)
  }
}
