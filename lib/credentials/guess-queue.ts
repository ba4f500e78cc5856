/** A request that ends without a word must not keep the others waiting for ever. */
const longestMs = 10_000
/** Who comes when so many wait already is counted at once, as a wrong guess would be. */
const deepest = 60

type Line = { last: Promise<void>; length: number }

const lines = new Map<string, Line>()

/**
 * Waits until nobody else guesses at any of `keys`, in this process; gives what ends the own guess. A turn is
 * taken before a password is looked at and given back when it was right, so that right ones at the same
 * moment would use up the turns of wrong ones; one after the other they do not.
 * @param keys in the same order everywhere, the account before the address
 */
export async function enterGuess(keys: readonly string[]): Promise<() => void> {
  const ends: (() => void)[] = []
  for (const key of keys) ends.push(await enterLine(key))
  return () => {
    for (const end of ends) end()
  }
}

async function enterLine(key: string): Promise<() => void> {
  const line = lines.get(key) ?? { last: Promise.resolve(), length: 0 }
  if (line.length >= deepest) return () => undefined
  lines.set(key, line)
  line.length += 1
  const before = line.last
  let end: () => void = () => undefined
  line.last = new Promise((resolve) => {
    end = resolve
  })
  await before
  let isOver = false
  const leave = () => {
    if (isOver) return
    isOver = true
    clearTimeout(timer)
    line.length -= 1
    if (line.length === 0) lines.delete(key)
    end()
  }
  const timer = setTimeout(leave, longestMs)
  timer.unref()
  return leave
}

/** Does one guess in its turn. */
export async function inGuessTurn<T>(keys: readonly string[], guess: () => Promise<T>): Promise<T> {
  const leave = await enterGuess(keys)
  try {
    return await guess()
  } finally {
    leave()
  }
}
