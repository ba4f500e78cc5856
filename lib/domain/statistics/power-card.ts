import { fisherP } from './fisher'
import { highestRateAllowed, type Interval, rateOf, wilsonInterval } from './proportion'

/** Two-sided p from which a difference is called one; a convention, not a finding. */
const usualAlpha = 0.05

/** Rounding must not decide where p is the limit itself, as 1 in 20 is at 0.05. */
const isSmall = (p: number, alpha: number): boolean => p <= alpha * (1 + 1e-9)

export type OneGroupPower = {
  n: number
  /** The interval when all n come out alike; undefined where so few give no rate. */
  best: Interval | undefined
  /** The highest rate that none in n still allows, one-sided 95 %. */
  noneAllowsUpTo: number
}

/** What n devices can show at best of one proportion, to be read before a trial is registered. n ≥ 1. */
export const powerOfOneGroup = (n: number): OneGroupPower => ({
  n,
  best: rateOf(n, n)?.interval,
  noneAllowsUpTo: highestRateAllowed(0, n),
})

/** How many devices it takes, all alike, for the Wilson 95 % interval to begin at `bound` or above. 0 ≤ bound < 1. */
export function devicesForLowerBound(bound: number): number {
  if (!(bound >= 0 && bound < 1)) throw new Error(`no number of devices shows a rate of ${bound}`)
  // Of n in n the lower limit is n / (n + z²), which this begins just below.
  const z2 = 1 / wilsonInterval(1, 1).low - 1
  let n = Math.max(1, Math.floor((bound / (1 - bound)) * z2) - 1)
  while (wilsonInterval(n, n).low < bound) n++
  return n
}

export type TwoGroupPower = {
  /** The smallest two-sided p that any result can give: all of one group against none of the other. */
  smallestP: number
  /** Whether that is small enough. */
  canShow: boolean
  /** For each count in the second group the smallest count in the first, larger in share, that is small enough. */
  needed: { second: number; first: number | undefined }[]
}

/** What two groups can show at best by Fisher's exact test; each n ≥ 1. */
export function powerOfTwoGroups(
  firstN: number,
  secondN: number,
  alpha = usualAlpha,
): TwoGroupPower {
  const smallestP = pOf(firstN, firstN, 0, secondN)
  const needed = Array.from({ length: secondN + 1 }, (_, second) => ({
    second,
    first: firstNeeded(firstN, second, secondN, alpha),
  }))
  return { smallestP, canShow: isSmall(smallestP, alpha), needed }
}

/** The fewest devices in each of two equal groups with which a difference can be shown at all: 4 at 0.05. */
export function devicesPerGroup(alpha = usualAlpha): number {
  if (!(alpha > 0)) throw new Error('no number of devices gives a p of 0')
  let n = 1
  while (!isSmall(pOf(n, n, 0, n), alpha)) n++
  return n
}

/**
 * The smallest rate of the first group that shows as larger with chance `power`, when the second group's is
 * `baseline`: exact, by summing over all results. Undefined where even a rate of 1 shows too seldom.
 */
export function detectableRate(
  firstN: number,
  secondN: number,
  baseline: number,
  power = 0.8,
): number | undefined {
  const { needed } = powerOfTwoGroups(firstN, secondN)
  const second = binomial(secondN, baseline)
  const chanceAt = (rate: number) => {
    const first = binomial(firstN, rate)
    return needed.reduce((total, row) => {
      if (row.first === undefined) return total
      const shown = first.slice(row.first).reduce((sum, chance) => sum + chance, 0)
      return total + (second[row.second] ?? 0) * shown
    }, 0)
  }
  if (chanceAt(1) < power) return undefined
  let [low, high] = [baseline, 1]
  while (high - low > 1e-9) {
    const middle = (low + high) / 2
    if (chanceAt(middle) < power) low = middle
    else high = middle
  }
  return high
}

const pOf = (first: number, firstN: number, second: number, secondN: number): number =>
  fisherP({ yes: first, no: firstN - first }, { yes: second, no: secondN - second })

function firstNeeded(firstN: number, second: number, secondN: number, alpha: number) {
  for (let first = 0; first <= firstN; first++) {
    const larger = first * secondN > second * firstN
    if (larger && isSmall(pOf(first, firstN, second, secondN), alpha)) return first
  }
  return undefined
}

/** The chance of each count from 0 to n at one rate. */
function binomial(n: number, rate: number): number[] {
  const chances = [1]
  for (let k = 0; k < n; k++) {
    const before = [...chances]
    for (let count = 0; count <= k + 1; count++)
      chances[count] = (before[count] ?? 0) * (1 - rate) + (before[count - 1] ?? 0) * rate
  }
  return chances
}
