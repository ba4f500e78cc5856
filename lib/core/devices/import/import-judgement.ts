import type { Device } from '@/lib/db/queries/devices/devices'
import {
  type DeviceDraft,
  deviceFieldLabels,
  draftProblems,
} from '@/lib/domain/device/device-draft'
import type { ImportedReading } from '@/lib/domain/import/read-row'
import { type CellProblem, inapplicable } from '@/lib/domain/import/read-row'
import { deviceInWords } from '../save-device'
import { changesOf, newFieldValues, newReadings } from './import-changes'
import { bound, identityProblems, matchOf, named, serverOf } from './import-identity'
import type { BadRow, GoodRow, ReadRow, Surroundings } from './import-types'

/** Judges one row, which is imported completely or not at all. */
export function judgeRow(row: ReadRow, around: Surroundings): GoodRow | BadRow {
  // If its cells cannot be assigned to columns, nothing in the row can be used.
  if (row.problems.some(({ column }) => column === 'the whole row'))
    return { row: row.row, name: '', problems: row.problems }
  const device = matchOf(row, around)
  const readings = newReadings(row, device && around.states.get(device.id), around.now)
  const draft = draftOf(row, device, readings.kept, around)
  const server = serverOf(row, device, around)
  const problems = [
    ...row.problems,
    ...(around.shared.get(row.row) ?? []),
    ...identityProblems(row, device, around),
    ...draftGaps(row, device, draft, around),
    ...inapplicable(row, draft.platform),
    ...server.problems,
  ]
  const { labTag, name, serial, enrollmentId } = row.device
  const called = device ? deviceInWords(device) : (labTag ?? name ?? serial ?? enrollmentId ?? '')
  if (problems.length === 0 && device) problems.push(...bound(device, draft, server.id, around))
  if (problems.length > 0) return { row: row.row, name: called, problems }
  const fields = newFieldValues(row, device && around.fieldValues.get(device.id))
  const changes = changesOf(device, draft, server, [...fields.changes, ...readings.changes])
  return {
    row: row.row,
    name: called,
    kind: device ? (changes.length > 0 ? 'changed' : 'same') : 'new',
    matchedBy:
      device && (named('enrollmentId', row, around) ? 'enrollment ID' : ('serial' as const)),
    changes,
    notes: [...row.notes, ...readings.notes],
    deviceId: device?.id,
    draft,
    mdmServerId: server.id,
    readings: readings.kept,
    fields: fields.kept,
    readAt: row.readAt,
  }
}

function draftOf(
  row: ReadRow,
  device: Device | undefined,
  readings: readonly ImportedReading[],
  around: Surroundings,
): DeviceDraft {
  const given = { ...row.device }
  if (device && !tellsPlatform(device, row, readings)) delete given.platform
  if (device && isSmallForm(given.serial, device.serial)) delete given.serial
  // A name from a check-in may have blanks around it, which no file has.
  if (device && given.name === device.name.trim()) delete given.name
  const kept = device && {
    labTag: device.labTag ?? '',
    name: device.name,
    enrollmentId: device.enrollmentId ?? '',
    serial: device.serial ?? '',
    platform: device.platform,
    modelIdentifier: device.modelIdentifier ?? '',
    modelName: device.modelName ?? '',
    location: device.location,
    holder: device.holder,
    notes: device.notes,
  }
  const empty: DeviceDraft = {
    labTag: '',
    // As for a check-in without a device name.
    name: given.labTag ?? given.serial ?? given.enrollmentId ?? '',
    enrollmentId: '',
    serial: '',
    platform: around.platform ?? 'iOS',
    modelIdentifier: '',
    modelName: '',
    location: '',
    holder: '',
    notes: '',
  }
  return { ...(kept ?? empty), ...given }
}

/** Some programs write serials in lower case, which is no change. A serial in upper case corrects a typed one. */
const isSmallForm = (given: string | undefined, kept: string | null): boolean =>
  given !== undefined && /[a-z]/.test(given) && given.toLowerCase() === kept?.toLowerCase()

/**
 * Whether a row may change the platform of a known device. iOS and iPadOS name the same system at different versions,
 * so an old export must not change an iPad that was updated since.
 */
function tellsPlatform(
  device: Device,
  row: ReadRow,
  readings: readonly ImportedReading[],
): boolean {
  const { platform } = row.device
  const oneSystem = platform !== 'tvOS' && device.platform !== 'tvOS'
  return (
    !oneSystem || readings.some(({ field, value }) => field === 'osVersion' && value !== undefined)
  )
}

/** Missing fields of a new device, and a model that cannot run its platform. Unreadable cells were reported before. */
function draftGaps(
  row: ReadRow,
  device: Device | undefined,
  draft: DeviceDraft,
  around: Surroundings,
): CellProblem[] {
  const reported = new Set(row.problems.map(({ column }) => column))
  const hasPlatform =
    device || row.device.platform || around.platform || reported.has(deviceFieldLabels.platform)
  const missing = hasPlatform ? [] : [missingPlatform(row)]
  const gaps = draftProblems(draft)
    .filter(({ field }) => !reported.has(deviceFieldLabels[field]))
    // A problem in stored data, such as from a check-in, is not a problem of this row.
    .filter(
      ({ field }) =>
        !device || field in row.device || (field === 'platform' && 'modelIdentifier' in row.device),
    )
    .map(({ field, reason, accepted }) => ({
      column: deviceFieldLabels[field],
      text: draft[field],
      reason,
      accepted,
    }))
  return missing.length > 0
    ? [...missing, ...gaps.filter(({ column }) => column !== deviceFieldLabels.platform)]
    : gaps
}

const missingPlatform = ({ openPlatform }: ReadRow): CellProblem => ({
  column: deviceFieldLabels.platform,
  text: openPlatform ?? '',
  reason: openPlatform
    ? 'This does not say which of the two it is, and the row has no model that would.'
    : 'A new device needs its platform.',
  accepted: 'iOS, iPadOS or tvOS, a model identifier, or one platform for the whole file',
})
