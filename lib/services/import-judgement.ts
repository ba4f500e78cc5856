import type { Device } from '@/lib/db/devices'
import { type DeviceDraft, deviceFieldLabels, draftProblems } from '@/lib/domain/device-draft'
import { type CellProblem, inapplicable } from '@/lib/domain/import-row'
import { changesOf, newReadings } from './import-changes'
import { bound, identityProblems, matchOf, named, serverOf } from './import-identity'
import type { BadRow, GoodRow, ReadRow, Surroundings } from './import-types'
import { deviceInWords } from './save-device'

/** Judges one row whole: it is imported as it stands or not at all. */
export function judgeRow(row: ReadRow, around: Surroundings): GoodRow | BadRow {
  const device = matchOf(row, around)
  const draft = draftOf(row, device)
  const server = serverOf(row, device, around)
  const problems = [
    ...row.problems,
    ...(around.shared.get(row.row) ?? []),
    ...identityProblems(row, device, around),
    ...draftGaps(row, device, draft),
    ...inapplicable(row, draft.platform),
    ...server.problems,
  ]
  const { labTag, name, serial, enrollmentId } = row.device
  const called = device ? deviceInWords(device) : (labTag ?? name ?? serial ?? enrollmentId ?? '')
  if (problems.length === 0 && device) problems.push(...bound(device, draft, server.id, around))
  if (problems.length > 0) return { row: row.row, name: called, problems }
  const readings = newReadings(row, device && around.states.get(device.id))
  const changes = device ? changesOf(device, draft, server, readings.changes) : []
  return {
    row: row.row,
    name: called,
    kind: device ? (changes.length > 0 ? 'changed' : 'same') : 'new',
    matchedBy:
      device && (named('enrollmentId', row, around) ? 'enrollment ID' : ('serial' as const)),
    changes,
    notes: readings.notes,
    deviceId: device?.id,
    draft,
    mdmServerId: server.id,
    readings: readings.kept,
    readAt: row.readAt,
  }
}

function draftOf({ device: given }: ReadRow, device: Device | undefined): DeviceDraft {
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
    platform: 'iOS',
    modelIdentifier: '',
    modelName: '',
    location: '',
    holder: '',
    notes: '',
  }
  return { ...(kept ?? empty), ...given }
}

/** What a new device lacks, and a model that cannot run its platform. Bad cells have been named already. */
function draftGaps(row: ReadRow, device: Device | undefined, draft: DeviceDraft): CellProblem[] {
  const told = new Set(row.problems.map(({ column }) => column))
  const missing: CellProblem[] =
    device || row.device.platform || told.has(deviceFieldLabels.platform)
      ? []
      : [
          {
            column: deviceFieldLabels.platform,
            text: '',
            because: 'A new device needs its platform.',
            accepted: 'iOS, iPadOS or tvOS',
          },
        ]
  const gaps = draftProblems(draft)
    .filter(({ field }) => !told.has(deviceFieldLabels[field]))
    // What an earlier check-in wrote is not this row's fault.
    .filter(({ field }) => !device || field in row.device || 'modelIdentifier' in row.device)
    .map(({ field, because, accepted }) => ({
      column: deviceFieldLabels[field],
      text: draft[field],
      because,
      accepted,
    }))
  return missing.length > 0
    ? [...missing, ...gaps.filter(({ column }) => column !== deviceFieldLabels.platform)]
    : gaps
}
