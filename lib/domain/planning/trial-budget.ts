import type { Platform } from '../device/device'
import { parseVersion } from '../device/os-version'
import type { Quartiles } from '../statistics/quantile'
import type { SlotMechanism } from '../trial/mechanism'
import { isRemovedText } from './budget-view'
import { canUse } from './by-mechanism'
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
  /**
   * Whether its unused baseline can be sent a newer version by each mechanism, below 27 until the device is there;
   * undefined if not known.
   */
  hopOffered: Readonly<Record<SlotMechanism, boolean | undefined>>
  /** The major version whose future releases it will be offered, below 27 until the device is there; undefined if not known. */
  line: number | undefined
  /** Whether its model can take the version that removes the command; undefined if not known. A device that is there has done so. */
  takesRemoval: boolean | undefined
}

/**
 * How many trials a device still has from a day on, if it waits until then: the hop that is offered, one for each
 * further release expected of its line, and below 27 the hop to 27. Each is one trial, by whichever mechanism: a command
 * below 27, a declaration from the first OS that has them. A device below that gets there by its first hop. `low` counts
 * what is known and long gaps, `high` what may be and short ones. Days are YYYY-MM-DD, `on` not before `today`.
 */
export function trialsLeft(
  device: BudgetDevice,
  forecasts: readonly Forecast[],
  { today, on = today, mechanism }: { today: string; on?: string; mechanism?: SlotMechanism },
): Range {
  const { platform, version, line } = device
  const isThere = isRemovedText(version)
  const none = { low: 0, expected: 0, high: 0 }
  if (mechanism === 'command' && isThere) return none
  const forecast = forecastFor(device, forecasts)
  const declares = mechanism !== 'declaration' || canUse('declaration', platform, version)
  // The line of a device before 17 is of use to declarations only where it leads to an OS that has them.
  const reaches = declares || (line !== undefined && canUse('declaration', platform, `${line}.99`))
  return [
    declares ? certainly(hopBy(device, mechanism)) : none,
    reaches ? releasesLeft(forecast, today, on) : none,
    isThere || !(declares || reaches) ? none : certainly(device.takesRemoval),
  ].reduce(add)
}

/** Whether there is a hop by a mechanism, or by either: not known, unless one of them is there or both are not. */
function hopBy({ hopOffered }: BudgetDevice, mechanism: SlotMechanism | undefined) {
  if (mechanism) return hopOffered[mechanism]
  const { command, declaration } = hopOffered
  return command || declaration ? true : command === declaration ? command : undefined
}

const forecastFor = ({ platform, line }: BudgetDevice, forecasts: readonly Forecast[]) =>
  forecasts.find((one) => one.platform === platform && one.major === line)

export type BurnDown = {
  days: (Range & { on: string })[]
  /** Devices whose future releases nothing is known of: only what they are offered now is counted. */
  withoutForecast: number
}

/** The lab's trials left on each of the days, if none is run before. Throws on a day before `today`. */
export function burnDown(
  devices: readonly BudgetDevice[],
  forecasts: readonly Forecast[],
  { today, days, mechanism }: { today: string; days: readonly string[]; mechanism?: SlotMechanism },
): BurnDown {
  const none = { low: 0, expected: 0, high: 0 }
  const asked = { today, ...(mechanism && { mechanism }) }
  return {
    days: days.map((on) => ({
      on,
      ...devices.map((device) => trialsLeft(device, forecasts, { ...asked, on })).reduce(add, none),
    })),
    withoutForecast: devices.filter((device) => !isForecast(device, forecasts, mechanism)).length,
  }
}

/** Whether a device has a forecast, or needs none as no command can be sent to it any more. */
export const isForecast = (
  device: BudgetDevice,
  forecasts: readonly Forecast[],
  mechanism: SlotMechanism | undefined,
): boolean =>
  (mechanism === 'command' && isRemovedText(device.version)) ||
  forecastFor(device, forecasts) !== undefined

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
