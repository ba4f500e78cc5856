import { expect, test } from 'vitest'
import { betaQuantile, chiSquareTail, hypergeometric, normalQuantile } from './distributions'

test('the normal quantile is the table value at 0.975, and mirrors', () => {
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 14)
  expect(normalQuantile(0.025)).toBeCloseTo(-1.959963984540054, 14)
  expect(normalQuantile(0.5)).toBe(0)
  expect(normalQuantile(1)).toBe(Number.POSITIVE_INFINITY)
})

test('the beta quantile inverts p = xᵃ, which is its distribution at b = 1', () => {
  expect(betaQuantile(0.025, 5, 1)).toBeCloseTo(0.025 ** (1 / 5), 14)
  expect(betaQuantile(0.95, 1, 5)).toBeCloseTo(1 - 0.05 ** (1 / 5), 14)
})

test('the hypergeometric chances are those of counting: 3 of 3 among 6 is 1 in 20', () => {
  expect(hypergeometric(3, 6, 3, 3)).toBeCloseTo(1 / 20, 14)
  const all = [0, 1, 2, 3].map((k) => hypergeometric(k, 6, 3, 3))
  expect(all.reduce((sum, one) => sum + one)).toBeCloseTo(1, 14)
})

test('the tail of chi-square keeps its digits where 1 − cdf is 0', () => {
  expect(chiSquareTail(0)).toBe(1)
  expect(chiSquareTail(1.959963984540054 ** 2)).toBeCloseTo(0.05, 14)
  expect(chiSquareTail(100) / 1.5239706048321e-23).toBeCloseTo(1, 12)
})
