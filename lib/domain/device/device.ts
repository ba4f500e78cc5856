import { atLeast, parseVersion } from './os-version'
import type { PasscodeState } from './passcode'

/** Platforms that ever had ScheduleOSUpdate and can be in this lab (macOS is left out on purpose). */
export const platforms = ['iOS', 'iPadOS', 'tvOS'] as const
export type Platform = (typeof platforms)[number]

/** Apple's schema has one entry for iPhone and iPad, and one for Apple TV. */
export const families = ['iOS', 'tvOS'] as const
export type Family = (typeof families)[number]
export const familyOf = (platform: Platform): Family => (platform === 'tvOS' ? 'tvOS' : 'iOS')

/** Which half of the lab a row belongs to. The two are never mixed in one number. */
export const environments = ['real', 'simulated'] as const
export type Environment = (typeof environments)[number]

/** Apple TV has neither battery nor passcode, so nobody can report them (https://docs.iru.com/en/endpoint/devices/ios-ipados-managed-os-user-experience). */
export const hasBattery = (platform: Platform) => platform !== 'tvOS'
export const hasPasscode = (platform: Platform) => platform !== 'tvOS'

/** The first iPadOS; an iPad below it runs iOS. https://support.apple.com/en-us/118397 */
const firstIpadOs = '13.1'

type Clues = { modelIdentifier?: string | null | undefined; osVersion?: string | null | undefined }

/** The OS an iPad runs at a version; undefined where the text is not a version. */
export function padPlatform(osVersion: string | null | undefined): Platform | undefined {
  const version = parseVersion(osVersion ?? '')
  return version && (atLeast(version, firstIpadOs) ? 'iPadOS' : 'iOS')
}

/**
 * The platform a device runs, by its model ("iPad4,1") and its OS version; what the two leave open is `stored`,
 * what the inventory says. Undefined for a model that has no place in this lab.
 */
export function platformOf(clues: Clues): Platform | undefined
export function platformOf(clues: Clues, stored: Platform): Platform
export function platformOf(
  { modelIdentifier, osVersion }: Clues,
  stored?: Platform,
): Platform | undefined {
  const model = modelIdentifier ?? ''
  if (/^(iPhone|iPod)\d/.test(model)) return 'iOS'
  if (/^AppleTV\d/.test(model)) return 'tvOS'
  if (/^iPad\d/.test(model)) return padPlatform(osVersion) ?? stored ?? 'iPadOS'
  return stored === 'iPadOS' ? (padPlatform(osVersion) ?? stored) : stored
}

export const deviceSorts = ['labTag', 'name', 'osVersion', 'lastSeen', 'verdict', 'added'] as const
export type DeviceSort = (typeof deviceSorts)[number]
export const sortDirections = ['asc', 'desc'] as const
export type SortDirection = (typeof sortDirections)[number]

/** The filters of the device list; an absent one does not filter. */
export type DeviceFilter = {
  verdict?: 'qualified' | 'notYet' | 'no' | undefined
  platform?: Platform | undefined
  /** The OS version as it was read, e.g. "11.4.1". */
  version?: string | undefined
  modelIdentifier?: string | undefined
  /** By its current reading. */
  passcode?: PasscodeState | undefined
  /** Devices whose baseline no trial has consumed, and on which none is under way. */
  unused?: boolean | undefined
  /** Of those, devices that offered this version when they last answered. */
  reaches?: string | undefined
  /** The value of custom fields, by the ID of the field; of a text, a part of it; '' finds devices without one. */
  fields?: Readonly<Record<string, string>> | undefined
  /** Part of the lab tag, name, serial, enrollment ID, model, location, holder or a custom field, in any letter case. */
  text?: string | undefined
  /** Devices that the person with this ID has. */
  heldBy?: string | undefined
  /** Devices that wait for the acceptance of the person with this ID. */
  offeredTo?: string | undefined
  /** Devices that nobody has. */
  unheld?: boolean | undefined
  /** Devices of this import only. */
  importId?: string | undefined
  /** Retired devices only; without it, those in use only. */
  retired?: boolean | undefined
}

/**
 * Why a lead must look at a device before anything more is released on it: it answered an update command
 * that this program never wrote, its server delivers a command again after the answer, the database no longer
 * knows what was sent to it, or it reported another identity.
 */
export const alarmKinds = ['foreignUpdate', 'redelivered', 'databaseWentBack', 'identity'] as const
export type AlarmKind = (typeof alarmKinds)[number]

export const alarmTitles: Record<AlarmKind, string> = {
  foreignUpdate: 'Update command from another source',
  redelivered: 'Delivered again by the MDM server',
  databaseWentBack: 'The database was reset to an earlier state',
  identity: 'The device reports another identity',
}
