import type { Platform } from '../device/device'
import { parseVersion } from '../device/os-version'
import { isRemoved } from '../rules/version-bounds'
import type { Quartiles } from '../statistics/quantile'
import { addDays, dayNumber, type Release, releaseGaps } from './release-gaps'

/** A count with its uncertainty. */
export type Range = { low: number; expected: number; high: number }

/** When releases of one major version are still to be expected. Days are YYYY-MM-DD. */
export type Forecast = {
  platform: Platform
  major: number
  lastReleaseOn: string
  /** Days between releases, and of which major version those are. */
  gaps: Quartiles & { major?: number }
  /** The day after which the lab expects no release of it. Apple names none: an assumption, to be shown as one. */
  endsOn: string
}

/** What the catalogue says of a major version; undefined where it has too few releases with a day. */
export function forecastOf(
  releases: readonly Release[],
  platform: Platform,
  major: number,
  endsOn: string,
): Forecast | undefined {
  const gaps = releaseGaps(releases, platform, major)
  const days = releases.flatMap((release) => {
    const own = release.platform === platform && parseVersion(release.version)?.[0] === major
    return own && release.releasedOn !== undefined ? [release.releasedOn] : []
  })
  const lastReleaseOn = days.toSorted((a, b) => dayNumber(b) - dayNumber(a))[0]
  return gaps && lastReleaseOn ? { platform, major, lastReleaseOn, gaps, endsOn } : undefined
}

export type BudgetDevice = {
  platform: Platform
  version: string
  /** Whether a newer version in which the command still exists is offered to its unused baseline; undefined if not known. */
  hopOffered: boolean | undefined
  /** The major version, below 27, whose future releases it will be offered; undefined if none or not known. */
  line: number | undefined
  /** Whether its model can take the version that removes the command; undefined if not known. */
  takesRemoval: boolean | undefined
}

/**
 * How many ScheduleOSUpdate trials a device still has from a day on, if it waits until then: the hop that is
 * offered, one for each further release expected of its line, and the hop to 27, which is its last. `low` counts
 * what is known and long gaps, `high` what may be and short ones. `today` and `on` are days, `on` not before `today`.
 */
export function trialsLeft(
  device: BudgetDevice,
  forecasts: readonly Forecast[],
  today: string,
  on = today,
): Range {
  if (hasNoCommand(device.version)) return { low: 0, expected: 0, high: 0 }
  const forecast = forecasts.find(
    ({ platform, major }) => platform === device.platform && major === device.line,
  )
  return [
    certainly(device.hopOffered),
    releasesLeft(forecast, today, on),
    certainly(device.takesRemoval),
  ].reduce(add)
}

export type BurnDown = {
  days: (Range & { on: string })[]
  /** Devices whose future releases nothing is known of: only what they are offered now is counted. */
  withoutForecast: number
}

/** The lab's trials left on each of the days, if none is run before. Throws on a day before `today`. */
export function burnDown(
  devices: readonly BudgetDevice[],
  forecasts: readonly Forecast[],
  today: string,
  days: readonly string[],
): BurnDown {
  const none = { low: 0, expected: 0, high: 0 }
  const known = ({ platform, line, version }: BudgetDevice) =>
    hasNoCommand(version) ||
    forecasts.some((forecast) => forecast.platform === platform && forecast.major === line)
  return {
    days: days.map((on) => ({
      on,
      ...devices.map((device) => trialsLeft(device, forecasts, today, on)).reduce(add, none),
    })),
    withoutForecast: devices.filter((device) => !known(device)).length,
  }
}

function hasNoCommand(text: string): boolean {
  const version = parseVersion(text)
  return version !== undefined && isRemoved(version)
}

/** Something that is there, is not, or may be: what is not known counts in `high` alone. */
function certainly(is: boolean | undefined): Range {
  const sure = is === true ? 1 : 0
  return { low: sure, expected: sure, high: is === false ? 0 : 1 }
}

function releasesLeft(forecast: Forecast | undefined, today: string, on: string): Range {
  if (dayNumber(on) < dayNumber(today)) throw new Error(`${on} is before ${today}`)
  if (!forecast) return { low: 0, expected: 0, high: 0 }
  if (isOverdue(forecast, today)) return whenOverdue(forecast, today, on)
  const { low, median, high } = forecast.gaps
  const counts = [low, median, high].map((gap) => countReleases(forecast, gap, today, on))
  return {
    // Long gaps leave few releases, save just after short gaps would have used one up already.
    low: Math.min(...counts),
    expected: counts[1] ?? 0,
    high: Math.max(...counts),
  }
}

/** Whether even the upper quartile has passed without a release: the line may have ended. */
export const isOverdue = ({ lastReleaseOn, gaps }: Forecast, today: string): boolean =>
  dayNumber(addDays(lastReleaseOn, gaps.high)) < dayNumber(today)

/**
 * A line that has been silent for longer than its gaps is not expected to end its silence before as long again, and
 * at most to release at that pace from today on.
 */
function whenOverdue(forecast: Forecast, today: string, on: string): Range {
  const silence = dayNumber(today) - dayNumber(forecast.lastReleaseOn)
  const anew = { ...forecast, lastReleaseOn: today }
  return {
    low: 0,
    expected: countReleases(anew, silence, today, on),
    high: countReleases(forecast, silence, today, on),
  }
}

/** Releases expected from `on` to the end of the line; one that is overdue is expected today. */
function countReleases(
  { lastReleaseOn, endsOn }: Forecast,
  gap: number,
  today: string,
  on: string,
) {
  const step = Math.max(1, gap)
  const first = Math.max(dayNumber(addDays(lastReleaseOn, step)), dayNumber(today))
  const end = dayNumber(endsOn)
  const from = Math.max(0, Math.ceil((dayNumber(on) - first) / step))
  return Math.max(0, Math.floor((end - first) / step) - from + 1)
}

const add = (one: Range, other: Range): Range => ({
  low: one.low + other.low,
  expected: one.expected + other.expected,
  high: one.high + other.high,
})
