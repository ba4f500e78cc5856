import { expect, test } from 'vitest'
import { agreementRows, type ReadingPairs } from './agreement'

const read = (title: string, first: string, second: string, pairs = 1): ReadingPairs => ({
  ...{ protocolId: title, title, first, second, pairs, blinded: true },
})

test('all protocols come first, then each; without readings there is nothing', () => {
  expect(agreementRows([])).toEqual([])
  const rows = agreementRows([
    ...[read('B', 'refused', 'refused', 4), read('B', 'lost', 'lost', 2)],
    ...[read('A', 'refused', 'refused', 3), read('A', 'refused', 'lost')],
  ])
  expect(rows.map(({ title, kappa }) => [title, kappa.agreed, kappa.pairs])).toEqual([
    [undefined, 9, 10],
    ['A', 3, 4],
    ['B', 6, 6],
  ])
})

test('a reading by somebody who was not blinded is counted beside the agreement, not in it', () => {
  const [all] = agreementRows([
    { ...read('A', 'refused', 'refused', 5), blinded: false },
    ...[read('A', 'refused', 'lost'), read('A', 'lost', 'refused')],
  ])
  expect(all).toMatchObject({ notBlinded: 5, kappa: { pairs: 2, agreed: 0, kappa: -1 } })
  const [known] = agreementRows([{ ...read('A', 'refused', 'refused'), blinded: false }])
  expect(known).toMatchObject({ notBlinded: 1, kappa: { defined: false, why: 'noPairs' } })
})
