import type { CurrentValues } from '@/lib/db/queries/devices/custom-fields'
import type { Device, IdentityField } from '@/lib/db/queries/devices/devices'
import type { ShownServer } from '@/lib/db/queries/servers/servers'
import type { Platform } from '@/lib/domain/device/device'
import type { DeviceDraft } from '@/lib/domain/device/device-draft'
import type { CellProblem, ImportedReading, ImportedRow } from '@/lib/domain/import/read-row'
import type { DeviceState } from '@/lib/domain/reading/reading'

export type ImportChange = { label: string; from: string; to: string }

/** A row that can be imported, and what that would change. */
export type GoodRow = {
  row: number
  /** The name of the row's device. */
  name: string
  kind: 'new' | 'changed' | 'same'
  matchedBy: 'enrollment ID' | 'serial' | undefined
  changes: ImportChange[]
  /** What in the row is left out or understood differently from how it is written, and why. */
  notes: string[]
  deviceId: string | undefined
  draft: DeviceDraft
  mdmServerId: string | null
  readings: ImportedReading[]
  /** Custom fields with another value than the device has, and the row of values that each corrects. */
  fields: { fieldId: string; value: string; correctsId: number | null }[]
  /** When its readings were taken; undefined if unknown. */
  readAt: Date | undefined
}

/** A row that is not imported, with all reasons. */
export type BadRow = { row: number; name: string; problems: CellProblem[] }

export type ReadRow = ImportedRow
export type DevicesByName = Record<IdentityField, Map<string, Device>>

/** The inventory and the rest of the file, which a row is judged against. */
export type Surroundings = {
  byName: DevicesByName
  /** Conflicts with other rows of the file, by row number. */
  shared: Map<number, CellProblem[]>
  states: Map<string, DeviceState>
  busy: Map<string, string>
  /** The custom fields of the matched devices. */
  fieldValues: CurrentValues
  servers: readonly ShownServer[]
  /** The MDM server of new devices whose row names none. */
  mdmServerId: string | undefined
  /** The platform of new devices whose row names none. */
  platform: Platform | undefined
  now: Date
}
