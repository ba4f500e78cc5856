import type { Device, IdentityField } from '@/lib/db/queries/devices/devices'
import type { ShownServer } from '@/lib/db/queries/servers/servers'
import type { Platform } from '@/lib/domain/device/device'
import type { DeviceDraft } from '@/lib/domain/device/device-draft'
import type { CellProblem, ImportedReading, ImportedRow } from '@/lib/domain/import/read-row'
import type { DeviceState } from '@/lib/domain/reading/reading'

export type ImportChange = { label: string; from: string; to: string }

/** A row that can be imported as a whole, and what that would do. */
export type GoodRow = {
  row: number
  /** How the row's device is called. */
  name: string
  kind: 'new' | 'changed' | 'same'
  matchedBy: 'enrollment ID' | 'serial' | undefined
  changes: ImportChange[]
  /** What of the row is left out or read otherwise than written, and why. */
  notes: string[]
  deviceId: string | undefined
  draft: DeviceDraft
  mdmServerId: string | null
  readings: ImportedReading[]
  /** When its readings were taken; undefined where nobody knows. */
  readAt: Date | undefined
}

/** A row of which nothing is imported, and every reason. */
export type BadRow = { row: number; name: string; problems: CellProblem[] }

export type ReadRow = ImportedRow
export type DevicesByName = Record<IdentityField, Map<string, Device>>

/** What a row is judged against. */
export type Surroundings = {
  byName: DevicesByName
  /** Problems a row has with other rows of the file, by row. */
  shared: Map<number, CellProblem[]>
  states: Map<string, DeviceState>
  busy: Map<string, string>
  servers: readonly ShownServer[]
  /** Where new devices are enrolled, unless their row names a server. */
  mdmServerId: string | undefined
  /** Of new devices whose row tells none. */
  platform: Platform | undefined
  now: Date
}
