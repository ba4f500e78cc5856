import gammaIncomplete from '@stdlib/math-base-special-gammainc'
import betaQuantileOf from '@stdlib/stats-base-dists-beta-quantile'
import hypergeometricOf from '@stdlib/stats-base-dists-hypergeometric-pmf'
import normalQuantileOf from '@stdlib/stats-base-dists-normal-quantile'

/**
 * The distributions that the statistics stand on: the only file of lib/domain that imports packages, all
 * of them pure functions. docs/decisions/056-distributions-from-packages.md says why these four.
 */

/** The z below which a standard normal value lies with probability p; ±Infinity at 0 and 1. */
export const normalQuantile = (p: number): number => normalQuantileOf(p, 0, 1)

/** The x of 0–1 below which a Beta(a, b) value lies with probability p; a and b above 0. */
export const betaQuantile = (p: number, a: number, b: number): number => betaQuantileOf(p, a, b)

/** The chance of k marked items among `drawn`, taken from `all` items of which `marked` are marked. */
export const hypergeometric = (k: number, all: number, marked: number, drawn: number): number =>
  hypergeometricOf(k, all, marked, drawn)

/**
 * The chance that a chi-square value with one degree of freedom is x or more. The upper incomplete gamma
 * function gives it directly: 1 − cdf loses its digits and is 0 from x = 80 on.
 */
export const chiSquareTail = (x: number): number =>
  x <= 0 ? 1 : gammaIncomplete(x / 2, 0.5, true, true)
