import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { clopperPearsonInterval, highestRateAllowed, rateOf, wilsonInterval } from './proportion'

test.each([
  [0, 5, 0, 0.4345],
  [1, 5, 0.0362, 0.6245],
  [2, 5, 0.1176, 0.7693],
  [3, 5, 0.2307, 0.8824],
  [4, 5, 0.3755, 0.9638],
  [5, 5, 0.5655, 1],
])('the 95 %% interval of %i in %i is %f to %f', (successes, n, low, high) => {
  const interval = wilsonInterval(successes, n)
  expect(interval.low).toBeCloseTo(low, 4)
  expect(interval.high).toBeCloseTo(high, 4)
})

test('a lower bound of 0.5 needs 4 of 4, 0.8 needs 16 of 16, 0.9 needs 35 of 35', () => {
  const min = (bound: number) =>
    Array.from({ length: 60 }, (_, index) => index + 1).find(
      (n) => wilsonInterval(n, n).low >= bound,
    )
  expect([0.5, 0.8, 0.9].map(min)).toEqual([4, 16, 35])
})

const counts = fc
  .tuple(fc.integer({ min: 1, max: 5000 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, successes: Math.round(share * n) }))

test('the interval lies inside 0 to 1, holds the rate, and mirrors with the failures', () => {
  fc.assert(
    fc.property(counts, ({ n, successes }) => {
      const { low, high } = wilsonInterval(successes, n)
      const other = wilsonInterval(n - successes, n)
      expect(low).toBeGreaterThanOrEqual(0)
      expect(high).toBeLessThanOrEqual(1)
      expect(low).toBeLessThanOrEqual(successes / n)
      expect(high).toBeGreaterThanOrEqual(successes / n)
      expect(other.low).toBeCloseTo(1 - high, 10)
    }),
  )
})

test.each([
  [1, 0],
  [-1, 5],
  [6, 5],
  [0.5, 5],
  [Number.NaN, 5],
])('%d of %d is refused', (successes, n) => {
  for (const of of [wilsonInterval, clopperPearsonInterval, highestRateAllowed])
    expect(() => of(successes, n)).toThrow()
})

test('no rate is given under three devices', () => {
  expect(rateOf(0, 0)).toBeUndefined()
  expect(rateOf(2, 2)).toBeUndefined()
  expect(rateOf(2, 3)).toMatchObject({ rate: 2 / 3 })
})

test('the exact interval of 5 in 5 is 0.4782 to 1, and none in 5 allow up to 0.45', () => {
  const { low, high } = clopperPearsonInterval(5, 5)
  expect(low).toBeCloseTo(0.4782, 4)
  expect(high).toBe(1)
  expect(clopperPearsonInterval(0, 5)).toEqual({ low: 0, high: expect.closeTo(0.5218, 4) })
  expect(highestRateAllowed(0, 5)).toBeCloseTo(1 - 0.05 ** (1 / 5), 12)
  expect(highestRateAllowed(5, 5)).toBe(1)
})

const few = fc
  .tuple(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([n, share]) => ({ n, successes: Math.round(share * n) }))

test('the exact interval leaves 2.5 % at each end, by summing the binomial distribution', () => {
  fc.assert(
    fc.property(few, ({ n, successes }) => {
      const { low, high } = clopperPearsonInterval(successes, n)
      if (successes > 0) expect(atLeastSo(successes, n, low)).toBeCloseTo(0.025, 9)
      if (successes < n) expect(1 - atLeastSo(successes + 1, n, high)).toBeCloseTo(0.025, 9)
    }),
  )
})

/** The chance of that many successes or more in n trials of rate p. */
function atLeastSo(successes: number, n: number, p: number): number {
  let [term, sum] = [(1 - p) ** n, 0]
  for (let k = 0; k <= n; k++) {
    if (k >= successes) sum += term
    term *= ((n - k) / (k + 1)) * (p / (1 - p))
  }
  return sum
}

test('an interval of a higher level is wider, and a level that is none is refused', () => {
  for (const of of [wilsonInterval, clopperPearsonInterval]) {
    expect(of(2, 5, 0.99).low).toBeLessThan(of(2, 5).low)
    expect(of(2, 5, 0.99).high).toBeGreaterThan(of(2, 5).high)
  }
  for (const level of [0, 1, 95, Number.NaN]) {
    expect(() => wilsonInterval(2, 5, level)).toThrow('a level lies between 0 and 1')
    expect(() => clopperPearsonInterval(2, 5, level)).toThrow('a level lies between 0 and 1')
    expect(() => highestRateAllowed(2, 5, level)).toThrow('a level lies between 0 and 1')
  }
})
