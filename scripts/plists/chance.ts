/** Reproducible random choices: the same seed and index always give the same mutation. */
export type Chance = {
  /** A whole number from 0 up to but not including `below`. */
  below(below: number): number
  pick<T>(from: readonly T[]): T
}

/** mulberry32: small, fast, and random enough for mutations (https://github.com/bryc/code/blob/master/jshash/PRNGs.md). */
export function chanceOf(seed: number, index: number): Chance {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)) >>> 0
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), state | 1)
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61)
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (limit: number) => Math.floor(next() * limit)
  return {
    below,
    pick(from) {
      const item = from[below(from.length)]
      if (item === undefined) throw new Error('nothing to choose from')
      return item
    },
  }
}
