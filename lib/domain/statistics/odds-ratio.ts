import { type Interval, usualLevel, zOf } from './proportion'

/** A group of devices by one yes/no question, such as whether the target was installed. */
export type Counts = { yes: number; no: number }

export type OddsRatio = {
  /** By conditional maximum likelihood; 0 or Infinity where the table is at the end of the possible. */
  oddsRatio: number
  /** Its exact limits; `high` may be Infinity. */
  interval: Interval
}

/**
 * The odds ratio of two groups by conditional maximum likelihood, with exact limits: Fisher's noncentral
 * hypergeometric distribution (Agresti 1992, https://doi.org/10.1214/ss/1177011454, section 3), solved by
 * bisection on the log odds. R's `fisher.test` solves the same equations and stops at 3 to 5 digits of the
 * limits; no package has it. Undefined where the margins leave one table only, such as 3 of 3 against 4 of 4.
 */
export function conditionalOddsRatio(
  first: Counts,
  second: Counts,
  level = usualLevel,
): OddsRatio | undefined {
  zOf(level)
  const tail = (1 - level) / 2
  const { low, high, logChances } = tablesOf(first, second)
  if (low === high) return undefined
  const seen = first.yes - low
  const last = high - low
  const at = (log: number) => summed(logChances, seen, log)
  return {
    oddsRatio:
      seen === 0 ? 0 : seen === last ? Infinity : Math.exp(rootOf((log) => at(log).mean - seen)),
    interval: {
      low: seen === 0 ? 0 : Math.exp(rootOf((log) => at(log).thatManyOrMore - tail)),
      high: seen === last ? Infinity : Math.exp(rootOf((log) => tail - at(log).thatManyOrFewer)),
    },
  }
}

/** How many of the first group can be "yes" under the same margins, and the log of each chance, up to a constant. */
function tablesOf(first: Counts, second: Counts) {
  const drawn = first.yes + first.no
  const [yes, no] = [first.yes + second.yes, first.no + second.no]
  const [low, high] = [Math.max(0, drawn - no), Math.min(drawn, yes)]
  const logChances = [0]
  for (let k = low; k < high; k++) {
    const ratio = ((yes - k) * (drawn - k)) / ((k + 1) * (no - drawn + k + 1))
    logChances.push((logChances.at(-1) ?? 0) + Math.log(ratio))
  }
  return { low, high, logChances }
}

/** Below e to this times the largest chance a table weighs nothing in the digits of a double. */
const negligible = -60

/** The distribution when the odds ratio is e to the `log`: its mean, and both tails from `seen` on. */
function summed(logChances: readonly number[], seen: number, log: number) {
  const at = (index: number) => (logChances[index] ?? -Infinity) + index * log
  const peak = peakOf(logChances, log)
  // The largest is taken out first: e to the thousandth would be Infinity.
  const largest = at(peak)
  let [all, mean, more, fewer] = [0, 0, 0, 0]
  const add = (index: number): boolean => {
    const exponent = at(index) - largest
    const weight = Math.exp(exponent)
    all += weight
    mean += weight * index
    if (index >= seen) more += weight
    if (index <= seen) fewer += weight
    return exponent > negligible
  }
  for (let index = peak; index >= 0 && add(index); ) index--
  for (let index = peak + 1; index < logChances.length && add(index); ) index++
  return { mean: mean / all, thatManyOrMore: more / all, thatManyOrFewer: fewer / all }
}

/** The likeliest table, found by halving: the steps between the logarithms only fall. */
function peakOf(logChances: readonly number[], log: number): number {
  let [low, high] = [0, logChances.length - 1]
  while (low < high) {
    const middle = Math.floor((low + high) / 2)
    const step = (logChances[middle + 1] ?? 0) - (logChances[middle] ?? 0) + log
    if (step > 0) low = middle + 1
    else high = middle
  }
  return low
}

/** Where a function that rises is 0, to the last digits of a double. */
function rootOf(rising: (x: number) => number): number {
  let [low, high] = [-1, 1]
  while (rising(low) > 0) low *= 2
  while (rising(high) < 0) high *= 2
  for (let middle = 0; ; ) {
    middle = (low + high) / 2
    if (middle <= low || middle >= high || high - low < 1e-15) return middle
    if (rising(middle) < 0) low = middle
    else high = middle
  }
}
