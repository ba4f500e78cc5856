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
  const limit = hypergeometric(first.yes, all, yes, drawn) * tie
  let [p, likelier] = [0, 0]
  for (let k = low; k <= high; k++) {
    const chance = hypergeometric(k, all, yes, drawn)
    if (chance <= limit) p += chance
    else likelier++
  }
  // Where every table counts their sum is 1, and only rounding says 0.9999999999999948.
  return likelier === 0 ? 1 : Math.min(1, p)
}

function checkGroup({ yes, no }: Counts): void {
  if (![yes, no].every((count) => Number.isInteger(count) && count >= 0))
    throw new Error(`a group is counted in whole numbers from 0 on, not ${yes} and ${no}`)
  if (yes + no === 0) throw new Error('a group without devices cannot be compared')
}
