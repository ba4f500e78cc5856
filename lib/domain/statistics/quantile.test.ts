import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { quantile, quartilesOf } from './quantile'

test('quartiles lie between the values beside them, as in R', () => {
  expect(quartilesOf([7, 15, 36, 39, 40, 41])).toEqual({
    n: 6,
    low: 20.25,
    median: 37.5,
    high: 39.75,
  })
  expect(quartilesOf([5])).toEqual({ n: 1, low: 5, median: 5, high: 5 })
  expect(quartilesOf([])).toBeUndefined()
})

test('what is no number, and no place between 0 and 1, is refused', () => {
  expect(() => quantile([1, Number.NaN], 0.5)).toThrow('numbers only')
  expect(() => quantile([1], 50)).toThrow('at 0 to 1, not at 50')
})

test('a quantile is never outside of the sample, and rises with p', () => {
  const sample = fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: 1, maxLength: 40 })
  const share = fc.double({ min: 0, max: 1, noNaN: true })
  fc.assert(
    fc.property(sample, share, share, (values, one, other) => {
      const [low, high] = [Math.min(one, other), Math.max(one, other)].map(
        (p) => quantile(values, p) ?? Number.NaN,
      )
      expect(low).toBeLessThanOrEqual((high ?? Number.NaN) + 1e-9)
      expect(quantile(values, 0)).toBe(Math.min(...values))
      expect(quantile(values, 1)).toBe(Math.max(...values))
    }),
  )
})
