import { type Rate, rateOf } from '../statistics/proportion'
import { type ClaimFinding, type ClaimResult, compareTexts, notAbout } from './claim'

export type ScoreRow = {
  startOs: string
  supports: number
  contradicts: number
  /** Trials that observed it: they support it or contradict it. */
  n: number
  notObserved: number
  undecided: number
  /** How often it held, with its 95 % intervals; absent below n = 3. */
  rate: Rate | undefined
}

/**
 * How a claim stands by starting version, the oldest first. Counted are concluded trials of devices that no earlier trial
 * from that version had used, on versions and by the mechanism the claim is about; "not observed" is in no numerator and no denominator.
 */
export function scoreboard(results: readonly ClaimResult[]): ScoreRow[] {
  const counted = results.filter((one) => notAbout(one) === undefined && !one.retreated)
  const rows = [...Map.groupBy(counted, ({ startOs }) => startOs)].map(([startOs, own]) => {
    const count = (finding: ClaimFinding | undefined) =>
      own.filter((one) => one.finding === finding).length
    const [supports, contradicts] = [count('supports'), count('contradicts')]
    const n = supports + contradicts
    const rate = rateOf(supports, n)
    return {
      ...{ startOs, supports, contradicts, n, rate },
      ...{ notObserved: count('notObserved'), undecided: count(undefined) },
    }
  })
  return rows.toSorted((a, b) => compareTexts(a.startOs, b.startOs))
}

/** "3 of 3 on 11.3, 0 of 2 on 12": of the trials that observed it, how many support it. */
export function scoreInWords(rows: readonly ScoreRow[]): string {
  const said = rows.filter(({ n }) => n > 0)
  if (said.length === 0) return 'no trial has observed it'
  return said.map(({ supports, n, startOs }) => `${supports} of ${n} on ${startOs}`).join(', ')
}
