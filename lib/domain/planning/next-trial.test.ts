import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import {
  type CoverageCell,
  expectedShrinkage,
  nextTrials,
  type SpendableDevice,
} from './next-trial'
import { scoreTerms, usualWeights } from './score-terms'

const cell = (id: string, more: Partial<CoverageCell> = {}): CoverageCell => ({
  id,
  successes: 0,
  n: 0,
  weight: 1,
  verifiesFix: false,
  windowDays: undefined,
  ...more,
})
const device = (labTag: string, cells: string[], reservedFor?: string): SpendableDevice => ({
  id: `id of ${labTag}`,
  labTag,
  cells,
  reservedFor,
})

test.each([
  [0, 0, 0.2065],
  [1, 1, 0.0847],
  [1, 2, 0.0801],
  [2, 2, 0.0538],
  [3, 3, 0.0388],
  [5, 5, 0.0237],
])('one more trial after %i in %i narrows the interval by %f', (successes, n, shrinkage) => {
  expect(expectedShrinkage(successes, n)).toBeCloseTo(shrinkage, 4)
})

test('an empty cell comes before one that is known, and each term is shown', () => {
  const [first, second] = nextTrials(
    [cell('known', { successes: 3, n: 3 }), cell('empty')],
    [device('iPad-1', ['known', 'empty']), device('iPad-2', ['known', 'empty'])],
  )
  expect(first).toMatchObject({ labTag: 'iPad-1', cell: 'empty', alternatives: 1 })
  expect(first?.terms.shrinkage).toEqual({
    value: expect.closeTo(0.2065, 4),
    weight: 1,
    adds: expect.closeTo(0.2065, 4),
  })
  expect(second).toMatchObject({ labTag: 'iPad-2', cell: 'empty' })
})

test('a device is dearer by each question that only it could still answer', () => {
  const trials = nextTrials(
    [cell('asked'), cell('rare')],
    [device('iPad-1', ['asked', 'rare']), device('iPad-2', ['asked'])],
  )
  const spending = trials.find((trial) => trial.labTag === 'iPad-1' && trial.cell === 'asked')
  expect(spending?.terms.opportunity.adds).toBeCloseTo(-0.2065, 4)
  expect(trials.find(({ labTag }) => labTag === 'iPad-2')?.terms.opportunity.adds).toBe(0)
  // Spent on the rare question itself it takes no other with it.
  const rare = trials.find((trial) => trial.cell === 'rare')
  expect(rare?.terms.opportunity.adds).toBe(0)
  expect(trials.at(-1)).toBe(spending)
})

test('a claimed fix and a closing window count, an unknown window does not', () => {
  const trials = nextTrials(
    [
      cell('plain'),
      cell('fix', { verifiesFix: true }),
      cell('today', { windowDays: 0 }),
      cell('past', { windowDays: -3 }),
      cell('in 15 days', { windowDays: 15 }),
      cell('far', { windowDays: 200 }),
    ],
    ['plain', 'fix', 'today', 'past', 'in 15 days', 'far'].flatMap((id) => [
      device(`a ${id}`, [id]),
      device(`b ${id}`, [id]),
    ]),
  )
  const of = (id: string) => trials.find((trial) => trial.cell === id)?.terms
  expect(of('fix')?.verification.adds).toBe(0.1)
  expect(
    ['plain', 'today', 'past', 'in 15 days', 'far'].map((id) => of(id)?.urgency.value),
  ).toEqual([0, 1, 1, 0.5, 0])
  expect(trials[0]?.cell).toBe('fix')
})

test('a reserved device is for its own question, and comes last for any other', () => {
  const trials = nextTrials(
    [cell('a'), cell('b')],
    [device('iPad-1', ['a', 'b'], 'b'), device('iPad-2', ['a', 'b'])],
  )
  expect(trials.at(-1)).toMatchObject({ labTag: 'iPad-1', cell: 'a' })
  expect(
    trials.find(({ labTag, cell }) => labTag === 'iPad-1' && cell === 'b')?.terms.reserved,
  ).toEqual({ value: 0, weight: 1, adds: 0 })
})

test('equal scores go by the fewest alternatives, then by lab tag with its numbers in order', () => {
  const cells = [cell('common'), cell('scarce')]
  const devices = [
    device('iPad-10', ['common']),
    device('iPad-2', ['common']),
    device('iPad-3', ['common']),
    device('iPad-4', ['scarce']),
  ]
  expect(nextTrials(cells, devices).map(({ labTag }) => labTag)).toEqual([
    'iPad-4',
    'iPad-2',
    'iPad-3',
    'iPad-10',
  ])
})

test('a cell that is not given is a mistake, a device without cells is none', () => {
  expect(() => nextTrials([], [device('iPad-1', ['gone'])])).toThrow('unknown cell gone')
  expect(nextTrials([cell('a')], [device('iPad-1', [])])).toEqual([])
})

const ids = ['a', 'b', 'c', 'd']
const lab = fc.record({
  cells: fc.tuple(...ids.map((id) => anyCell(id))),
  devices: fc
    .array(fc.subarray(ids), { maxLength: 12 })
    .map((all) => all.map((own, index) => device(`iPad-${index}`, own))),
})

function anyCell(id: string) {
  return fc
    .record({ n: fc.nat(9), share: fc.nat(9), verifiesFix: fc.boolean(), windowDays: fc.nat(60) })
    .map(({ n, share, ...more }) => cell(id, { n, successes: Math.min(n, share), ...more }))
}

test('every device is listed once for each of its cells, best first, and the terms are the score', () => {
  fc.assert(
    fc.property(lab, ({ cells, devices }) => {
      const trials = nextTrials(cells, devices)
      expect(trials.length).toBe(devices.reduce((sum, one) => sum + one.cells.length, 0))
      for (const [index, { score, terms }] of trials.entries()) {
        expect(score).toBeCloseTo(
          scoreTerms.reduce((sum, term) => sum + terms[term].adds, 0),
          12,
        )
        expect(score).toBeLessThanOrEqual((trials[index - 1]?.score ?? score) + 1e-8)
        expect(terms.shrinkage.value).toBeGreaterThan(0)
      }
      const doubled = nextTrials(cells, devices, { ...usualWeights, verification: 0.2 })
      const sum = (all: typeof trials) => all.reduce((total, { score }) => total + score, 0)
      expect(sum(doubled)).toBeGreaterThanOrEqual(sum(trials) - 1e-9)
    }),
  )
})

test('ten thousand devices are ranked', () => {
  const cells = Array.from({ length: 60 }, (_, index) => cell(`c${index}`, { n: index % 9 }))
  const devices = Array.from({ length: 10_000 }, (_, index) =>
    device(
      `D${index}`,
      [0, 1, 2, 3].map((step) => `c${(index * 7 + step * 13) % 60}`),
    ),
  )
  expect(nextTrials(cells, devices)).toHaveLength(40_000)
})
