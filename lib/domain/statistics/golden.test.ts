import { describe, expect, test } from 'vitest'
import { expectedShrinkage } from '../planning/next-trial'
import { addDays, type Release, releaseGaps } from '../planning/release-gaps'
import { firstVerifiable, type OpenRadar } from '../planning/verification-calendar'
import { betaQuantile, chiSquareTail, hypergeometric, normalQuantile } from './distributions'
import { fisherTest } from './fisher'
import distributions from './golden/distributions.json'
import fisher from './golden/fisher.json'
import kappa from './golden/kappa.json'
import planning from './golden/planning.json'
import proportion from './golden/proportion.json'
import survival from './golden/survival.json'
import { kaplanMeier } from './kaplan-meier'
import { cohensKappa } from './kappa'
import { logRank } from './log-rank'
import { detectableRate, devicesForLowerBound } from './power-card'
import { clopperPearsonInterval, highestRateAllowed, wilsonInterval } from './proportion'
import { quartilesOf } from './quantile'
import { timed } from './testing'

/**
 * The reference values of all statistics, each with its source in lib/domain/statistics/golden and compared at
 * the digits it is stated with: `npm run test:golden`.
 */
let compared = 0

/** Half a unit of the last stated digit: "0.4345" is 0.43445 to 0.43455, "16.79" is 16.785 to 16.795. */
function roomOf(stated: string): number {
  const [mantissa = '', exponent = '0'] = stated.split('e')
  const decimals = mantissa.split('.')[1]?.length ?? 0
  return 0.5 * 10 ** (Number(exponent) - decimals)
}

function agree(values: [number | undefined, string | undefined][]): void {
  for (const [value, stated] of values) {
    if (stated === undefined) continue
    compared++
    if (stated === 'unbounded') expect(value).toBe(Number.POSITIVE_INFINITY)
    // A stated 0 or 1 of a share is exact; the last bits of a double may be over the edge of a half.
    else expect(Math.abs((value ?? Number.NaN) - Number(stated))).toBeLessThanOrEqual(near(stated))
  }
}

const near = (stated: string): number =>
  /^[01]$/.test(stated) ? 0 : roomOf(stated) * (1 + 1e-6) + Math.abs(Number(stated)) * 1e-15

describe('distributions', () => {
  test.each(distributions.normalQuantile)('normal quantile at $p: $source', ({ p, stated }) =>
    agree([[normalQuantile(p), stated]]),
  )
  test.each(distributions.chiSquareTail)('chi-square tail at $x: $source', ({ x, stated }) =>
    agree([[chiSquareTail(x), stated]]),
  )
  test.each(distributions.betaQuantile)('Beta($a, $b) at $p: $source', ({ p, a, b, stated }) =>
    agree([[betaQuantile(p, a, b), stated]]),
  )
  test.each(distributions.hypergeometric)(
    '$k of $drawn from $marked in $all: $source',
    ({ k, all, marked, drawn, stated }) => agree([[hypergeometric(k, all, marked, drawn), stated]]),
  )
})

describe('proportions', () => {
  test.each(proportion.wilson)('Wilson of $x in $n: $source', ({ x, n, low, high }) => {
    const interval = wilsonInterval(x, n)
    agree([
      [interval.low, low],
      [interval.high, high],
    ])
  })
  test.each(proportion.clopperPearson)(
    'Clopper–Pearson of $x in $n: $source',
    ({ x, n, low, high }) => {
      const interval = clopperPearsonInterval(x, n)
      agree([
        [interval.low, low],
        [interval.high, high],
      ])
    },
  )
  test.each(proportion.highestRateAllowed)(
    '$x in $n still allow $stated: $source',
    ({ x, n, stated }) => agree([[highestRateAllowed(x, n), stated]]),
  )
})

const groupsOf = ([a = 0, b = 0, c = 0, d = 0]: number[]) =>
  [
    { yes: a, no: b },
    { yes: c, no: d },
  ] as const

describe('two groups', () => {
  test.each(fisher.p)('Fisher of $table: $source', ({ table, stated }) =>
    agree([[fisherTest(...groupsOf(table)).p, stated]]),
  )
  test.each(fisher.odds)('odds ratio of $table: $source', ({ table, low, ratio, high }) => {
    const { odds } = fisherTest(...groupsOf(table))
    agree([
      [odds?.interval.low, low],
      [odds?.oddsRatio, ratio],
      [odds?.interval.high, high],
    ])
  })
  test.each(fisher.detectableRate)(
    'detectable by $first against $second: $source',
    ({ first, second, baseline, stated }) =>
      agree([[detectableRate(first, second, baseline), stated]]),
  )
  test.each(fisher.devicesForLowerBound)('devices for $bound: $source', ({ bound, stated }) =>
    agree([[devicesForLowerBound(bound), stated]]),
  )
})

describe('time to an event', () => {
  test.each(survival.curves)('Kaplan–Meier of $trials: $source', ({ trials, median, steps }) => {
    const curve = kaplanMeier(timed(trials))
    agree([[curve?.median.time, median]])
    for (const stated of steps) {
      const step = curve?.steps.find(({ time }) => time === stated.time)
      expect(step).toMatchObject({
        ...('atRisk' in stated && { atRisk: stated.atRisk, events: stated.events }),
      })
      agree([
        [step?.survival, stated.survival],
        [step?.standardError, 'standardError' in stated ? stated.standardError : undefined],
        [step?.limits?.low, 'low' in stated ? stated.low : undefined],
        [step?.limits?.high, 'high' in stated ? stated.high : undefined],
      ])
    }
  })
  test.each(survival.logRank)('log-rank of $first: $source', ({ first, second, ...stated }) => {
    const result = logRank(timed(first), timed(second))
    expect(result.tested).toBe(true)
    if (!result.tested) return
    agree([
      [result.chiSquare, stated.chiSquare],
      [result.expected[0], stated.expected],
      [result.p, 'p' in stated ? stated.p : undefined],
    ])
  })
})

describe('agreement of two readers', () => {
  test.each(kappa.cohen)('kappa of $table: $source', ({ table, low, high, ...stated }) => {
    const counted = table.flatMap((row, first) =>
      row.map((pairs, second) => ({ first: `${first}`, second: `${second}`, pairs })),
    )
    const found = cohensKappa(counted)
    if (!found.defined) throw new Error(`not defined: ${found.why}`)
    agree([
      [found.kappa, stated.kappa],
      [found.standardError, stated.standardError],
    ])
    // The package does not cut its limits at −1 and 1, and gives an interval without width.
    if (Number(stated.standardError) === 0) expect(found.interval).toBeUndefined()
    else
      agree([
        [found.interval?.low, Number(low) < -1 ? '-1' : low],
        [found.interval?.high, Number(high) > 1 ? '1' : high],
      ])
  })
})

/** A platform as the data names it. */
const platformOf = (text: string) => (text === 'tvOS' ? 'tvOS' : 'iOS')

describe('planning', () => {
  test.each(planning.shrinkage)('shrinkage after $x in $n: $source', ({ x, n, stated }) =>
    agree([[expectedShrinkage(x, n), stated]]),
  )
  test.each(planning.gaps)(
    'gaps of $platform $major: $source',
    ({ major, releases, ...stated }) => {
      const all = Object.entries(releases).map(([version, releasedOn]): Release => {
        return { platform: 'iOS', version, releasedOn }
      })
      const gaps = releaseGaps(all, platformOf(stated.platform), major)
      agree([
        [gaps?.n, stated.n],
        [gaps?.low, stated.low],
        [gaps?.median, stated.median],
        [gaps?.high, stated.high],
      ])
    },
  )
  test.each(planning.quartiles)('quartiles of $values: $source', ({ values, ...stated }) => {
    const quartiles = quartilesOf(values)
    agree([
      [quartiles?.low, stated.low],
      [quartiles?.median, stated.median],
      [quartiles?.high, stated.high],
    ])
  })
  test.each(planning.verification)('a fix on $platform: $source', ({ fixOn, ...stated }) => {
    const platform = platformOf(stated.platform)
    const { low, median, high } = stated
    let day = addDays(fixOn, -(low + low + median + high + high))
    const releases: Release[] = [{ platform, version: '26.0', releasedOn: day }]
    for (const [index, gap] of [low, low, median, high, high].entries()) {
      day = addDays(day, gap)
      releases.push({ platform, version: `26.${index + 1}`, releasedOn: day })
    }
    const radar: OpenRadar = { id: 'a fix', platform, startVersion: '26.0', claimedFix: '26.5' }
    expect(firstVerifiable(radar, releases, fixOn)).toMatchObject({
      state: 'estimated',
      on: stated.on,
      from: stated.from,
      to: stated.to,
    })
    compared += 3
  })
})

test('every reference value was compared, and there are more than 400', () => {
  expect(compared).toBeGreaterThan(400)
})
