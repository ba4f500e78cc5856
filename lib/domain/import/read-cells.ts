import { type DeviceDraftField, draftFieldProblem } from '../device-draft'
import type { ReadingField, ReadingValues } from '../reading'
import { acceptedForm, readTyped, type TypeableField } from '../typed-reading'
import { type BatteryUnit, readBattery } from './battery'
import { type CapacityColumn, readCapacity } from './capacity'
import { readOsText } from './os'
import { isUnknown, yesNoOf } from './words'

/** How the columns of one file are read; decided for each column as a whole. */
export type CellRules = {
  battery: BatteryUnit | undefined
  total: CapacityColumn
  free: CapacityColumn
}

export type ReadCell =
  | { value: ReadingValues[ReadingField] | undefined; build?: string | undefined }
  | { bad: string; accepted: string }

const yesNoFields: readonly TypeableField[] = [
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

/** Reads one cell of a reading; an undefined value is "not known". */
export function readReading(
  field: TypeableField,
  label: string,
  text: string,
  rules: CellRules,
): ReadCell {
  if (isUnknown(text)) return { value: undefined }
  if (field === 'batteryLevel') return readBattery(text, rules.battery)
  if (field === 'totalCapacity') return readCapacity(text, rules.total)
  if (field === 'freeCapacity') return readCapacity(text, rules.free)
  if (field === 'osVersion') {
    const os = readOsText(text)
    if (os) return { value: os.version, build: os.build }
  }
  const typed = readTyped(field, text)
  if (typed.status === 'value') return { value: typed.value }
  if (typed.status === 'notKnown') return { value: undefined }
  const said = yesNoFields.includes(field) ? yesNoOf(text, label) : undefined
  return said === undefined
    ? { bad: typed.because, accepted: acceptedForm(field) }
    : { value: said }
}

// Kept byte for byte, so that a blank is told and not cut off in silence.
const exact: readonly DeviceDraftField[] = ['enrollmentId', 'serial']

/** One cell of the device itself; an export's "N/A" is an empty cell. */
export function readDeviceText(
  field: DeviceDraftField,
  text: string,
): { kept: string } | { bad: string; accepted: string } | undefined {
  if (isUnknown(text)) return undefined
  const kept = exact.includes(field) ? text : text.trim()
  const problem = draftFieldProblem(field, kept)
  return problem ? { bad: problem.because, accepted: problem.accepted } : { kept }
}
