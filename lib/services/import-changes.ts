import type { Device } from '@/lib/db/devices'
import { describeReading } from '@/lib/domain/describe-reading'
import { type DeviceDraft, deviceDraftFields, deviceFieldLabels } from '@/lib/domain/device-draft'
import type { ImportedReading } from '@/lib/domain/import-row'
import {
  type DeviceState,
  type ReadingField,
  type ReadingValues,
  readingFields,
} from '@/lib/domain/reading'
import type { ServerOf } from './import-identity'
import type { ImportChange, ReadRow } from './import-types'

/** What of a kept device a row would change, in words. */
export function changesOf(
  device: Device,
  draft: DeviceDraft,
  server: ServerOf,
  readings: readonly ImportChange[],
): ImportChange[] {
  const fields = deviceDraftFields.flatMap((field) => {
    const from = device[field] ?? ''
    return from === draft[field]
      ? []
      : [{ label: deviceFieldLabels[field], from, to: draft[field] }]
  })
  const moved =
    device.mdmServerId === server.id ? [] : [{ label: 'MDM server', from: '', to: server.name }]
  return [...fields, ...moved, ...readings]
}

const inWords = (field: ReadingField, value: ReadingValues[ReadingField] | undefined): string =>
  // The value has come from the same field's reader or record, which the union of all fields cannot say.
  value === undefined ? 'not known' : describeReading(field, value as never)

/**
 * Which readings of a row are news. Without a time of its own a file that repeats what is known tells
 * nothing: writing it anew would make an old reading look fresh.
 */
export function newReadings({ readings, readAt }: ReadRow, state: DeviceState | undefined) {
  const kept: ImportedReading[] = []
  const changes: ImportChange[] = []
  const notes: string[] = []
  for (const reading of readings) {
    const { field, value } = reading
    const { label } = readingFields[field]
    const current = state?.[field]
    const same = current !== undefined && current.value === value
    if (current && readAt && readAt <= current.answeredAt) {
      if (!same) notes.push(`${label} is left out: a newer reading is kept already`)
    } else if (!same || readAt) {
      kept.push(reading)
      const from = current ? inWords(field, current.value) : ''
      const to = inWords(field, value)
      changes.push({ label, from, to: same ? `${to}, read anew` : to })
    }
  }
  return { kept, changes, notes }
}
