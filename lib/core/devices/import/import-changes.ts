import type { FieldValueRow } from '@/lib/db/queries/devices/custom-fields'
import type { Device } from '@/lib/db/queries/devices/devices'
import { valueInWords } from '@/lib/domain/device/custom-field'
import {
  type DeviceDraft,
  deviceDraftFields,
  deviceFieldLabels,
} from '@/lib/domain/device/device-draft'
import type { ImportedReading } from '@/lib/domain/import/read-row'
import { describeReading } from '@/lib/domain/reading/describe-reading'
import {
  type DeviceState,
  type ReadingField,
  type ReadingValues,
  readingFields,
} from '@/lib/domain/reading/reading'
import { becomesCurrent, osFields } from '@/lib/domain/reading/reading-order'
import type { ServerOf } from './import-identity'
import type { ImportChange, ReadRow } from './import-types'

/** What a row would change, in words: for a known device the differences, for a new one every field. */
export function changesOf(
  device: Device | undefined,
  draft: DeviceDraft,
  server: ServerOf,
  rest: readonly ImportChange[],
): ImportChange[] {
  const fields = deviceDraftFields.flatMap((field) => {
    const from = device?.[field] ?? ''
    return from === draft[field]
      ? []
      : [{ label: deviceFieldLabels[field], from, to: draft[field] }]
  })
  const moved =
    (device?.mdmServerId ?? null) === server.id
      ? []
      : [{ label: 'MDM server', from: '', to: server.name }]
  return [...fields, ...moved, ...rest]
}

/** The custom fields of a row with another value than the device has. */
export function newFieldValues(
  row: ReadRow,
  current: ReadonlyMap<string, FieldValueRow> | undefined,
) {
  const news = row.fields.filter(({ field, value }) => current?.get(field.id)?.value !== value)
  return {
    kept: news.map(({ field, value }) => ({
      ...{ fieldId: field.id, value, correctsId: current?.get(field.id)?.id ?? null },
    })),
    changes: news.map(({ field, value }) => {
      const had = current?.get(field.id)?.value
      return {
        label: field.name,
        from: had == null ? '' : valueInWords(field, had),
        to: valueInWords(field, value),
      }
    }),
  }
}

const inWords = (field: ReadingField, value: ReadingValues[ReadingField] | undefined): string =>
  // The value belongs to this field, which the union of all fields cannot express.
  value === undefined ? 'not known' : describeReading(field, value as never)

export type NewReadings = { kept: ImportedReading[]; changes: ImportChange[]; notes: string[] }

/**
 * Which readings of a row are new. A file never outranks a later answer of the device, and readings without a time
 * outrank none that has one. A repeated value without a time is skipped: storing it would make an old reading look
 * fresh. The OS fields are one reading, imported together or not at all, so that no state combines the file's build
 * with the device's version.
 */
export function newReadings(row: ReadRow, state: DeviceState | undefined, now: Date): NewReadings {
  const os = row.readings.filter(({ field }) => isOs(field))
  const groups = [
    ...(os.length > 0 ? [os] : []),
    ...row.readings.filter(({ field }) => !isOs(field)).map((one) => [one]),
  ]
  const found: NewReadings = { kept: [], changes: [], notes: [] }
  for (const group of groups) judgeGroup(group, row, state, now, found)
  return found
}

const isOs = (field: ReadingField) => osFields.some((osField) => osField === field)

function judgeGroup(
  group: readonly ImportedReading[],
  { readAt }: ReadRow,
  state: DeviceState | undefined,
  now: Date,
  { kept, changes, notes }: NewReadings,
) {
  const ranked = { source: 'imported' as const, answeredAt: readAt ?? now, ageUnknown: !readAt }
  const same = group.every(
    ({ field, value }) => state?.[field] !== undefined && state[field]?.value === value,
  )
  const named = group.map(({ field }) => readingFields[field].label).join(' and ')
  if (!group.every(({ field }) => becomesCurrent(field, ranked, state))) {
    const newer = readAt
      ? 'there is a later reading already'
      : 'there is a reading with a known time already'
    if (!same) notes.push(`${named} left out: ${newer}`)
    return
  }
  const isNews = group.some(({ field }) => readAt && isBefore(state?.[field]?.answeredAt, readAt))
  if (same && !isNews) return
  if (same && isPartOfKnownOs(group, state)) {
    notes.push(
      `${named} left out: it is stored already, together with a part that the file does not have`,
    )
    return
  }
  for (const reading of group) {
    const { field, value } = reading
    const current = state?.[field]
    kept.push(reading)
    const from = current ? inWords(field, current.value) : ''
    const to = inWords(field, value)
    changes.push({
      label: readingFields[field].label,
      from,
      to: same ? `${to}, newer reading` : to,
    })
  }
}

const isBefore = (kept: Date | undefined, at: Date) => kept === undefined || kept < at

/** Storing a repeated version alone would make the build that was read with it unknown. */
const isPartOfKnownOs = (group: readonly ImportedReading[], state: DeviceState | undefined) =>
  group.some(({ field }) => isOs(field)) &&
  osFields.some(
    (field) => state?.[field]?.value !== undefined && !group.some((one) => one.field === field),
  )
