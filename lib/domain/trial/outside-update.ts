import {
  compareVersions,
  joinVersion,
  parseVersion,
  sameBuild,
  sameVersion,
} from '../device/os-version'
import { describeOs } from '../outcome/os-change'
import type { ReadingSource } from '../reading/reading'

/** The OS of a device as it was read; null for parts that were not read. */
export type OsRead = { version: string | null; build: string | null }

/** One known reading of the version or of the build. */
export type OsReading = {
  id: number
  value: string
  at: Date
  source: ReadingSource
  byName: string | null
}

/** The known readings of each field, newest first; only the two newest are used. */
export type OsReadings = {
  version: readonly OsReading[]
  build: readonly OsReading[]
  /** Readings of the supplemental build, and of its letter. */
  supplement?: readonly OsReading[]
  extra?: readonly OsReading[]
}

export type FoundChange = { from: OsRead; to: OsRead; by: OsReading }

/**
 * The OS change that a reading at `seenAt` shows; undefined if it is the first reading, shows the same OS, or is older
 * than another one. `last` is the OS and time of the last recorded update outside a trial: a build that was typed after
 * its version completes that one and is not another update.
 */
export function findOsChange(
  { version, build, supplement = [], extra = [] }: OsReadings,
  seenAt: Date,
  last?: OsRead & { seenAt: Date },
): FoundChange | undefined {
  const versions = pairOf(version, seenAt)
  const builds = pairOf(build, seenAt)
  const otherVersion = differs(versions, (a, b) => sameVersion(a, b) ?? a === b)
  const otherBuild = differs(builds, sameBuild)
  const supplements = pairOf(supplement, seenAt)
  const onlySupplement = !otherVersion && !otherBuild && differs(supplements, sameBuild)
  const by = otherVersion
    ? versions.seen
    : otherBuild
      ? builds.seen
      : onlySupplement
        ? supplements.seen
        : undefined
  if (!by) return undefined
  if (onlySupplement)
    return {
      from: { version: namedWith(versions.before, extra), build: textOf(supplements.before) },
      to: { version: namedWith(versions.seen, extra), build: textOf(supplements.seen) },
      by,
    }
  if (last && !otherVersion && last.build === null && wasKnownBefore(builds, last)) return undefined
  if (last && !otherBuild && last.version === null && wasKnownBefore(versions, last))
    return undefined
  return {
    from: { version: namedWith(versions.before, extra), build: textOf(builds.before) },
    to: { version: namedWith(versions.seen, extra), build: textOf(builds.seen) },
    by,
  }
}

const textOf = (reading: OsReading | undefined): string | null => reading?.value ?? null

/** The version with the supplement's letter that was read at the same time, "26.3.1 (a)". */
function namedWith(read: OsReading | undefined, extras: readonly OsReading[]): string | null {
  if (!read) return null
  const extra = extras.find(({ at }) => at.getTime() === read.at.getTime())
  return joinVersion(read.value, extra?.value)
}

/** The field's older value is from before the last update, so its newer one belongs to that update. */
const wasKnownBefore = ({ before }: Pair, loss: { seenAt: Date }): boolean =>
  before !== undefined && before.at < loss.seenAt

type Pair = { seen: OsReading | undefined; before: OsReading | undefined }

/** The reading of one field at `seenAt` and the one before it; without a reading at `seenAt`, the newest is the one before. */
const pairOf = ([newest, older]: readonly OsReading[], seenAt: Date): Pair =>
  newest && newest.at.getTime() === seenAt.getTime()
    ? { seen: newest, before: older }
    : { seen: undefined, before: newest }

const differs = ({ seen, before }: Pair, same: (a: string, b: string) => boolean): boolean =>
  seen !== undefined && before !== undefined && !same(seen.value, before.value)

export type Loss = { from: OsRead; to: OsRead; source: ReadingSource; byName: string | null }

/** An update outside a trial in words. A change to an older version is a restore; it also ends the starting state. */
export function describeLoss({ from, to, source, byName }: Loss): string {
  const [before, after] = [name(from), name(to)]
  const by = byName ?? 'a person'
  const said =
    source === 'typed'
      ? ` Entered by ${by}, not reported by the device.`
      : source === 'usb'
        ? ` Printed over USB, as given by ${by}.`
        : ''
  if (wentBack(from, to))
    return `Updated outside a trial: ${before} before, then found on the older ${after}; no released command explains it.${said}`
  return `Updated outside a trial: ${before} before, then found on ${after}; no released command explains it.${said}`
}

const wentBack = (from: OsRead, to: OsRead): boolean => {
  const [before, after] = [parseVersion(from.version ?? ''), parseVersion(to.version ?? '')]
  return before !== undefined && after !== undefined && compareVersions(after, before) < 0
}

const name = ({ version, build }: OsRead): string => {
  if (version === null && build !== null) return `build ${build}`
  return describeOs({ version: version ?? undefined, build: build ?? undefined })
}
