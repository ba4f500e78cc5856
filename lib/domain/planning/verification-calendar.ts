import type { Platform } from '../device/device'
import { compareVersions, type OsVersion, parseVersion } from '../device/os-version'
import { isRemoved } from '../rules/version-bounds'
import type { SlotMechanism } from '../trial/mechanism'
import { canUse } from './by-mechanism'
import { addDays, dayNumber, type Release, releaseGaps, releasesAfter } from './release-gaps'

/** A bug that was reported to Apple, and the version in which Apple says it is fixed. */
export type OpenRadar = {
  id: string
  platform: Platform
  /** The version that trials with the bug started from. */
  startVersion: string
  claimedFix: string | undefined
  /** What a trial that proves the fix intervenes by; undefined for either. */
  fixMechanism?: SlotMechanism | undefined
}

/** When a fix can be checked: a device must start at the fix or later, and a newer version be offered to it. */
export type Verifiable =
  | { state: 'known'; on: string; target: string }
  | {
      state: 'estimated'
      /** The day of the fix, a median gap later; `from` and `to` by the quartiles of the gaps. */
      on: string
      from: string
      to: string
      /** How many gaps that rests on, and of which major version. */
      gaps: number
      major: number
      /** Whether even `to` has passed without a release. */
      overdue: boolean
    }
  | { state: 'unknown'; reason: string }

export type CalendarDevice = {
  id: string
  labTag: string
  platform: Platform
  version: string
  /** Versions that can be sent to it today. */
  offered: readonly string[]
  reserved: boolean
}

/** How a device gets to where it can check a fix. */
export type WayThere = {
  device: string
  labTag: string
  /** Undefined where it runs the fix or later; else the hop that takes it there. */
  hop:
    | {
        from: string
        to: string /** One more trial of the version with the bug. */
        observesBug: boolean
      }
    | undefined
  /** Whether it should be reserved until the fix can be checked. */
  suggestReservation: boolean
}

export type VerificationPlan = { radar: string; verifiable: Verifiable; devices: WayThere[] }

/**
 * The verification calendar: for each open radar the first day on which its fix can be checked, and the devices
 * that can be there by then. `releases` are those the lab's devices can be offered; `today` is YYYY-MM-DD.
 */
export const verificationPlans = (
  radars: readonly OpenRadar[],
  releases: readonly Release[],
  devices: readonly CalendarDevice[],
  today: string,
): VerificationPlan[] =>
  radars.map((radar) => ({
    radar: radar.id,
    verifiable: firstVerifiable(radar, releases, today),
    devices: waysTo(radar, devices),
  }))

/**
 * The first release after the claimed fix makes it verifiable, and never before the fix itself is out. Where it
 * is not out yet, it is expected one gap after the fix, by the gaps of the catalogue.
 */
export function firstVerifiable(
  { platform, claimedFix, fixMechanism }: OpenRadar,
  releases: readonly Release[],
  today: string,
): Verifiable {
  if (claimedFix === undefined) return unknown('no fix is claimed yet')
  const fix = parseVersion(claimedFix)
  if (!fix) return unknown(`the claimed fix "${claimedFix}" is not a version`)
  if (fixMechanism === 'command' && isRemoved(fix))
    return unknown('no command can be sent from 27 on, so no trial by command can show it')
  const fixedOn = releaseDay(releases, platform, fix)
  if (fixedOn === undefined)
    return unknown(`the catalogue has no release day of ${platform} ${claimedFix}`)
  const [target] = releasesAfter(releases, platform, fix)
  if (target)
    return { state: 'known', on: later(target.releasedOn, fixedOn), target: target.version }
  const gaps = releaseGaps(releases, platform, fix[0] ?? 0)
  if (!gaps) return unknown(`the catalogue has too few releases of ${platform} for an estimate`)
  const to = addDays(fixedOn, gaps.high)
  return {
    state: 'estimated',
    on: addDays(fixedOn, gaps.median),
    from: addDays(fixedOn, gaps.low),
    to,
    gaps: gaps.n,
    major: gaps.major,
    overdue: dayNumber(to) < dayNumber(today),
  }
}

const unknown = (reason: string): Verifiable => ({ state: 'unknown', reason })

const later = (one: string, other: string): string =>
  dayNumber(one) > dayNumber(other) ? one : other

function releaseDay(releases: readonly Release[], platform: Platform, version: OsVersion) {
  const days = releases.flatMap((release) => {
    const parsed = release.platform === platform ? parseVersion(release.version) : undefined
    const same = parsed !== undefined && compareVersions(parsed, version) === 0
    return same && release.releasedOn !== undefined ? [release.releasedOn] : []
  })
  // A version with two builds has two days; it is out from the first.
  return days.toSorted((a, b) => dayNumber(a) - dayNumber(b))[0]
}

/** Devices at the fix first, then those one hop away; each by lab tag. */
function waysTo(radar: OpenRadar, devices: readonly CalendarDevice[]): WayThere[] {
  const fix = parseVersion(radar.claimedFix ?? '')
  if (!fix) return []
  return devices
    .filter(({ platform }) => platform === radar.platform)
    .flatMap((device) => wayOf(radar, fix, device))
    .toSorted((a, b) => rankOf(a) - rankOf(b) || tags.compare(a.labTag, b.labTag))
}

const tags = new Intl.Collator('en', { numeric: true })
const rankOf = ({ hop }: WayThere): number => (hop === undefined ? 0 : hop.observesBug ? 1 : 2)

function wayOf(radar: OpenRadar, fix: OsVersion, device: CalendarDevice): WayThere[] {
  const { id, labTag, version, offered, reserved } = device
  const at = parseVersion(version)
  if (!at) return []
  // A trial that shows the fix starts there, so that version must have the mechanism.
  const canShow = (start: string) =>
    radar.fixMechanism === undefined || canUse(radar.fixMechanism, device.platform, start)
  const way = (hop: WayThere['hop']) => [{ device: id, labTag, hop, suggestReservation: !reserved }]
  if (compareVersions(at, fix) >= 0) return canShow(version) ? way(undefined) : []
  const reaching = offered
    .flatMap((text) => {
      const parsed = parseVersion(text)
      return parsed && compareVersions(parsed, fix) >= 0 && canShow(text) ? [{ text, parsed }] : []
    })
    // The nearest to the fix leaves the most of the versions after it to check it on.
    .toSorted((a, b) => compareVersions(a.parsed, b.parsed))[0]
  if (!reaching) return []
  const start = parseVersion(radar.startVersion)
  const observesBug = start !== undefined && compareVersions(at, start) === 0
  return way({ from: version, to: reaching.text, observesBug })
}
