import { type DeviceDraftField, deviceDraftFields, deviceFieldLabels } from './device-draft'
import { readingFields } from './reading'
import { type TypeableField, typeableFields } from './typed-reading'

/** What a column of an imported file can mean. */
export type ImportColumn =
  | { kind: 'device'; field: DeviceDraftField }
  | { kind: 'reading'; field: TypeableField }
  | { kind: 'mdmServer' }
  | { kind: 'readAt' }

export type NamedColumn = {
  column: ImportColumn
  label: string
  /** Other headers that mean it; case, spaces and signs do not matter. */
  aliases: readonly string[]
}

const deviceAliases: Partial<Record<DeviceDraftField, readonly string[]>> = {
  labTag: ['asset tag', 'tag'],
  name: ['device name'],
  enrollmentId: ['UDID'],
  serial: ['serial number'],
  platform: ['OS family'],
  modelIdentifier: ['product name', 'identifier'],
  modelName: ['model name', 'marketing name'],
  location: ['place', 'shelf'],
  holder: ['owner', 'assigned to'],
  notes: ['note', 'comment'],
}

// "Automatic updates", the label on the pages, is left out: a "yes" in it would mean the opposite of what is kept.
const readingAliases: Partial<Record<TypeableField, readonly string[]>> = {
  osVersion: ['version', 'iOS version', 'product version'],
  osBuild: ['build', 'build version'],
  batteryLevel: ['battery level'],
  externalPower: ['power', 'plugged in'],
  freeCapacity: ['free GB', 'free disk GB', 'available capacity'],
  totalCapacity: ['total GB', 'total disk GB', 'capacity'],
  networkName: ['SSID'],
  passcodePresent: ['passcode'],
  depEnrolled: ['DEP', 'ADE'],
  mdmEnrolled: ['enrolled'],
  userLoggedIn: ['user logged in'],
  activeDeclaration: ['declaration'],
}

/** Every column an import understands, in the order the manual lists them. */
export const importColumns: readonly NamedColumn[] = [
  ...deviceDraftFields.map((field) => ({
    column: { kind: 'device' as const, field },
    label: deviceFieldLabels[field],
    aliases: deviceAliases[field] ?? [],
  })),
  { column: { kind: 'mdmServer' }, label: 'MDM server', aliases: ['server'] },
  { column: { kind: 'readAt' }, label: 'Read at', aliases: ['seen at', 'answered at'] },
  ...typeableFields.map((field) => ({
    column: { kind: 'reading' as const, field },
    label: field === 'automaticUpdatesOff' ? 'Automatic updates off' : readingFields[field].label,
    aliases: readingAliases[field] ?? [],
  })),
]

const folded = (header: string) => header.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '')

const byHeader = new Map<string, NamedColumn>(
  importColumns.flatMap((named) => {
    const { column, label, aliases } = named
    const own = 'field' in column ? [column.field] : [column.kind]
    return [label, ...own, ...aliases].map((header) => [folded(header), named] as const)
  }),
)

/** The column a header names, in any spelling of case, spaces, hyphens and underscores. */
export const columnOf = (header: string): NamedColumn | undefined => byHeader.get(folded(header))
