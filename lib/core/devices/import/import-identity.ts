import type { Device, IdentityField } from '@/lib/db/queries/devices/devices'
import { type DeviceDraft, deviceFieldLabels } from '@/lib/domain/device/device-draft'
import type { CellProblem } from '@/lib/domain/import/read-row'
import { boundFieldChanged, deviceInWords } from '../save-device'
import type { ReadRow, Surroundings } from './import-types'

/** The device whose lab tag, enrollment ID or serial is the one in the row. */
export const named = (field: IdentityField, row: ReadRow, around: Pick<Surroundings, 'byName'>) =>
  around.byName[field].get(row.device[field]?.toLowerCase() ?? '')

/** The device of a row, by enrollment ID or else by serial; undefined for a new one. */
export function matchOf(row: ReadRow, around: Pick<Surroundings, 'byName'>): Device | undefined {
  return named('enrollmentId', row, around) ?? named('serial', row, around)
}

/** Problems with the identifiers of a row. */
export function identityProblems(
  row: ReadRow,
  device: Device | undefined,
  around: Surroundings,
): CellProblem[] {
  const { labTag, enrollmentId, serial } = row.device
  const problems: CellProblem[] = []
  const add = (field: IdentityField, reason: string, accepted: string) =>
    problems.push({
      column: deviceFieldLabels[field],
      text: row.device[field] ?? '',
      reason,
      accepted,
    })
  if (!enrollmentId && !serial && row.problems.length === 0)
    add(
      'enrollmentId',
      'The row has neither an enrollment ID nor a serial, so a second import could not find its device.',
      'one of the two',
    )
  if (device?.retiredAt)
    add('serial', `${deviceInWords(device)} is retired.`, 'take it back into use first')
  if (device && enrollmentId && sameButCase(enrollmentId, device.enrollmentId))
    add(
      'enrollmentId',
      `It differs from the kept ${device.enrollmentId} in its letter case only.`,
      'exactly as the MDM server has it',
    )
  for (const field of ['serial', 'labTag'] as const) {
    const other = named(field, row, around)
    if (other && other.id !== device?.id)
      add(
        field,
        `It belongs to ${deviceInWords(other)}.`,
        field === 'labTag' && labTag
          ? 'a free lab tag'
          : 'the serial of the device with this enrollment ID',
      )
  }
  return problems
}

const sameButCase = (text: string, kept: string | null) =>
  kept !== null && text !== kept && text.toLowerCase() === kept.toLowerCase()

/** The MDM server of a row, with its name. */
export type ServerOf = { id: string | null; name: string; problems: CellProblem[] }

export function serverOf(row: ReadRow, device: Device | undefined, around: Surroundings): ServerOf {
  const { servers } = around
  const wanted = row.mdmServer?.toLowerCase()
  const server =
    wanted === undefined
      ? servers.find(({ id }) => id === (device ? device.mdmServerId : around.mdmServerId))
      : servers.find(({ slug, name }) => slug === wanted || name.toLowerCase() === wanted)
  const found = { id: server?.id ?? null, name: server?.name ?? 'none' }
  const bad = (reason: string): ServerOf => ({
    ...found,
    problems: [
      {
        column: 'MDM server',
        text: row.mdmServer ?? '',
        reason,
        accepted: servers.map(({ name }) => name).join(', ') || 'an empty cell',
      },
    ],
  })
  if (wanted !== undefined && !server) return bad('There is no such MDM server.')
  if (device && server && server.simulated !== device.simulated)
    return bad(`${deviceInWords(device)} cannot move between real and virtual MDM servers.`)
  return { ...found, problems: [] }
}

/** Refuses a change of the device's identity while a trial or command is open on it. */
export function bound(
  device: Device,
  draft: DeviceDraft,
  mdmServerId: string | null,
  around: Surroundings,
): CellProblem[] {
  const busy = around.busy.get(device.id)
  const field = boundFieldChanged(device, { ...draft, mdmServerId })
  if (!busy || !field) return []
  const column = field === 'mdmServerId' ? 'MDM server' : deviceFieldLabels[field]
  const text = field === 'mdmServerId' ? '' : draft[field]
  const accepted = `${device[field]}, until that has ended`
  return [{ column, text, reason: `On ${deviceInWords(device)} ${busy}.`, accepted }]
}
