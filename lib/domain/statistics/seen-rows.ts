import { byValue } from '../trial/factors'
import { type Seen, seenStates } from './counted'
import { type Interval, ratedCounts } from './proportion'

/** The trials with one value of a factor. */
export type SeenRow = {
  row: string
  /** Trials of which it is known; `reached` of them show it. */
  n: number
  reached: number
  counts: Partial<Record<Seen, number>>
  /** Trials that are not counted. */
  leftOut: number
  rate: number | undefined
  interval: Interval | undefined
  exact: Interval | undefined
}

export type SeenCount = { row: string; seen: Seen; trials: number }

/** A row for each value in its order; by default that of starting versions. */
export function seenRows(
  counted: readonly SeenCount[],
  order: (a: string, b: string) => number = byValue('version'),
): SeenRow[] {
  const groups = Map.groupBy(counted, ({ row }) => row)
  return [...groups.keys()].toSorted(order).map((row) => {
    const group = groups.get(row) ?? []
    const of = (seen: Seen) =>
      group.reduce((sum, one) => (one.seen === seen ? sum + one.trials : sum), 0)
    const reached = of('seen')
    return {
      row,
      ...ratedCounts(reached, reached + of('notSeen')),
      counts: Object.fromEntries(seenStates.flatMap((one) => (of(one) ? [[one, of(one)]] : []))),
      leftOut: of('unknown') + of('impossible') + of('void'),
    }
  })
}
