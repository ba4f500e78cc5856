import { type Outcome, outcomeInfo, outcomes } from '../outcome/outcome'
import { byValue } from '../trial/factors'
import { hasReached, type PrimaryOutcome } from '../trial/primary-outcome'
import { type Interval, ratedCounts } from './proportion'

/** The trials with one value of a factor, such as one starting version. */
export type OutcomeRow = {
  /** The value. */
  row: string
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
  /** Wilson's 95 % interval, and Clopper and Pearson's; undefined where there is no rate. */
  interval: Interval | undefined
  exact: Interval | undefined
}

/** Trials of one row with one outcome; one trial where no number is given. */
export type OutcomeCount = {
  row: string
  outcome: Outcome
  /** Decided against what was proposed. */
  overruled?: boolean | undefined
  /** Not what the OS before and after says: shown, and counted neither for nor against. */
  against?: boolean | undefined
  trials?: number | undefined
}

/**
 * Outcomes of trials with the same primary outcome, a row for each value.
 * @param order of the values; by default that of starting versions
 */
export function outcomeRows(
  counted: readonly OutcomeCount[],
  primary: PrimaryOutcome = 'installed',
  order: (a: string, b: string) => number = byValue('version'),
): OutcomeRow[] {
  const groups = Map.groupBy(counted, ({ row }) => row)
  return [...groups.keys()].toSorted(order).map((row) => {
    const group = groups.get(row) ?? []
    const counts = group.filter(
      ({ outcome, against }) => !against && outcomeInfo[outcome].counts !== 'leftOut',
    )
    const [n, all] = [sum(counts), sum(group)]
    const reached = sum(counts.filter(({ outcome }) => hasReached(outcome, primary)))
    return {
      row,
      ...ratedCounts(reached, n),
      leftOut: all - n,
      against: sum(group.filter(({ against }) => against)),
      overruled: sum(group.filter(({ overruled }) => overruled)),
      counts: countEach(group),
    }
  })
}

/** How many trials of a group count, and how many of those reached the primary outcome. */
export type Reached = { n: number; reached: number }

/** A group of trials with the same primary outcome, over all rows. */
export const reachedIn = (counted: readonly OutcomeCount[], primary: PrimaryOutcome): Reached =>
  outcomeRows(counted, primary).reduce(
    (total, { n, reached }) => ({ n: total.n + n, reached: total.reached + reached }),
    { n: 0, reached: 0 },
  )

const sum = (counted: readonly OutcomeCount[]): number =>
  counted.reduce((total, { trials = 1 }) => total + trials, 0)

const countEach = (counted: readonly OutcomeCount[]): Partial<Record<Outcome, number>> =>
  Object.fromEntries(
    outcomes
      .map((one) => [one, sum(counted.filter(({ outcome }) => outcome === one))] as const)
      .filter(([, count]) => count > 0),
  )
