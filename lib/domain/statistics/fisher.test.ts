import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { fisherP, fisherTest } from './fisher'

const group = (yes: number, no: number) => ({ yes, no })

test('Fisher’s lady tasting tea: 3 of 4 cups right is p = 34/70', () => {
  expect(fisherP(group(3, 1), group(1, 3))).toBeCloseTo(34 / 70, 14)
})

test('3 against 2 of 5 and 1 of 5: ratio and limits to nine digits', () => {
  const { p, odds } = fisherTest(group(2, 3), group(1, 4))
  expect(p).toBe(1)
  expect(odds?.oddsRatio).toBeCloseTo(1 + Math.SQRT2, 9)
  expect(odds?.interval.low).toBeCloseTo(0.08472958189, 11)
  expect(odds?.interval.high).toBeCloseTo(195.9959338, 7)
})

test('at the end of the possible the ratio and one limit are unbounded, or 0', () => {
  expect(fisherTest(group(5, 0), group(0, 5)).odds).toEqual({
    oddsRatio: Number.POSITIVE_INFINITY,
    interval: { low: expect.closeTo(2.297048813, 9), high: Number.POSITIVE_INFINITY },
  })
  expect(fisherTest(group(0, 5), group(5, 0)).odds).toEqual({
    oddsRatio: 0,
    interval: { low: 0, high: expect.closeTo(0.4353412057, 10) },
  })
})

test('groups that are all alike cannot differ: p is 1 and there is no ratio', () => {
  expect(fisherTest(group(3, 0), group(4, 0))).toEqual({ p: 1, odds: undefined })
  expect(fisherTest(group(0, 3), group(0, 4))).toEqual({ p: 1, odds: undefined })
})

test.each([
  [group(-1, 3), 'whole numbers from 0 on, not -1 and 3'],
  [group(1.5, 3), 'whole numbers from 0 on, not 1.5 and 3'],
  [group(0, 0), 'a group without devices'],
])('%o is refused', (wrong, reason) => {
  expect(() => fisherTest(wrong, group(1, 1))).toThrow(reason)
  expect(() => fisherP(group(1, 1), wrong)).toThrow(reason)
})

const count = fc.integer({ min: 0, max: 12 })
const filled = fc.record({ yes: count, no: count }).filter(({ yes, no }) => yes + no > 0)

test('p is a chance, and the same whichever group is named first and whatever is called yes', () => {
  fc.assert(
    fc.property(filled, filled, (first, second) => {
      const p = fisherP(first, second)
      expect(p).toBeGreaterThan(0)
      expect(p).toBeLessThanOrEqual(1)
      expect(fisherP(second, first)).toBeCloseTo(p, 12)
      expect(fisherP(turned(first), turned(second))).toBeCloseTo(p, 12)
    }),
  )
})

const turned = ({ yes, no }: { yes: number; no: number }) => ({ yes: no, no: yes })

test('the ratio lies between its limits, and is turned over when the groups are', () => {
  fc.assert(
    fc.property(filled, filled, (first, second) => {
      const { odds } = fisherTest(first, second)
      const other = fisherTest(second, first).odds
      expect(other === undefined).toBe(odds === undefined)
      if (!odds || !other) return
      expect(odds.interval.low).toBeLessThanOrEqual(odds.oddsRatio)
      expect(odds.interval.high).toBeGreaterThanOrEqual(odds.oddsRatio)
      expect(1 / odds.oddsRatio).toSatisfy(about(other.oddsRatio))
      expect(1 / odds.interval.low).toSatisfy(about(other.interval.high))
      expect(1 / odds.interval.high).toSatisfy(about(other.interval.low))
    }),
  )
})

/** To nine digits, also of what is 0 or unbounded. */
const about = (wanted: number) => (value: number) =>
  value === wanted || Math.abs(value / wanted - 1) < 1e-9

test('the limit of each side leaves 2.5 % of the noncentral distribution beyond what was seen', () => {
  fc.assert(
    fc.property(filled, filled, (first, second) => {
      const { odds } = fisherTest(first, second)
      if (!odds) return
      const { low, high } = odds.interval
      if (low > 0) expect(chance(first, second, low, (k) => k >= first.yes)).toBeCloseTo(0.025, 10)
      if (high < Number.POSITIVE_INFINITY)
        expect(chance(first, second, high, (k) => k <= first.yes)).toBeCloseTo(0.025, 10)
    }),
  )
})

type Group = ReturnType<typeof group>

/** By products of binomial coefficients, one table after the other. */
function chance(first: Group, second: Group, ratio: number, counts: (k: number) => boolean) {
  const [m, n] = [first.yes + first.no, second.yes + second.no]
  const yes = first.yes + second.yes
  let [sum, all] = [0, 0]
  for (let k = Math.max(0, yes - n); k <= Math.min(m, yes); k++) {
    const weight = choose(m, k) * choose(n, yes - k) * ratio ** k
    all += weight
    if (counts(k)) sum += weight
  }
  return sum / all
}

const choose = (n: number, k: number): number =>
  k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k

test('a table of a hundred thousand devices is computed, not given up', () => {
  const { p, odds } = fisherTest(group(26_000, 24_000), group(25_000, 25_000))
  expect(p).toBeGreaterThan(2.4e-10)
  expect(p).toBeLessThan(2.8e-10)
  expect(odds?.oddsRatio).toBeCloseTo((26_000 * 25_000) / (24_000 * 25_000), 4)
})

test('a table of a million devices is computed, not given up', () => {
  const { p, odds } = fisherTest(group(252_000, 248_000), group(250_000, 250_000))
  // The normal approximation with continuity correction gives 6.39e-5.
  expect(p).toBeGreaterThan(6.3e-5)
  expect(p).toBeLessThan(6.4e-5)
  expect(odds?.oddsRatio).toBeCloseTo(252 / 248, 6)
  expect(odds?.interval.low).toBeCloseTo(1.0082, 3)
  expect(odds?.interval.high).toBeCloseTo(1.0241, 3)
})
