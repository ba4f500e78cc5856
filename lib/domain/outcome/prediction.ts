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
