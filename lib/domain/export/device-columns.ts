import type { CustomFieldType, FieldForm } from '../device/custom-field'
import { acceptedValue, fieldHeader } from '../device/custom-field'
import { platforms } from '../device/device'
import { type DeviceDraftField, deviceDraftFields } from '../device/device-draft'
import { type ImportableField, importableFields } from '../import/columns'
import { describeReading } from '../reading/describe-reading'
import { networkKinds, readingFields } from '../reading/reading'
import { codesOf, column, type ExportColumn, environment } from './column'

const refusedCell = 'Empty: none, or one that an import would refuse.'

const meanings: Record<DeviceDraftField, string> = {
  labTag: "The tag on the device's back.",
  name: 'The name people use for it.',
  enrollmentId: "The MDM server's string for the device, byte for byte.",
  serial: 'Its serial.',
  platform: 'iOS, iPadOS or tvOS.',
  modelIdentifier: "Apple's product name, such as iPad7,5.",
  modelName: 'The name of the model.',
  location: 'Where it is kept, as written on its page.',
  holder: 'Who has it, as written on its page.',
  notes: 'Notes of the lab.',
}

/** The header of a property; the import folds it to its key. */
const headerOf = (key: string) => key.replaceAll(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`)

const readingTypes: Partial<Record<ImportableField, ExportColumn['type']>> = {
  osVersion: 'text',
  osBuild: 'text',
  osVersionExtra: 'text',
  osSupplementalBuild: 'text',
  batteryLevel: 'text',
  freeCapacity: 'text',
  totalCapacity: 'text',
  networkName: 'text',
  timeZone: 'text',
  network: 'code',
}
const units: Partial<Record<ImportableField, string>> = {
  batteryLevel: 'with its percent sign',
  freeCapacity: 'with its unit, GB as last read',
  totalCapacity: 'with its unit, GB as last read',
}

/** The columns that every lab has, in order. An import reads all but the last four. */
export const deviceColumns: readonly ExportColumn[] = [
  ...deviceDraftFields.map((field) =>
    column(headerOf(field), field === 'platform' ? 'code' : 'text', meanings[field], {
      missing: refusedCell,
      ...(field === 'platform' && { codes: codesOf(platforms, (one) => one) }),
    }),
  ),
  column('mdm_server', 'code', 'The short name of its MDM server.', { missing: 'Empty: none.' }),
  column(
    'read_at',
    'time',
    'When the oldest of the readings in this row was taken, to the second, so that no import takes a reading for newer than it is.',
    { missing: 'Empty: the row has no reading.' },
  ),
  ...importableFields.map((field) =>
    column(
      headerOf(field),
      readingTypes[field] ?? 'boolean',
      `${readingFields[field].label}, as last read.`,
      {
        unit: units[field] ?? '',
        ...(field === 'network' && {
          codes: codesOf(networkKinds, (kind) => describeReading('network', kind)),
        }),
        missing:
          'Empty: unknown, not applicable, read at no known time, or nothing that an import would take.',
      },
    ),
  ),
  column(
    'custodian',
    'text',
    'Who has it now. An import does not read it: a device is handed over and accepted.',
    {
      missing: 'Empty: nobody.',
    },
  ),
  column('custody_since', 'time', 'Since when.', { missing: 'Empty: nobody has it.' }),
  column('custody_place', 'text', 'Where that person has it.', {
    missing: 'Empty: nobody has it; location says where it is kept.',
  }),
  environment,
]

const types: Record<CustomFieldType, ExportColumn['type']> = {
  text: 'text',
  number: 'number',
  date: 'text',
  yesNo: 'code',
  choice: 'code',
}

/** The columns of the custom fields, after those of `deviceColumns`. */
export const fieldColumns = (
  fields: readonly (FieldForm & { help: string })[],
): readonly ExportColumn[] =>
  fields.map((field) =>
    column(
      fieldHeader(field),
      types[field.type],
      [field.help || 'A field of this lab.', `Accepted: ${acceptedValue(field)}.`].join(' '),
      {
        unit: field.unit,
        missing: 'Empty: none was entered.',
        ...(field.type === 'yesNo' && { codes: { yes: 'yes', no: 'no' } }),
        ...(field.type === 'choice' && { codes: codesOf(field.options, (option) => option) }),
      },
    ),
  )
