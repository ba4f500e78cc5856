import { expect, test } from 'vitest'
import { type PredictionCount, predictionRows } from '../statistics/prediction-rows'
import { outcomes } from './outcome'
import {
  maxPredicted,
  predictableOutcomes,
  predictionInWords,
  predictionResult,
  readPrediction,
} from './prediction'

test('what nobody plans cannot be predicted', () => {
  expect(outcomes.filter((one) => !predictableOutcomes.some((other) => other === one))).toEqual([
    ...['censoredAtDeadline', 'lost', 'voidOperator', 'voidInfrastructure'],
  ])
})

test('a prediction is stored once per outcome, in one order, and none as null', () => {
  expect(readPrediction(['refused', 'installedAsExpected', 'refused'])).toEqual([
    ...['installedAsExpected', 'refused'],
  ])
  expect(readPrediction([])).toBeNull()
})

test.each([
  ['an unknown outcome', ['explodes']],
  ['one that is not counted', ['lost']],
  ['one right and one wrong', ['refused', 'voidOperator']],
  ['an empty text', ['']],
  ['too many', predictableOutcomes.slice(0, maxPredicted + 1)],
])('%s is no prediction', (_, given) => {
  expect(readPrediction(given)).toBeUndefined()
})

test.each([
  [null, 'refused', false, 'none'],
  [[], 'refused', false, 'none'],
  [['refused'], 'refused', false, 'cameTrue'],
  [['installedAsExpected', 'refused'], 'refused', false, 'cameTrue'],
  [['installedAsExpected'], 'refused', false, 'didNot'],
  [['installedAsExpected'], 'installedAsExpected', true, 'notCounted'],
  [['installedAsExpected'], 'censoredAtDeadline', false, 'notCounted'],
  [['installedAsExpected'], 'lost', false, 'notCounted'],
] as const)(
  '%j and the outcome %s, against the builds %s: %s',
  (prediction, outcome, against, result) => {
    expect(predictionResult(prediction, outcome, against)).toBe(result)
  },
)

const row = (row: string, result: PredictionCount['result'], trials: number) => ({
  ...{ row, result, trials },
})

// Wilson's limits of 4 of 5: golden value of lib/domain/statistics/golden/proportion.json.
test('a trial without a prediction is never counted as wrong', () => {
  const rows = predictionRows(
    [
      row('Erin', 'cameTrue', 4),
      row('Erin', 'didNot', 1),
      row('Erin', 'none', 7),
      row('Erin', 'notCounted', 2),
      row('Ada', 'cameTrue', 2),
    ],
    (a, b) => (a < b ? -1 : 1),
  )
  expect(rows[0]).toMatchObject({ row: 'Ada', n: 2, reached: 2, none: 0, rate: undefined })
  expect(rows[1]).toMatchObject({
    row: 'Erin',
    n: 5,
    reached: 4,
    none: 7,
    notCounted: 2,
    rate: 0.8,
  })
  expect(rows[1]?.interval?.low).toBeCloseTo(0.3755, 4)
  expect(rows[1]?.interval?.high).toBeCloseTo(0.9638, 4)
})

test('a prediction is written out with the labels of its outcomes', () => {
  expect(predictionInWords(['downloadedOnly', 'refused'])).toBe(
    'Downloaded only, or Refused by the device',
  )
})
