import { type Interval, minDevicesForRate, usualLevel, zOf } from './proportion'

/** How long a trial was watched, in any one unit from 0 on, and whether the event came then. */
export type TimedTrial = {
  /** When it came, or how long it had not come when the watching ended. */
  time: number
  happened: boolean
}

/** All that was seen at one time, and what the curve is from there on. */
type SurvivalStep = {
  time: number
  /** Trials watched until here or longer, without the event before. */
  atRisk: number
  events: number
  /** Trials whose watching ended here; one that ends with an event was at risk of it. */
  censored: number
  /** The share in which the event has not come, 0–1. */
  survival: number
  /** By Greenwood; undefined at 0, where the formula has no value. */
  standardError: number | undefined
  /** Of the survival, by log-log; undefined at 1 and at 0. */
  limits: Interval | undefined
}

type Median = {
  /** Undefined where more than half are left at the end. */
  time: number | undefined
  /** The limits of the time; `high` is undefined where the data set none. */
  low: number | undefined
  high: number | undefined
}

export type SurvivalCurve = { n: number; events: number; steps: SurvivalStep[]; median: Median }

/**
 * Kaplan and Meier's product-limit estimate (1958, https://doi.org/10.1080/01621459.1958.10501452) with Greenwood's
 * errors and log-log limits (Kalbfleisch & Prentice 2002, The Statistical Analysis of Failure Time Data, 1.4).
 * Undefined below `minDevicesForRate`, where no curve is drawn. Throws on a time below 0 or none.
 */
export function kaplanMeier(
  trials: readonly TimedTrial[],
  level = usualLevel,
): SurvivalCurve | undefined {
  const z = zOf(level)
  checkTimes(trials)
  if (trials.length < minDevicesForRate) return undefined
  const steps: SurvivalStep[] = []
  let [atRisk, survival, greenwood] = [trials.length, 1, 0]
  for (const { time, events, censored } of timesOf(trials)) {
    survival *= 1 - events / atRisk
    greenwood += events === 0 ? 0 : events / (atRisk * (atRisk - events))
    steps.push({ time, atRisk, events, censored, survival, ...errorsOf(survival, greenwood, z) })
    atRisk -= events + censored
  }
  const events = steps.reduce((sum, step) => sum + step.events, 0)
  return { n: trials.length, events, steps, median: medianOf(steps) }
}

/** How many trials are still watched at each of these times, for the row under a curve. */
export const numbersAtRisk = (trials: readonly TimedTrial[], times: readonly number[]): number[] =>
  times.map((at) => trials.filter(({ time }) => time >= at).length)

/** Throws on a time that none can be: a curve of it would be no error and no result. */
export function checkTimes(trials: readonly TimedTrial[]): void {
  const wrong = trials.find(({ time }) => !Number.isFinite(time) || time < 0)
  if (wrong) throw new Error(`a trial was watched for a time from 0 on, not ${wrong.time}`)
}

function timesOf(trials: readonly TimedTrial[]) {
  const groups = [...Map.groupBy(trials, ({ time }) => time)].toSorted(([a], [b]) => a - b)
  return groups.map(([time, group]) => {
    const events = group.filter(({ happened }) => happened).length
    return { time, events, censored: group.length - events }
  })
}

function errorsOf(survival: number, greenwood: number, z: number) {
  if (survival === 0) return { standardError: undefined, limits: undefined }
  const standardError = survival * Math.sqrt(greenwood)
  if (survival === 1) return { standardError, limits: undefined }
  const spread = (z * Math.sqrt(greenwood)) / Math.log(survival)
  // The logarithm is below 0, so the spread is too, and its exponent is the smaller one.
  const limits = { low: survival ** Math.exp(-spread), high: survival ** Math.exp(spread) }
  return { standardError, limits }
}

/** Rounding makes 0.5000000000000001 of a half; R compares with this much room as well. */
const half = 0.5 + Number.EPSILON ** 0.5

/** The median, and its limits where the curves of the limits cross a half (Brookmeyer & Crowley 1982), as R's survfit. */
function medianOf(steps: readonly SurvivalStep[]): Median {
  const limits = (of: 'low' | 'high') =>
    steps.flatMap((step) => (step.limits ? [{ time: step.time, share: step.limits[of] }] : []))
  return {
    time: crossingOf(steps.map(({ time, survival }) => ({ time, share: survival }))),
    low: crossingOf(limits('low')),
    high: crossingOf(limits('high')),
  }
}

/** When a falling curve reaches a half; the middle of the plateau where it lies on exactly a half. */
function crossingOf(points: readonly { time: number; share: number }[]): number | undefined {
  const first = points.find(({ share }) => share < half)
  if (!first || first.share < 1 - half) return first?.time
  const after = points.find(({ share }) => share < first.share)
  return after ? (first.time + after.time) / 2 : first.time
}
