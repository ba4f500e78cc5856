import { isIanaZone } from '@/lib/domain/import/zones'
import { deviceQueries } from './command'
import {
  buildOf,
  flagOf,
  isDict,
  isMissing,
  nameOf,
  note,
  type Place,
  realOf,
  under,
  versionOf,
  wordOf,
} from './plist-fields'
import { defined } from './reply-header'
import type {
  DeviceIdentity,
  MissingKey,
  ReplyHeader,
  ReplyTo,
  ReportedReading,
} from './reply-types'

/** The queries whose answers are readings, and their fields; the other queries identify the device. */
const versions = { OSVersion: 'osVersion' } as const
const builds = { BuildVersion: 'osBuild' } as const
/** Sent only by devices with such a supplement, so a missing one is not an unknown reading. */
const supplements = {
  SupplementalBuildVersion: 'osSupplementalBuild',
  SupplementalOSVersionExtra: 'osVersionExtra',
} as const
const flags = { IsSupervised: 'supervised', IsMultiUser: 'sharedIpad' } as const
const sizes = { DeviceCapacity: 'totalCapacity', AvailableDeviceCapacity: 'freeCapacity' } as const
const fieldOf = {
  ...versions,
  ...builds,
  ...flags,
  ...sizes,
  BatteryLevel: 'batteryLevel',
} as const

/** The readings that an answer to DeviceInformation contains. */
export const deviceReadingFields = Object.values(fieldOf)

/** https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.device.yaml */
export function readDeviceInformation(
  root: Place,
  header: ReplyHeader,
): ReplyTo<'DeviceInformation'> {
  const answers = under(root, 'QueryResponses')
  if (header.status !== 'Acknowledged')
    return {
      ...header,
      requestType: 'DeviceInformation',
      readings: [],
      notReported: [],
      identity: {},
    }
  isDict(answers)
  const present = (key: string) => !isMissing(under(answers, key))
  return {
    ...header,
    requestType: 'DeviceInformation',
    readings: readingsOf(answers),
    notReported: deviceQueries.filter((key) => !present(key)).map(missing),
    identity: identityOf(answers),
    ...defined('awaitingConfiguration', flagOf(under(answers, 'AwaitingConfiguration'))),
    ...defined('networkTethered', flagOf(under(answers, 'IsNetworkTethered'))),
  }
}

const missing = (key: string): MissingKey => {
  const known: Partial<Record<string, (typeof fieldOf)[keyof typeof fieldOf]>> = fieldOf
  return { key, ...defined('field', known[key]) }
}

const readingsOf = (answers: Place): ReportedReading[] => {
  const readings: ReportedReading[] = []
  const here = (key: string) => !isMissing(under(answers, key))
  for (const key of keysOf(versions))
    if (here(key))
      readings.push({ key, field: versions[key], ...reported(under(answers, key), versionOf) })
  for (const key of keysOf(builds))
    if (here(key))
      readings.push({ key, field: builds[key], ...reported(under(answers, key), buildOf) })
  readings.push(...supplementsOf(answers))
  for (const key of keysOf(flags))
    if (here(key))
      readings.push({ key, field: flags[key], ...reported(under(answers, key), flagOf) })
  for (const key of keysOf(sizes))
    if (here(key))
      readings.push({ key, field: sizes[key], ...reported(under(answers, key), sizeOf) })
  // Sent from 14.0 on: a missing one does not take the place of what a person entered.
  if (here('TimeZone'))
    readings.push({
      key: 'TimeZone',
      field: 'timeZone',
      ...reported(under(answers, 'TimeZone'), zoneOf),
    })
  if (here('BatteryLevel')) {
    const level = batteryReported(under(answers, 'BatteryLevel'))
    readings.push({ key: 'BatteryLevel', field: 'batteryLevel', ...level })
  }
  return readings
}

// Object.keys gives string[]; these tables are literals of this file.
const keysOf = <T extends object>(table: T) => Object.keys(table) as (keyof T & string)[]

type Recorded<T> = { value: T | undefined; unknownReason?: string }

/** A value; or, if it is unknown, the last oddity at its place as the reason. */
const reported = <T>(place: Place, read: (place: Place) => T | undefined): Recorded<T> => {
  const value = read(place)
  if (value !== undefined) return { value }
  const reason = place.oddities.findLast(({ path }) => path === place.path)?.note
  return { value, unknownReason: `${place.path}: ${reason ?? 'not a finite number'}` }
}

const letterOf = (place: Place): string | undefined => {
  const text = wordOf(place)
  if (text === undefined || /^\([a-z]\)$/.test(text)) return text
  note(place, 'not understood: not a letter in brackets such as (a)')
  return undefined
}

const zoneOf = (place: Place): string | undefined => {
  const text = wordOf(place)
  if (text === undefined || isIanaZone(text)) return text
  note(place, 'not understood: not the name of a time zone such as Europe/Berlin')
  return undefined
}

function supplementsOf(answers: Place): ReportedReading[] {
  const readers = { SupplementalBuildVersion: buildOf, SupplementalOSVersionExtra: letterOf }
  return keysOf(supplements).flatMap((key) => {
    const place = under(answers, key)
    // An empty text means that none is installed.
    const none = isMissing(place) || (place.value?.type === 'string' && place.value.value === '')
    return none ? [] : [{ key, field: supplements[key], ...reported(place, readers[key]) }]
  })
}

/** More than any device has, in GB and in GiB. */
const maxGigabytes = 100_000

/** The raw value: whether it is in GB or GiB depends on the OS, so it is not converted here. */
const sizeOf = (place: Place): number | undefined => {
  const size = realOf(place)
  if (size === undefined || (size >= 0 && size <= maxGigabytes)) return size
  note(place, `not understood: a capacity of ${size}`)
  return undefined
}

/** By Apple's documentation −1 means that the device does not know its level, so it is not an oddity. */
const batteryReported = (place: Place): Recorded<number> =>
  place.value?.type === 'real' && place.value.value === -1
    ? { value: undefined, unknownReason: `${place.path}: -1, the device does not know it` }
    : reported(place, batteryOf)

/** 0–1. Minus zero is not a measured level. */
const batteryOf = (place: Place): number | undefined => {
  const level = realOf(place)
  if (level === undefined || (level >= 0 && level <= 1 && !Object.is(level, -0))) return level
  note(place, `not understood: a level of ${Object.is(level, -0) ? '-0' : level}`)
  return undefined
}

const identityOf = (answers: Place): DeviceIdentity => ({
  ...defined('udid', nameOf(under(answers, 'UDID'))),
  ...defined('serial', nameOf(under(answers, 'SerialNumber'))),
  ...defined('modelIdentifier', nameOf(under(answers, 'ProductName'))),
  ...defined('model', nameOf(under(answers, 'Model'))),
  ...defined('modelName', nameOf(under(answers, 'ModelName'))),
  ...defined('deviceName', nameOf(under(answers, 'DeviceName'))),
  ...defined('wifiMac', nameOf(under(answers, 'WiFiMAC'))),
  ...defined('imei', nameOf(under(answers, 'IMEI'))),
  ...defined('meid', nameOf(under(answers, 'MEID'))),
})

/**
 * PasscodePresent, never PasscodeCompliant: a device without a passcode is compliant.
 * https://github.com/apple/device-management/blob/b6202ca/mdm/commands/information.security.yaml
 */
export function readSecurityInfo(root: Place, header: ReplyHeader): ReplyTo<'SecurityInfo'> {
  const none = { ...header, requestType: 'SecurityInfo', readings: [], notReported: [] } as const
  if (header.status !== 'Acknowledged') return { ...none, readings: [], notReported: [] }
  const info = under(root, 'SecurityInfo')
  isDict(info)
  const passcode = under(info, 'PasscodePresent')
  const enrollment = under(under(info, 'ManagementStatus'), 'IsUserEnrollment')
  const asked = [
    { key: 'PasscodePresent', field: 'passcodePresent', place: passcode },
    { key: 'ManagementStatus.IsUserEnrollment', field: 'userEnrollment', place: enrollment },
  ] as const
  return {
    ...none,
    readings: asked
      .filter(({ place }) => !isMissing(place))
      .map(({ key, field, place }) => ({ key, field, ...reported(place, flagOf) })),
    notReported: asked
      .filter(({ place }) => isMissing(place))
      .map(({ key, field }) => ({ key, field })),
  }
}
