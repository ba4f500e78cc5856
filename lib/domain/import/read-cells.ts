import { type DeviceDraftField, draftFieldProblem } from '../device/device-draft'
import { acceptedBuild, buildPattern } from '../device/os-version'
import type { ReadingField, ReadingValues } from '../reading/reading'
import { acceptedForm, readTyped } from '../reading/typed-reading'
import { type CapacityColumn, readCapacity } from './capacity'
import type { ImportableField } from './columns'
import { readOsText } from './os'
import { type BatteryUnit, readBattery } from './units'
import { isUnknown, yesNoOf } from './words'

/** How the cells of a file are read, decided for each column as a whole. */
export type CellRules = {
  battery: BatteryUnit | undefined
  total: CapacityColumn
  free: CapacityColumn
}

export type ReadCell =
  | {
      value: ReadingValues[ReadingField] | undefined
      extra?: string | undefined
      build?: string | undefined
      supplementalBuild?: string | undefined
    }
  | { bad: string; accepted: string }

const yesNoFields: readonly ImportableField[] = [
  ...([
    'supervised',
    'depEnrolled',
    'mdmEnrolled',
    'appInstallationRight',
    'userEnrollment',
  ] as const),
  ...([
    'sharedIpad',
    'userLoggedIn',
    'activeDeclaration',
    'passcodePresent',
    'externalPower',
  ] as const),
  ...(['networkCaptive', 'automaticUpdatesOff'] as const),
]

/** Reads one cell of a reading; an undefined value means "not known". */
export function readReading(
  field: ImportableField,
  label: string,
  text: string,
  rules: CellRules,
): ReadCell {
  // "None" is a value of the network field; elsewhere it means unknown.
  if (isUnknown(text) && !(field === 'network' && /^none$/i.test(text.trim())))
    return { value: undefined }
  if (field === 'batteryLevel') return readBattery(text, rules.battery)
  if (field === 'totalCapacity') return readCapacity(text, rules.total)
  if (field === 'freeCapacity') return readCapacity(text, rules.free)
  if (field === 'osVersion') {
    const os = readOsText(text)
    if (os) {
      const { version, extra, build, supplementalBuild } = os
      return { value: version, extra, build, supplementalBuild }
    }
  }
  if (field === 'osVersionExtra' || field === 'osSupplementalBuild') {
    const { form, accepted } = supplements[field]
    const trimmed = text.trim()
    return form.test(trimmed)
      ? { value: trimmed }
      : { bad: `“${trimmed}” cannot be read as ${label}.`, accepted }
  }
  const typed = readTyped(field, text)
  if (typed.status === 'value') return { value: typed.value }
  if (typed.status === 'notKnown') return { value: undefined }
  const said = yesNoFields.includes(field) ? yesNoOf(text, label) : undefined
  return said === undefined ? { bad: typed.reason, accepted: acceptedForm(field) } : { value: said }
}

const supplements = {
  osVersionExtra: { form: /^\([a-z]\)$/, accepted: 'a letter in brackets such as (a)' },
  osSupplementalBuild: {
    form: new RegExp(`^${buildPattern}$`),
    accepted: acceptedBuild,
  },
} as const

const ofColumns: Partial<Record<ImportableField, string>> = {
  batteryLevel: 'percentages or fractions, one of them in the whole column, such as 50 % or 0.5',
  totalCapacity: 'bytes, MB, GB or GiB, one unit in the whole column or named in each cell',
  freeCapacity: 'as the total disk, and not more than it',
  osVersion: 'a version such as 11.4.1, iPadOS 17.6.1, 12.5.5 (16H62) or 26.3.1 (a)',
  osVersionExtra: supplements.osVersionExtra.accepted,
  osSupplementalBuild: supplements.osSupplementalBuild.accepted,
}

/** The accepted form of a column, for the manual of the import. */
export function acceptedInFile(field: ImportableField): string {
  if (field === 'osVersionExtra' || field === 'osSupplementalBuild')
    return supplements[field].accepted
  return ofColumns[field] ?? acceptedForm(field)
}

// Kept byte for byte: a blank around it is reported, not removed silently.
const exact: readonly DeviceDraftField[] = ['enrollmentId', 'serial']

/**
 * A UDID as devices report it: 40 hexadecimal digits in lower case, or 8 and 16 in upper case with a hyphen. Some
 * programs leave out the hyphen or write the old form in upper case, and no MDM server finds the device by that.
 */
function udidOf(text: string): string {
  if (/^[0-9a-f]{40}$/i.test(text)) return text.toLowerCase()
  return /^[0-9a-f]{24}$/i.test(text) ? `${text.slice(0, 8)}-${text.slice(8)}`.toUpperCase() : text
}

/** Words of summary lines and repeated headers, which have the form of a serial. */
const noSerials = new Set([
  ...['total', 'totals', 'grandtotal', 'subtotal', 'summary', 'average', 'count', 'devices'],
  ...['gesamt', 'gesamtsumme', 'insgesamt', 'anzahl', 'durchschnitt', 'totale', 'totaal'],
  ...['serial', 'serialnumber', 'seriennummer', 'hardwareserial'],
])

/** Reads one cell with a field of the device itself; "N/A" counts as empty. */
export function readDeviceText(
  field: DeviceDraftField,
  text: string,
): { kept: string } | { bad: string; accepted: string } | undefined {
  if (isUnknown(text)) return undefined
  const kept = field === 'enrollmentId' ? udidOf(text) : exact.includes(field) ? text : text.trim()
  if (field === 'serial' && noSerials.has(kept.toLowerCase()))
    return { bad: 'This is a word of a summary or a header, not a serial.', accepted: 'a serial' }
  const problem = draftFieldProblem(field, kept)
  return problem ? { bad: problem.reason, accepted: problem.accepted } : { kept }
}
