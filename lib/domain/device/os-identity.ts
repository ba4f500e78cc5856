import type { DeviceState } from '../reading/reading'
import { type Platform, platformOf } from './device'
import { joinVersion, sameBuild, sameVersion, splitVersion } from './os-version'

/**
 * An OS as it was read once; parts that were not reported are undefined. A Background Security Improvement changes only
 * the supplement: 26.3.1 (23D8133) becomes 26.3.1 (a) with the supplemental build 23D771330a. Without one the
 * supplemental build equals the build
 * (https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.device.yaml).
 */
export type OsIdentity = {
  version?: string | undefined
  /** "(a)". */
  extra?: string | undefined
  build?: string | undefined
  supplementalBuild?: string | undefined
}

/** Only the values; age and source are judged elsewhere. */
type OsState = {
  [F in 'osVersion' | 'osVersionExtra' | 'osBuild' | 'osSupplementalBuild']?:
    | { value?: string | undefined }
    | undefined
}

export const osOf = (state: OsState): OsIdentity => ({
  version: state.osVersion?.value,
  extra: state.osVersionExtra?.value,
  build: state.osBuild?.value,
  supplementalBuild: state.osSupplementalBuild?.value,
})

/** The OS that a trial began on, from its starting state. */
export const startedOn = (trial: {
  startOs: string | null
  startBuild: string | null
  startingState: OsState | null
}): OsIdentity => ({
  version: trial.startOs ?? undefined,
  build: trial.startBuild ?? undefined,
  supplementalBuild: trial.startingState?.osSupplementalBuild?.value,
})

/** The version with its supplement, "26.3.1 (a)". */
export const fullVersion = ({ version, extra }: OsIdentity): string | undefined =>
  version === undefined ? undefined : joinVersion(version, extra)

/** The build that identifies everything installed: the supplemental build if there is one. */
export const fullBuild = ({ build, supplementalBuild }: OsIdentity): string | undefined =>
  supplementalBuild ?? build

/** Splits a version text that may contain the supplement, as people, files and old records write it. */
function withSplitVersion(os: OsIdentity): OsIdentity {
  const split = os.version === undefined ? undefined : splitVersion(os.version)
  return split ? { ...os, version: split.version, extra: os.extra ?? split.extra } : os
}

/** Whether the two are different OS builds or versions; undefined if the readings do not show it. */
export function isOtherOs(one: OsIdentity, other: OsIdentity): boolean | undefined {
  const [a, b] = [withSplitVersion(one), withSplitVersion(other)]
  const version = both(a.version, b.version, (x, y) => sameVersion(x, y))
  const build = both(a.build, b.build, sameBuild)
  const supplement = sameSupplement(a, b)
  if ([version, build, supplement].includes(false)) return true
  return version === true || build === true ? false : undefined
}

/** Undefined if one of the two did not report it. */
const sameSupplement = (a: OsIdentity, b: OsIdentity): boolean | undefined =>
  both(a.supplementalBuild, b.supplementalBuild, sameBuild) ??
  both(extraOf(a), extraOf(b), (x, y) => x === y)

/**
 * Whether a trial that began on `consumed` has consumed the baseline `now`. Compared by build, because a version can
 * have several. A supplement makes it another baseline only if both reported theirs.
 */
export function isConsumedBy(now: OsIdentity & { build: string }, consumed: OsIdentity): boolean {
  const [a, b] = [withSplitVersion(now), withSplitVersion(consumed)]
  return b.build !== undefined && sameBuild(now.build, b.build) && sameSupplement(a, b) !== false
}

/** Whether two devices run the same version; without a reported supplement a device counts as having none. */
export function isSameVersion(one: OsIdentity, other: OsIdentity): boolean {
  const [a, b] = [withSplitVersion(one), withSplitVersion(other)]
  const supplement =
    both(a.supplementalBuild, b.supplementalBuild, sameBuild) ??
    (extraOf(a) ?? a.supplementalBuild ?? '') === (extraOf(b) ?? b.supplementalBuild ?? '')
  return both(a.version, b.version, sameVersion) === true && supplement
}

function both(
  a: string | undefined,
  b: string | undefined,
  same: (a: string, b: string) => boolean | undefined,
): boolean | undefined {
  return a === undefined || b === undefined ? undefined : same(a, b)
}

/** The supplement's letter; empty if the supplemental build shows that none is installed. */
const extraOf = ({ extra, build, supplementalBuild }: OsIdentity): string | undefined =>
  extra ?? (supplementalBuild !== undefined && supplementalBuild === build ? '' : undefined)

/** "iPadOS 26.3.1 (a) (23D771330a)": the installed OS as the device's Settings show it. */
export function runningOs(
  state: DeviceState,
  device: { platform: Platform; modelIdentifier?: string | null | undefined },
): string {
  const os = osOf(state)
  const version = fullVersion(os)
  if (version === undefined) return 'an unknown OS'
  const platform = platformOf({ ...device, osVersion: os.version }, device.platform)
  return `${platform} ${version} (${fullBuild(os) ?? 'build not known'})`
}
