import type { Device } from '@/lib/db/queries/devices/devices'
import {
  type DeviceDraft,
  deviceFieldLabels,
  draftProblems,
} from '@/lib/domain/device/device-draft'
import type { ImportedReading } from '@/lib/domain/import/read-row'
import { type CellProblem, inapplicable } from '@/lib/domain/import/read-row'
import { deviceInWords } from '../save-device'
import { changesOf, newReadings } from './import-changes'
import { bound, identityProblems, matchOf, named, serverOf } from './import-identity'
import type { BadRow, GoodRow, ReadRow, Surroundings } from './import-types'

/** Judges one row whole: it is imported as it stands or not at all. */
export function judgeRow(row: ReadRow, around: Surroundings): GoodRow | BadRow {
  // Cells that cannot be told apart say nothing of the device either.
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
  const changes = changesOf(device, draft, server, readings.changes)
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
    // As a check-in names a device that does not tell its own name.
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

/** Some programs write serials in small letters: that is no other serial. Great letters correct what was typed. */
const isSmallForm = (given: string | undefined, kept: string | null): boolean =>
  given !== undefined && /[a-z]/.test(given) && given.toLowerCase() === kept?.toLowerCase()

/**
 * Whether a row may change what platform a known device has. iOS and iPadOS are names of one system by
 * its version, so an old export must not rename an iPad that has been updated since.
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

/** What a new device lacks, and a model that cannot run its platform. Bad cells have been named already. */
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
    // What an earlier check-in wrote is not this row's fault.
    .filter(({ field }) => !device || field in row.device || 'modelIdentifier' in row.device)
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
    ? 'This leaves open which of the two it is, and the row has no model that tells.'
    : 'A new device needs its platform.',
  accepted: 'iOS, iPadOS or tvOS, a model identifier, or one platform for the whole file',
})
