import type { Platform } from '../device/device'
import { hasBattery, hasPasscode } from '../device/device'

/** Where a reading comes from. `simulated` is an answer of a virtual device, `usb` what a tool printed over USB. */
export const readingSources = ['mdm', 'usb', 'typed', 'imported', 'simulated'] as const
export type ReadingSource = (typeof readingSources)[number]

/** The word for each source. */
export const sourceWords: Record<ReadingSource, string> = {
  mdm: 'MDM',
  usb: 'USB',
  typed: 'entered',
  imported: 'imported',
  simulated: 'simulated',
}

/**
 * Who a reading is by if it comes from a check-in of declarative management. Its OS is for judging what may be sent; it is
 * a claim, and no outcome rests on it (decision 092).
 */
export const statusReportName = 'DeclarativeManagement'

export const networkKinds = ['wifi', 'cellular', 'wired', 'none'] as const
export type NetworkKind = (typeof networkKinds)[number]

/** The last OSUpdateStatus in one word; `none` is the empty array that Apple documents. */
const updateActivities = ['none', 'idle', 'downloading', 'installing', 'other'] as const
export type UpdateActivity = (typeof updateActivities)[number]

/** One item of AvailableOSUpdates, sizes in bytes; keys that the device left out are undefined. */
export type OfferedUpdate = {
  productKey: string
  version?: string
  build?: string
  downloadBytes?: number
  installBytes?: number
  securityResponse?: boolean
}

/** The known value of each field. Units are in `readingFields`. */
export type ReadingValues = {
  osVersion: string
  osBuild: string
  /** The letter of a Background Security Improvement, "(a)"; absent if none is installed or reported. */
  osVersionExtra: string
  /** Equals `osBuild` if no Background Security Improvement is installed. */
  osSupplementalBuild: string
  supervised: boolean
  depEnrolled: boolean
  mdmEnrolled: boolean
  appInstallationRight: boolean
  userEnrollment: boolean
  sharedIpad: boolean
  userLoggedIn: boolean
  freeCapacity: number
  totalCapacity: number
  batteryLevel: number
  externalPower: boolean
  network: NetworkKind
  networkName: string
  networkCaptive: boolean
  passcodePresent: boolean
  activeDeclaration: boolean
  automaticUpdatesOff: boolean
  /** IANA name, such as Europe/Berlin: by it a declaration's local time becomes an instant. */
  timeZone: string
  updateActivity: UpdateActivity
  availableUpdates: OfferedUpdate[]
}
export type ReadingField = keyof ReadingValues

type FieldInfo = {
  label: string
  /** Empty if the value has no unit. */
  unit: string
  /** The MDM key that reports it; undefined if there is none and a person types it. */
  mdmKey?: string
  /** What may report it although it has no key to query. */
  unasked?: string
  /** Default maximum age in minutes before the reading counts as unknown; a lab setting. */
  maxAgeMinutes: number
}

const minutes = { tenMinutes: 10, hour: 60, day: 24 * 60, month: 30 * 24 * 60 }

/**
 * Every field of a device's state. Keys and units: Apple's `information.device.yaml`,
 * `information.security.yaml` and `system.update.*.yaml` in
 * https://github.com/apple/device-management/tree/b6202ca/mdm/commands. Maximum ages are lab policy.
 */
export const readingFields: Record<ReadingField, FieldInfo> = {
  osVersion: { label: 'OS version', unit: '', mdmKey: 'OSVersion', maxAgeMinutes: minutes.day },
  osBuild: { label: 'OS build', unit: '', mdmKey: 'BuildVersion', maxAgeMinutes: minutes.day },
  osVersionExtra: {
    label: 'Supplemental OS version',
    unit: '',
    mdmKey: 'SupplementalOSVersionExtra',
    maxAgeMinutes: minutes.day,
  },
  osSupplementalBuild: {
    label: 'Supplemental OS build',
    unit: '',
    mdmKey: 'SupplementalBuildVersion',
    maxAgeMinutes: minutes.day,
  },
  supervised: {
    label: 'Supervised',
    unit: '',
    mdmKey: 'IsSupervised',
    maxAgeMinutes: minutes.day,
  },
  depEnrolled: { label: 'Enrolled by ADE (DEP)', unit: '', maxAgeMinutes: minutes.month },
  mdmEnrolled: {
    label: 'MDM-enrolled',
    unit: '',
    mdmKey: 'check-in',
    maxAgeMinutes: minutes.month,
  },
  appInstallationRight: {
    label: 'App-installation right',
    unit: '',
    maxAgeMinutes: minutes.month,
  },
  userEnrollment: {
    label: 'User Enrollment',
    unit: '',
    mdmKey: 'ManagementStatus.IsUserEnrollment',
    maxAgeMinutes: minutes.month,
  },
  sharedIpad: {
    label: 'Shared iPad',
    unit: '',
    mdmKey: 'IsMultiUser',
    maxAgeMinutes: minutes.day,
  },
  userLoggedIn: {
    label: 'Shared iPad user logged in',
    unit: '',
    maxAgeMinutes: minutes.tenMinutes,
  },
  freeCapacity: {
    label: 'Free disk',
    unit: 'GB (GiB on some releases)',
    mdmKey: 'AvailableDeviceCapacity',
    maxAgeMinutes: minutes.hour,
  },
  totalCapacity: {
    label: 'Total disk',
    unit: 'GB (GiB on some releases)',
    mdmKey: 'DeviceCapacity',
    maxAgeMinutes: minutes.month,
  },
  batteryLevel: {
    label: 'Battery',
    unit: 'fraction 0–1',
    mdmKey: 'BatteryLevel',
    maxAgeMinutes: minutes.tenMinutes,
  },
  externalPower: { label: 'External power', unit: '', maxAgeMinutes: minutes.tenMinutes },
  network: { label: 'Network', unit: '', maxAgeMinutes: minutes.hour },
  networkName: { label: 'Network name', unit: '', maxAgeMinutes: minutes.hour },
  networkCaptive: { label: 'Captive portal', unit: '', maxAgeMinutes: minutes.hour },
  passcodePresent: {
    label: 'Passcode present',
    unit: '',
    mdmKey: 'PasscodePresent',
    maxAgeMinutes: minutes.tenMinutes,
  },
  activeDeclaration: {
    label: 'Active software-update declaration',
    unit: '',
    unasked: 'a status report',
    maxAgeMinutes: minutes.day,
  },
  automaticUpdatesOff: { label: 'Automatic updates', unit: '', maxAgeMinutes: minutes.month },
  timeZone: {
    label: 'Time zone of the device',
    unit: '',
    // From iOS and tvOS 14.0 on; a person enters it for an older device.
    mdmKey: 'TimeZone',
    maxAgeMinutes: minutes.day,
  },
  updateActivity: {
    label: 'Update on the device',
    unit: '',
    mdmKey: 'OSUpdateStatus',
    maxAgeMinutes: minutes.hour,
  },
  availableUpdates: {
    label: 'Updates offered',
    unit: 'bytes',
    mdmKey: 'AvailableOSUpdates',
    maxAgeMinutes: minutes.day,
  },
}

// `Object.keys` returns string[]; the type of the object above has every field.
export const readingFieldNames = Object.keys(readingFields) as ReadingField[]

/**
 * One reading in the record. `value` is undefined if the device was queried and did not report it, or reported
 * something that means "unknown" (BatteryLevel −1); `unknownReason` then says which.
 */
export type Reading<F extends ReadingField = ReadingField> = {
  id: string
  field: F
  value: ReadingValues[F] | undefined
  unknownReason?: string | undefined
  /** A short form of it for lists. */
  unknownBrief?: string | undefined
  source: ReadingSource
  askedAt?: Date | undefined
  /** The time at which it was true: of the answer, of the observation, or in the file. */
  answeredAt: Date
  /** Set for a file without a time: `answeredAt` is then the time of the import, and the reading counts as stale. */
  ageUnknown?: boolean | undefined
  by?: string | undefined
}

/** A device's current state: the newest reading of each field. */
export type DeviceState = { [F in ReadingField]?: Reading<F> }

/** Maximum age per field, in minutes; see `readingFields` for the defaults. */
export type MaxAges = Record<ReadingField, number>

// fromEntries loses the type of the keys; readingFieldNames has every field once.
export const defaultMaxAges = Object.fromEntries(
  readingFieldNames.map((field) => [field, readingFields[field].maxAgeMinutes]),
) as MaxAges

/** A value that may be used now, or the reason why there is none. */
export type Known<T> =
  | { status: 'known'; value: T }
  | { status: 'unknown'; reason: string; brief?: string | undefined }
  | { status: 'notApplicable'; reason: string }

/** When a reading becomes stale. */
export function goesStaleAt(reading: Reading, maxAges: MaxAges): Date {
  return new Date(reading.answeredAt.getTime() + maxAges[reading.field] * 60_000)
}

/** Whether the field does not apply to this platform, which is not the same as unknown. */
export function isNotApplicable(field: ReadingField, platform: Platform): boolean {
  if (field === 'batteryLevel') return !hasBattery(platform)
  if (field === 'passcodePresent') return !hasPasscode(platform)
  return (field === 'sharedIpad' || field === 'userLoggedIn') && platform === 'tvOS'
}

/** The value of a field as of `now`: stale, missing and unreadable readings are all unknown. */
export function knownValue<F extends ReadingField>(
  state: DeviceState,
  field: F,
  platform: Platform,
  maxAges: MaxAges,
  now: Date,
): Known<ReadingValues[F]> {
  const { label } = readingFields[field]
  if (isNotApplicable(field, platform))
    return { status: 'notApplicable', reason: `${platform} has no ${label.toLowerCase()}` }
  const reading = state[field]
  if (!reading) return { status: 'unknown', reason: `${label} was never read` }
  if (reading.value === undefined)
    return {
      status: 'unknown',
      reason: reading.unknownReason ?? `${label} was not reported`,
      brief: reading.unknownBrief,
    }
  if (reading.ageUnknown)
    return { status: 'unknown', reason: `${label} comes from a file that gives no time for it` }
  if (goesStaleAt(reading, maxAges) <= now)
    return {
      status: 'unknown',
      reason: `${label} was read more than ${maxAges[field]} minutes ago`,
    }
  return { status: 'known', value: reading.value }
}
