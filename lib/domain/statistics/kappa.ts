import { type Interval, usualLevel, zOf } from './proportion'

/** How often the first reader said one category and the second another, or the same. */
export type CountedPair = { first: string; second: string; pairs: number }

/** Below this many pairs the normal interval is rough. A convention of this program: no source has a bound for all tables. */
export const fewPairs = 30

type Counted = {
  pairs: number
  /** The pairs in which both said the same. */
  agreed: number
}

export type Kappa = Counted &
  (
    | { defined: false; why: 'noPairs' | 'oneCategory' }
    | {
        defined: true
        kappa: number
        /** The agreement to expect if both readers kept their shares and read by chance, 0–1. */
        expected: number
        standardError: number
        /** Undefined where the standard error is 0: an interval without width would claim certainty. */
        interval: Interval | undefined
      }
  )

/**
 * Cohen's kappa, the agreement beyond chance of two readers (Cohen 1960, https://doi.org/10.1177/001316446002000104), with the
 * large-sample standard error of Fleiss, Cohen & Everitt (1969, https://doi.org/10.1037/h0028106). Not defined without pairs,
 * and where both said one category always: then chance alone agrees fully. Throws unless the counts are whole and not negative.
 */
export function cohensKappa(counted: readonly CountedPair[], level = usualLevel): Kappa {
  const z = zOf(level)
  if (counted.some(({ pairs }) => !Number.isInteger(pairs) || pairs < 0))
    throw new Error('kappa needs whole counts of pairs')
  const pairs = sumOf(counted, () => true)
  const agreed = sumOf(counted, ({ first, second }) => first === second)
  if (pairs === 0) return { defined: false, why: 'noPairs', pairs, agreed }
  const counts = countsOf(counted)
  const categories = [...counts.first.keys()]
  // In whole numbers, so that 0.1 + 0.2 cannot decide whether it is defined.
  if (categories.some((one) => counts.first.get(one) === pairs && counts.second.get(one) === pairs))
    return { defined: false, why: 'oneCategory', pairs, agreed }
  const share = (reader: 'first' | 'second', of: string) => (counts[reader].get(of) ?? 0) / pairs
  const expected = categories.reduce(
    (sum, one) => sum + share('first', one) * share('second', one),
    0,
  )
  const kappa = (agreed / pairs - expected) / (1 - expected)
  const standardError = Math.sqrt(varianceOf({ counted, pairs, expected, kappa, share }))
  const half = z * standardError
  return {
    ...{ defined: true, pairs, agreed, kappa, expected, standardError },
    // No kappa lies outside −1 to 1.
    interval:
      standardError === 0
        ? undefined
        : { low: Math.max(-1, kappa - half), high: Math.min(1, kappa + half) },
  }
}

const sumOf = (counted: readonly CountedPair[], which: (pair: CountedPair) => boolean): number =>
  counted.reduce((sum, pair) => sum + (which(pair) ? pair.pairs : 0), 0)

/** How often each reader said each category. */
function countsOf(counted: readonly CountedPair[]) {
  const [first, second] = [new Map<string, number>(), new Map<string, number>()]
  for (const pair of counted) {
    first.set(pair.first, (first.get(pair.first) ?? 0) + pair.pairs)
    second.set(pair.second, (second.get(pair.second) ?? 0) + pair.pairs)
  }
  return { first, second }
}

type Fitted = {
  counted: readonly CountedPair[]
  pairs: number
  expected: number
  kappa: number
  share: (reader: 'first' | 'second', of: string) => number
}

/** Equation 13 of Fleiss, Cohen & Everitt, divided by n; exactly 0 where rounding alone is left. */
function varianceOf({ counted, pairs, expected, kappa, share }: Fitted): number {
  const beside = 1 - kappa
  const terms = counted.map(({ first, second, pairs: count }) => {
    const p = count / pairs
    return first === second
      ? p * (1 - (share('first', first) + share('second', first)) * beside) ** 2
      : p * beside ** 2 * (share('second', first) + share('first', second)) ** 2
  })
  const sum = terms.reduce((total, term) => total + term, 0)
  const off = (kappa - expected * beside) ** 2
  const left = sum - off
  return left <= 1e-12 * Math.max(1, sum) ? 0 : left / ((1 - expected) ** 2 * pairs)
}
