import { chiSquareTail } from './distributions'
import { checkTimes, type TimedTrial } from './kaplan-meier'

export type LogRank =
  | {
      tested: true
      /** One degree of freedom. */
      chiSquare: number
      p: number
      /** Events in the first and the second group, and how many there would be if the groups were alike. */
      observed: [number, number]
      expected: [number, number]
    }
  | { tested: false; reason: string }

/**
 * The log-rank test of two groups (Mantel 1966; Peto & Peto 1972, https://doi.org/10.2307/2344317), as R's
 * `survdiff`. Where the events leave no variance it cannot be tested, which is not the same as p = 1.
 * Throws on a time below 0 or none.
 */
export function logRank(first: readonly TimedTrial[], second: readonly TimedTrial[]): LogRank {
  checkTimes(first)
  checkTimes(second)
  let [n1, n2, expected, variance] = [first.length, second.length, 0, 0]
  for (const { in1, in2, events } of timesOf(first, second)) {
    const n = n1 + n2
    expected += (events * n1) / n
    if (n > 1) variance += (events * n1 * n2 * (n - events)) / (n ** 2 * (n - 1))
    n1 -= in1
    n2 -= in2
  }
  if (variance === 0) return { tested: false, reason: reasonOf(first, second) }
  const observed: [number, number] = [first.filter(happened).length, second.filter(happened).length]
  const chiSquare = (observed[0] - expected) ** 2 / variance
  return {
    tested: true,
    chiSquare,
    p: chiSquareTail(chiSquare),
    observed,
    expected: [expected, observed[0] + observed[1] - expected],
  }
}

const happened = (trial: TimedTrial): boolean => trial.happened

/** At each time in turn: the trials of each group whose watching ends then, and the events among them. */
function timesOf(first: readonly TimedTrial[], second: readonly TimedTrial[]) {
  const both = [
    ...first.map((trial) => ({ ...trial, in1: 1, in2: 0 })),
    ...second.map((trial) => ({ ...trial, in1: 0, in2: 1 })),
  ]
  const groups = [...Map.groupBy(both, ({ time }) => time)].toSorted(([a], [b]) => a - b)
  return groups.map(([, group]) => ({
    in1: group.filter(({ in1 }) => in1).length,
    in2: group.filter(({ in2 }) => in2).length,
    events: group.filter(happened).length,
  }))
}

function reasonOf(first: readonly TimedTrial[], second: readonly TimedTrial[]): string {
  if (first.length === 0 || second.length === 0)
    return 'cannot be tested: one of the groups is empty'
  if (![...first, ...second].some(happened))
    return 'cannot be tested: the event was seen in neither group'
  return 'cannot be tested: the events leave no variance between the groups'
}
