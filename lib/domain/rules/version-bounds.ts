import type { Platform } from '../device/device'
import { atLeast, below, type OsVersion, sameVersion } from '../device/os-version'
import type { Citation } from './rule'
import {
  availableSecurityResponse,
  changesOf27,
  deviceMultiUser,
  enforcement,
  enforcementTvos,
  fleetsmith,
  mdmReference2018,
  radarIntegerIsDownloaded,
  radarNoReply,
  radarPromptDespiteError,
  removedCommands,
  scheduleIos,
  scheduleProductVersion,
  scheduleTvos,
  userEnrollment,
} from './sources'

/** The version of rules and bounds, stored with each verdict; it changes whenever a meaning changes. */
export const ruleSetVersion = '2026-11-9'

type Bound = { bound: string; cites: readonly Citation[] }

/** The lowest starting OS for which the command is known to work without further conditions. */
export const lowerBounds: Record<Platform, Bound> = {
  iOS: { bound: '10.3', cites: [fleetsmith, mdmReference2018, scheduleIos] },
  iPadOS: { bound: '10.3', cites: [fleetsmith, mdmReference2018, scheduleIos] },
  tvOS: { bound: '12', cites: [scheduleTvos] },
}

/**
 * From here to the lower bound the command only works on a device that came through DEP (now ADE) and has no passcode.
 * Two notes of the 2018 reference disagree about later versions; the schema decides those.
 */
export const restrictedLowerBounds: Partial<Record<Platform, Bound>> = {
  iOS: { bound: '9.0', cites: [mdmReference2018, scheduleIos] },
  iPadOS: { bound: '9.0', cites: [mdmReference2018, scheduleIos] },
}

/** The first OS in which Apple removed the command (deprecated since 26.0). */
export const upperBound: Bound = { bound: '27', cites: [changesOf27, removedCommands] }

/** The first OS that understands ProductVersion. */
export const productVersionBounds: Record<Platform, Bound> = {
  iOS: { bound: '11.3', cites: [scheduleProductVersion] },
  iPadOS: { bound: '11.3', cites: [scheduleProductVersion] },
  tvOS: { bound: '12.2', cites: [scheduleProductVersion] },
}

/** The first OS that supports a software-update enforcement declaration, with which it ignores the command. */
export const declarationBounds: Record<Platform, Bound> = {
  iOS: { bound: '17', cites: [enforcement] },
  iPadOS: { bound: '17', cites: [enforcement] },
  tvOS: { bound: '18.4', cites: [enforcementTvos] },
}

/** The first OS that can be offered a Rapid Security Response and must report which update is one. */
export const securityResponseBound: Bound = { bound: '16.2', cites: [availableSecurityResponse] }

/** The first OS with User Enrollment; older devices cannot be user-enrolled. */
export const userEnrollmentBound: Bound = { bound: '13', cites: [userEnrollment] }

/** The first OS with Shared iPad. */
export const sharedIpadBound: Bound = { bound: '9.3', cites: [deviceMultiUser] }

export type NamedVersion = Bound & { blocks: boolean; reason: string }

/** Versions of iOS and iPadOS with known faults. Blocking them is a cautious lab policy, not a rule of Apple. */
export const namedVersions: readonly NamedVersion[] = [
  {
    bound: '11.3',
    blocks: true,
    reason: 'is reported as broken, and reports IsDownloaded as an integer',
    cites: [fleetsmith, radarIntegerIsDownloaded],
  },
  {
    bound: '11.3.1',
    blocks: false,
    reason: 'did not answer a command that named the version already installed',
    cites: [radarNoReply],
  },
  {
    bound: '11.4',
    blocks: true,
    reason: 'is reported as broken, and answers failure while it shows the prompt',
    cites: [fleetsmith, radarPromptDespiteError],
  },
  { bound: '11.4.1', blocks: true, reason: 'is reported as broken', cites: [fleetsmith] },
]

export const findNamedVersion = (text: string): NamedVersion | undefined =>
  namedVersions.find(({ bound }) => sameVersion(bound, text))

export const isRemoved = (os: OsVersion): boolean => atLeast(os, upperBound.bound)

/** Whether an OS has software-update declarations. */
export const hasDeclarations = (platform: Platform, os: OsVersion): boolean =>
  atLeast(os, declarationBounds[platform].bound)

/** Whether the command needs DEP and no passcode on this OS. */
export function isRestricted(platform: Platform, os: OsVersion): boolean {
  const restricted = restrictedLowerBounds[platform]
  return (
    restricted !== undefined &&
    atLeast(os, restricted.bound) &&
    below(os, lowerBounds[platform].bound)
  )
}
