import type { FieldForm } from '../device/custom-field'
import { type DeviceDraftField, deviceDraftFields, deviceFieldLabels } from '../device/device-draft'
import { type ReadingField, readingFields } from '../reading/reading'
import { typeableFields } from '../reading/typed-reading'

/** The readings that a file can contain: those a person can type, and the supplemental version and build. */
export const importableFields = [
  ...typeableFields,
  'osVersionExtra',
  'osSupplementalBuild',
] as const satisfies readonly ReadingField[]
export type ImportableField = (typeof importableFields)[number]

/** The possible meanings of a column. */
export type ImportColumn =
  | { kind: 'device'; field: DeviceDraftField }
  | { kind: 'reading'; field: ImportableField }
  | { kind: 'custom'; field: FieldForm }
  | { kind: 'mdmServer' }
  | { kind: 'readAt' }

/** The form of values that confirms a meaning: "UUID" or "Product name" mean different things in different exports. */
export type ValueForm = 'modelIdentifier' | 'udid' | 'osVersion'

export type KnownColumn = {
  /** The name in a stored mapping, e.g. `serial`, `batteryLevel`, `readAt`. */
  key: string
  column: ImportColumn
  label: string
  /** Other headers with this meaning, the best first; case, blanks and punctuation are ignored. */
  aliases: readonly string[]
  /** Headers that have this meaning only if every value has this form. */
  where?: { form: ValueForm; aliases: readonly string[] }
}

// The headers of Jamf Pro (classic API, and the mobile device export of its pages), Intune, Fleet, Profile Manager,
// Snipe-IT, Kandji, Mosyle, SimpleMDM, Apple Configurator and `ideviceinfo`. docs/import.md lists them.
const deviceAliases: Record<DeviceDraftField, readonly string[]> = {
  labTag: ['asset tag', 'tag', 'asset number', 'inventory number', 'asset id'],
  name: [
    ...['device name', 'item name', 'display name', 'computer name', 'host name', 'asset name'],
    'friendly name',
  ],
  enrollmentId: [
    ...['UDID', 'unique device ID', 'unique device identifier', 'unique identifier'],
    ...['unique identifier UDID', 'device UDID', 'UDID identifier'],
  ],
  serial: [
    ...['serial number', 'hardware serial', 'serial no', 'device serial number', 'device serial'],
    'Seriennummer',
  ],
  platform: [
    ...['OS family', 'OS type', 'OS platform', 'device platform', 'operating system', 'OS'],
    ...['device class', 'device type', 'device family', 'OS name'],
  ],
  modelIdentifier: [
    ...['product type', 'hardware model', 'device model identifier', 'model id'],
    'hardware model identifier',
  ],
  modelName: ['model name', 'marketing name', 'device model', 'device model name'],
  location: ['place', 'shelf', 'room'],
  holder: [
    ...['owner', 'assigned to', 'assigned user', 'full name', 'primary user display name'],
    ...['user display name', 'checked out to'],
  ],
  notes: ['note', 'comment', 'comments'],
}

const deviceWhere: Partial<Record<DeviceDraftField, KnownColumn['where']>> = {
  enrollmentId: { form: 'udid', aliases: ['UUID', 'hardware UUID', 'device ID', 'identifier'] },
  modelIdentifier: {
    form: 'modelIdentifier',
    aliases: [
      'product name',
      'product',
      'identifier',
      'model number',
      'model',
      'device model',
      'device type',
      'system type',
      'system model',
      'type',
      'model no',
    ],
  },
}

// Left out: "Automatic updates", the label on the pages, because its "yes" is the opposite of what is stored; "passcode
// status", because a device without a passcode is "compliant" too; PasswordProtected, the state of the lock screen.
const readingAliases: Partial<Record<ImportableField, readonly string[]>> = {
  osVersion: [
    ...['version', 'iOS version', 'iPadOS version', 'product version', 'operating system version'],
    ...['software version', 'current OS version', 'OS version string'],
  ],
  osBuild: [
    ...['build', 'build version', 'build number', 'OS build number', 'OS build version'],
    'operating system build',
  ],
  osVersionExtra: [
    'supplemental OS version extra',
    'OS version extra',
    'OS rapid security response',
  ],
  osSupplementalBuild: [
    ...['supplemental build version', 'OS supplemental build version', 'supplemental build'],
  ],
  batteryLevel: [
    ...['battery level', 'battery percentage', 'battery percent', 'battery current capacity'],
    ...['battery charge', 'current battery level', 'battery est charge'],
  ],
  externalPower: ['power', 'plugged in', 'external connected', 'on external power'],
  freeCapacity: [
    ...['available device capacity', 'available capacity', 'available space', 'available', 'free'],
    ...['free storage', 'free space', 'free disk space', 'available storage', 'available disk'],
    ...[
      'available disk space',
      'gigs disk space available',
      'disk space available',
      'free capacity',
    ],
    ...['storage free', 'free storage space in bytes', 'available device storage'],
    ...['amount data available', 'storage available', 'free storage space', 'total data available'],
  ],
  totalCapacity: [
    ...['device capacity', 'capacity', 'total capacity', 'total storage', 'total space', 'total'],
    ...['storage capacity', 'total disk space', 'gigs total disk space', 'total disk capacity'],
    ...['disk size', 'disk capacity', 'storage', 'total storage space', 'storage total'],
    ...['total storage space in bytes', 'device storage'],
  ],
  networkName: ['SSID'],
  passcodePresent: ['passcode', 'has passcode', 'is passcode present', 'passcode set'],
  supervised: ['is supervised', 'supervision', 'device supervised', 'device is supervised'],
  depEnrolled: [
    ...['DEP', 'ADE', 'DEP enrolled', 'enrolled via DEP', 'is DEP enrollment', 'DEP enrollment'],
  ],
  mdmEnrolled: ['enrolled'],
  userEnrollment: ['is user enrollment'],
  sharedIpad: ['is shared ipad', 'is multi user'],
  userLoggedIn: ['user logged in'],
  activeDeclaration: ['declaration'],
  timeZone: ['time zone', 'device time zone'],
}

const readingWhere: Partial<Record<ImportableField, KnownColumn['where']>> = {
  // The OS version in cfgutil; iBoot's version in ideviceinfo.
  osVersion: { form: 'osVersion', aliases: ['firmware version', 'firmware'] },
}

// The best first: when a program last read the device, then when it was last in contact. Not when a row of the
// program's database changed, which says nothing about the device.
const timeAliases = [
  ...['seen at', 'answered at', 'last inventory update epoch', 'last inventory update utc'],
  ...[
    'last inventory update',
    'last inventory update date',
    'last inventory',
    'last inventory date',
  ],
  ...['detail updated at', 'time interval since 1970', 'last check in', 'last check in time'],
  ...[
    'last check in date',
    'last contact',
    'last contact time',
    'last seen',
    'last seen at',
    'seen time',
  ],
  ...['last sync', 'last sync time', 'last sync date', 'last sync date time', 'last synced'],
  ...['date last beat', 'last beat', 'last communication', 'last connected', 'last reported'],
]

/** Every column that an import understands, in the order of the manual. */
export const importColumns: readonly KnownColumn[] = [
  ...deviceDraftFields.map((field) => ({
    key: field,
    column: { kind: 'device' as const, field },
    label: deviceFieldLabels[field],
    aliases: deviceAliases[field],
    ...(deviceWhere[field] && { where: deviceWhere[field] }),
  })),
  { key: 'mdmServer', column: { kind: 'mdmServer' }, label: 'MDM server', aliases: ['server'] },
  { key: 'readAt', column: { kind: 'readAt' }, label: 'Read at', aliases: timeAliases },
  ...importableFields.map((field) => ({
    key: field,
    column: { kind: 'reading' as const, field },
    label: field === 'automaticUpdatesOff' ? 'Automatic updates off' : readingFields[field].label,
    aliases: readingAliases[field] ?? [],
    ...(readingWhere[field] && { where: readingWhere[field] }),
  })),
]
export const importColumnKeys: readonly string[] = importColumns.map(({ key }) => key)
