import { type Interval, rateOf } from '../statistics/proportion'
import { type Outcome, outcomeInfo, outcomes } from './outcome'

/** The outcomes that can be predicted: those that count. Nobody plans a lost, void or censored trial. */
export const predictableOutcomes = outcomes.filter(
  (outcome): outcome is PredictableOutcome => outcomeInfo[outcome].counts !== 'leftOut',
)
export type PredictableOutcome = Exclude<
  Outcome,
  'censoredAtDeadline' | 'lost' | 'voidOperator' | 'voidInfrastructure'
>

/** A longer list says too little to come true. */
export const maxPredicted = 3

/**
 * A prediction as it is stored: each outcome once, in the order of `outcomes`; null for none.
 * @returns undefined if it has another outcome or more than `maxPredicted`
 */
export function readPrediction(given: readonly string[]): PredictableOutcome[] | null | undefined {
  const read = predictableOutcomes.filter((outcome) => given.includes(outcome))
  if (new Set(given).size !== read.length || read.length > maxPredicted) return undefined
  return read.length === 0 ? null : read
}

/** "Downloaded only, or Refused by the device" */
export const predictionInWords = (prediction: readonly Outcome[]): string =>
  prediction.map((outcome) => outcomeInfo[outcome].label).join(', or ')

/** What became of a prediction; `none` and `notCounted` stand in no numerator or denominator. */
export const predictionResults = ['cameTrue', 'didNot', 'notCounted', 'none'] as const
export type PredictionResult = (typeof predictionResults)[number]

/**
 * Whether what was predicted came true. A lost, void or censored trial and one decided against the builds count neither
 * for nor against it. lib/db/sql/functions/prediction_result.sql says the same.
 */
export function predictionResult(
  prediction: readonly Outcome[] | null,
  outcome: Outcome,
  against: boolean,
): PredictionResult {
  if (prediction === null || prediction.length === 0) return 'none'
  if (against || outcomeInfo[outcome].counts === 'leftOut') return 'notCounted'
  return prediction.includes(outcome) ? 'cameTrue' : 'didNot'
}

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
    const n = reached + of('didNot')
    const rate = rateOf(reached, n)
    return {
      ...{ row, n, reached, notCounted: of('notCounted'), none: of('none') },
      rate: rate?.rate,
      interval: rate?.interval,
      exact: rate?.exact,
    }
  })
}
