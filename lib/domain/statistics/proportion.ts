import { betaQuantile, normalQuantile } from './distributions'

/** Bounds of a proportion, 0–1. */
export type Interval = { low: number; high: number }

/** Below this many devices no rate is given: the interval would be read as a finding. */
export const minDevicesForRate = 3

/** How often an interval holds the true value; 0.95 everywhere unless a caller says otherwise. */
export const usualLevel = 0.95

/** The normal quantile of a two-sided interval: 1.959963984540054 at 0.95. Throws unless 0 < level < 1. */
export function zOf(level: number): number {
  if (!(level > 0 && level < 1)) throw new Error(`a level lies between 0 and 1, not at ${level}`)
  return normalQuantile(0.5 + level / 2)
}

/**
 * Wilson's score interval, two-sided, which stays inside 0–1 and is honest at n = 5
 * (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953). Throws unless 0 ≤ successes ≤ n, n ≥ 1.
 */
export function wilsonInterval(successes: number, n: number, level = usualLevel): Interval {
  checkCounts(successes, n)
  const z = zOf(level)
  const p = successes / n
  const middle = p + z ** 2 / (2 * n)
  const half = z * Math.sqrt((p * (1 - p)) / n + z ** 2 / (4 * n ** 2))
  const scale = 1 + z ** 2 / n
  return {
    // Rounding would leave 1e-17 where the formula says 0, and 1 − 1e-16 where it says 1.
    low: successes === 0 ? 0 : (middle - half) / scale,
    high: successes === n ? 1 : (middle + half) / scale,
  }
}

/**
 * The exact interval of Clopper and Pearson, two-sided: wider than Wilson's, and never below its level
 * (Clopper & Pearson 1934, https://doi.org/10.1093/biomet/26.4.404). Throws as `wilsonInterval` does.
 */
export function clopperPearsonInterval(successes: number, n: number, level = usualLevel): Interval {
  checkCounts(successes, n)
  zOf(level)
  const tail = (1 - level) / 2
  return {
    low: successes === 0 ? 0 : betaQuantile(tail, successes, n - successes + 1),
    high: successes === n ? 1 : betaQuantile(1 - tail, successes + 1, n - successes),
  }
}

/**
 * The highest rate that so many successes in n still allow, one-sided and exact: none in 5 allow up to
 * 0.45 at 0.95. The same beta quantile as Clopper and Pearson's, with all of the error on one side.
 */
export function highestRateAllowed(successes: number, n: number, level = usualLevel): number {
  checkCounts(successes, n)
  zOf(level)
  return successes === n ? 1 : betaQuantile(level, successes + 1, n - successes)
}

export type Rate = {
  rate: number
  /** Wilson's. */
  interval: Interval
  /** Clopper and Pearson's. */
  exact: Interval
}

/** The rate with its 95 % intervals; undefined below `minDevicesForRate`, where only the dots may be shown. */
export function rateOf(successes: number, n: number): Rate | undefined {
  if (n < minDevicesForRate) return undefined
  return {
    rate: successes / n,
    interval: wilsonInterval(successes, n),
    exact: clopperPearsonInterval(successes, n),
  }
}

/** A row's numerator and denominator with its rate and intervals, which are undefined where `rateOf` gives none. */
export function ratedCounts(reached: number, n: number) {
  const rate = rateOf(reached, n)
  return { n, reached, rate: rate?.rate, interval: rate?.interval, exact: rate?.exact }
}

function checkCounts(successes: number, n: number): void {
  if (!Number.isInteger(n) || !Number.isInteger(successes) || n < 1)
    throw new Error(`an interval needs whole counts, not ${successes} of ${n}`)
  if (successes < 0 || successes > n) throw new Error(`${successes} of ${n} is no proportion`)
}
