import type { PredictionResult } from '../outcome/prediction'
import { type Interval, ratedCounts } from './proportion'

/** Concluded trials with one value of a factor, or registered by one person. */
export type PredictionRow = {
  row: string
  /** Trials with a prediction that could come true; `reached` of them did. */
  n: number
  reached: number
  notCounted: number
  /** Trials without a prediction. */
  none: number
  rate: number | undefined
  interval: Interval | undefined
  exact: Interval | undefined
}

export type PredictionCount = { row: string; result: PredictionResult; trials: number }

/** A row for each value, in its order. */
export function predictionRows(
  counted: readonly PredictionCount[],
  order: (a: string, b: string) => number,
): PredictionRow[] {
  const groups = Map.groupBy(counted, ({ row }) => row)
  return [...groups.keys()].toSorted(order).map((row) => {
    const of = (result: PredictionResult) =>
      (groups.get(row) ?? []).reduce(
        (sum, one) => (one.result === result ? sum + one.trials : sum),
        0,
      )
    const reached = of('cameTrue')
    return {
      row,
      ...ratedCounts(reached, reached + of('didNot')),
      notCounted: of('notCounted'),
      none: of('none'),
    }
  })
}
