import { hypergeometric } from './distributions'
import { type Counts, conditionalOddsRatio, type OddsRatio } from './odds-ratio'

export type FisherTest = {
  /** Two-sided: the chance of a table as unlikely as this one or less, 0–1. */
  p: number
  /** Undefined where the margins leave one table only; then p is 1. */
  odds: OddsRatio | undefined
}

/**
 * R lets a table count as no more likely than the observed one within this factor, so that rounding does
 * not split ties: `relErr` of
 * https://github.com/wch/r-source/blob/tags/R-4-2-2/src/library/stats/R/fisher.test.R
 */
const tie = 1 + 1e-7

/**
 * Fisher's exact test of two groups, two-sided as R's `fisher.test` (Fisher 1935, The Logic of Inductive
 * Inference, https://doi.org/10.2307/2342435), with the conditional odds ratio. Its interval holds 95 % unless
 * `level` says otherwise. Throws on counts that are not whole numbers from 0 on, and on an empty group.
 */
export function fisherTest(first: Counts, second: Counts, level?: number): FisherTest {
  return { p: fisherP(first, second), odds: conditionalOddsRatio(first, second, level) }
}

/** The p of `fisherTest` alone, without the work of the odds ratio. */
export function fisherP(first: Counts, second: Counts): number {
  for (const group of [first, second]) checkGroup(group)
  const drawn = first.yes + first.no
  const all = drawn + second.yes + second.no
  const yes = first.yes + second.yes
  const [low, high] = [Math.max(0, drawn - (all - yes)), Math.min(drawn, yes)]
  const chance = (k: number) => hypergeometric(k, all, yes, drawn)
  const limit = chance(first.yes) * tie
  const mode = Math.floor(((drawn + 1) * (yes + 1)) / (all + 2))
  // Where every table counts their sum is 1, and only rounding says 0.9999999999999948.
  if (chance(mode) <= limit) return 1
  return Math.min(1, tail(chance, limit, mode, low) + tail(chance, limit, mode, high))
}

/**
 * The tables that count between the likeliest one and one end. Chances only fall on the way there, so the first
 * that counts is found by halving, and the sum ends where terms no longer change it: a table of a million devices
 * has half a million neighbours, and few of them weigh anything.
 */
function tail(chance: (k: number) => number, limit: number, mode: number, end: number): number {
  const step = end < mode ? -1 : 1
  let [outside, inside] = [0, Math.abs(end - mode) + 1]
  while (inside - outside > 1) {
    const middle = Math.floor((outside + inside) / 2)
    if (chance(mode + step * middle) <= limit) inside = middle
    else outside = middle
  }
  let sum = 0
  for (let away = inside; away <= Math.abs(end - mode); away++) {
    const term = chance(mode + step * away)
    sum += term
    if (term <= sum * Number.EPSILON ** 2) break
  }
  return sum
}

function checkGroup({ yes, no }: Counts): void {
  if (![yes, no].every((count) => Number.isInteger(count) && count >= 0))
    throw new Error(`a group is counted in whole numbers from 0 on, not ${yes} and ${no}`)
  if (yes + no === 0) throw new Error('a group without devices cannot be compared')
}
