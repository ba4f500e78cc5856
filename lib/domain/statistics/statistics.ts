import { compareVersions, parseVersion } from '../device/os-version'
import { type Outcome, outcomeInfo, outcomes } from '../outcome/outcome'
import type { PrimaryOutcome } from '../trial/protocol'

/** Bounds of a proportion, 0–1. */
export type Interval = { low: number; high: number }

/** The standard normal quantile at 0.975, for two-sided 95 % intervals. */
const z = 1.959963984540054

/** Below this many devices no rate is given: the interval would be read as a finding. */
export const minDevicesForRate = 3

/**
 * Wilson's score interval at 95 %, which stays inside 0–1 and is honest at n = 5
 * (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953). Throws unless 0 ≤ successes ≤ n, n ≥ 1.
 */
export function wilsonInterval(successes: number, n: number): Interval {
  if (!Number.isInteger(n) || !Number.isInteger(successes) || n < 1)
    throw new Error(`an interval needs whole counts, not ${successes} of ${n}`)
  if (successes < 0 || successes > n) throw new Error(`${successes} of ${n} is no proportion`)
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

/** The rate with its interval; undefined below `minDevicesForRate`, where only the dots may be shown. */
export function rateOf(
  successes: number,
  n: number,
): { rate: number; interval: Interval } | undefined {
  if (n < minDevicesForRate) return undefined
  return { rate: successes / n, interval: wilsonInterval(successes, n) }
}

export type VersionOutcomes = {
  startOs: string
  /** Trials that can be counted for or against: what the rate and the interval stand on. */
  n: number
  /** Trials shown as dots but not counted: lost, void, and still under way at the deadline. */
  leftOut: number
  /** Of those, trials whose outcome is not what the OS before and after says. */
  against: number
  /** Trials whose outcome a lead decided against the proposal. */
  overruled: number
  counts: Partial<Record<Outcome, number>>
  /** Trials that reached the primary outcome of their protocol. */
  reached: number
  rate: number | undefined
  interval: Interval | undefined
}

const byVersion = (a: string, b: string): number => {
  const [left, right] = [parseVersion(a), parseVersion(b)]
  if (left && right) return compareVersions(left, right)
  if (!left && !right) return a < b ? -1 : a > b ? 1 : 0
  return left ? -1 : 1
}

/** Trials of one starting version with one outcome; one trial where no number is given. */
export type OutcomeCount = {
  startOs: string
  outcome: Outcome
  /** Decided against what was proposed. */
  overruled?: boolean | undefined
  /** Not what the OS before and after says: shown, and counted neither for nor against. */
  against?: boolean | undefined
  trials?: number | undefined
}

/** Whether a trial reached what its protocol is about. An install where only a download was asked for is none. */
const hasReached = (outcome: Outcome, primary: PrimaryOutcome): boolean =>
  primary === 'downloaded'
    ? outcome === 'downloadedOnly'
    : outcomeInfo[outcome].counts === 'installed'

/**
 * Outcomes per starting version of trials with the same primary outcome, sorted by number ("11.4" before
 * "11.10"); anything but a version comes last.
 */
export function outcomesPerVersion(
  counted: readonly OutcomeCount[],
  primary: PrimaryOutcome = 'installed',
): VersionOutcomes[] {
  const groups = Map.groupBy(counted, ({ startOs }) => startOs)
  return [...groups.keys()].toSorted(byVersion).map((startOs) => {
    const group = groups.get(startOs) ?? []
    const counts = group.filter(
      ({ outcome, against }) => !against && outcomeInfo[outcome].counts !== 'leftOut',
    )
    const [n, all] = [sum(counts), sum(group)]
    const reached = sum(counts.filter(({ outcome }) => hasReached(outcome, primary)))
    const rate = rateOf(reached, n)
    return {
      startOs,
      n,
      leftOut: all - n,
      against: sum(group.filter(({ against }) => against)),
      overruled: sum(group.filter(({ overruled }) => overruled)),
      counts: countEach(group),
      reached,
      rate: rate?.rate,
      interval: rate?.interval,
    }
  })
}

const sum = (counted: readonly OutcomeCount[]): number =>
  counted.reduce((total, { trials = 1 }) => total + trials, 0)

const countEach = (counted: readonly OutcomeCount[]): Partial<Record<Outcome, number>> =>
  Object.fromEntries(
    outcomes
      .map((one) => [one, sum(counted.filter(({ outcome }) => outcome === one))] as const)
      .filter(([, count]) => count > 0),
  )
