import type { Platform } from '../device/device'
import { compareVersions, type OsVersion, parseVersion } from '../device/os-version'
import { type Quartiles, quartilesOf } from '../statistics/quantile'

/** A version of an OS as the catalogue has it. */
export type Release = {
  platform: Platform
  version: string
  /** The day, as YYYY-MM-DD; undefined where no source says it to the day. */
  releasedOn: string | undefined
}

const dayMs = 86_400_000

/** A day in days since 1970, in UTC; throws on what is no day, such as 2026-02-30 or a year. */
export function dayNumber(day: string): number {
  const at = new Date(`${day}T00:00:00Z`)
  if (!/^\d{4}-\d{2}-\d{2}$/.test(day) || Number.isNaN(at.getTime()) || dayText(at) !== day)
    throw new Error(`"${day}" is no day; one is written as 2026-11-29`)
  return at.getTime() / dayMs
}

const dayText = (at: Date): string => at.toISOString().slice(0, 10)

/** The day that many whole days later. */
export const addDays = (day: string, days: number): string =>
  dayText(new Date((dayNumber(day) + Math.round(days)) * dayMs))

/** Below this many gaps the quartiles of a major version say little, and those of the one before are taken. */
const minGaps = 5

export type ReleaseGaps = Quartiles & { major: number }

/**
 * How many days passed between the releases of one major version, with quartiles; of the newest major
 * version up to `major` that has enough of them. Undefined where none has. Releases of one day are one.
 */
export function releaseGaps(
  releases: readonly Release[],
  platform: Platform,
  major: number,
): ReleaseGaps | undefined {
  const days = new Map<number, Set<number>>()
  for (const release of releases) {
    const of = parseVersion(release.version)?.[0]
    if (release.platform !== platform || of === undefined || of > major || !release.releasedOn)
      continue
    days.set(of, (days.get(of) ?? new Set()).add(dayNumber(release.releasedOn)))
  }
  for (const [of, set] of [...days].toSorted(([a], [b]) => b - a)) {
    const sorted = [...set].sort((a, b) => a - b)
    const gaps = sorted.slice(1).map((day, index) => day - (sorted[index] ?? day))
    const quartiles = gaps.length >= minGaps ? quartilesOf(gaps) : undefined
    if (quartiles) return { ...quartiles, major: of }
  }
  return undefined
}

/** Versions above one, of one platform, with a day; by day, then by version. */
export function releasesAfter(
  releases: readonly Release[],
  platform: Platform,
  version: OsVersion,
): { version: string; releasedOn: string }[] {
  return releases
    .flatMap(({ version: text, releasedOn, platform: of }) => {
      const parsed = of === platform ? parseVersion(text) : undefined
      return parsed && releasedOn && compareVersions(parsed, version) > 0
        ? [{ version: text, releasedOn, parsed }]
        : []
    })
    .toSorted(
      (a, b) =>
        dayNumber(a.releasedOn) - dayNumber(b.releasedOn) || compareVersions(a.parsed, b.parsed),
    )
    .map(({ version: text, releasedOn }) => ({ version: text, releasedOn }))
}
