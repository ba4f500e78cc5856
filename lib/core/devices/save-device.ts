import type { Db } from '@/lib/db/client'
import { uniqueViolation } from '@/lib/db/errors'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  type Device,
  findNamesakes,
  type Identity,
  type IdentityField,
  identityFields,
  insertDevice,
  type NewDevice,
  updateDevice,
} from '@/lib/db/queries/devices/devices'
import { listBusyDevices } from '@/lib/db/queries/devices/devices-at-once'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import {
  type DeviceDraft,
  type DeviceDraftField,
  deviceDraftFields,
  deviceFieldLabels,
  draftProblems,
} from '@/lib/domain/device/device-draft'
import { refreshVerdicts } from '../kernel/judge-device'
import { type Difference, differencesInWords } from '../shared/merge-edit'
import { forbidden, type Refusal, refused } from '../shared/result'

export type SaveDevice = {
  draft: DeviceDraft
  mdmServerId: string | undefined
  /** The device that is edited, and its version that the editor saw; absent for a new device. */
  existing?: { deviceId: string; seenUpdatedAt: Date } | undefined
}

/** Somebody else saved first: who, when, and what differs from this form. */
export type EditConflict = Refusal & {
  conflict: { by: string; at: Date; differences: Difference[] }
}

export type SavedDevice = { status: 'saved'; deviceId: string }

/** Saves a device as entered. The enrollment ID is stored byte for byte. */
export async function saveDevice(
  db: Db,
  actor: Actor,
  input: SaveDevice,
  now: Date,
): Promise<SavedDevice | Refusal | EditConflict> {
  const no = forbidden(actor, 'editDevice') ?? badDraft(input.draft)
  if (no) return no
  try {
    return await transact(db, actor, async (tx) => {
      const { existing } = input
      return existing
        ? change(tx, actor, { ...input, existing }, now)
        : create(tx, actor, input, now)
    })
  } catch (error) {
    // Two people saved the same lab tag, enrollment ID or serial at once; the unique index accepted one.
    if (uniqueViolation(error) === undefined) throw error
    return refused('Another device was given this lab tag, enrollment ID or serial just now.')
  }
}

function badDraft(draft: DeviceDraft): Refusal | undefined {
  const [first] = draftProblems(draft)
  return first && refused(`${first.reason} Accepted: ${first.accepted}.`, first.field)
}

async function create(tx: Db, actor: Actor, input: SaveDevice, now: Date) {
  const row = rowOf(input)
  const no = (await namesake(tx, row)) ?? (await unknownServer(tx, row))
  if (no) return no
  const { id } = await insertDevice(tx, {
    ...row,
    createdAt: now,
    updatedAt: now,
    updatedBy: actor.name,
  })
  await refreshVerdicts(tx, [id], now)
  return { status: 'saved' as const, deviceId: id }
}

type Change = SaveDevice & { existing: { deviceId: string; seenUpdatedAt: Date } }

async function change(tx: Db, actor: Actor, input: Change, now: Date) {
  const { deviceId, seenUpdatedAt } = input.existing
  const device = await lockDeviceRow(tx, deviceId)
  if (!device) return refused('There is no such device.')
  if (device.updatedAt.getTime() !== seenUpdatedAt.getTime()) return conflictWith(tx, device, input)
  const row = rowOf(input)
  const no =
    (await namesake(tx, row, deviceId)) ??
    (await unknownServer(tx, row, device)) ??
    (await heldIdentity(tx, device, row))
  if (no) return no
  await updateDevice(tx, deviceId, { ...row, updatedAt: now, updatedBy: actor.name })
  await refreshVerdicts(tx, [deviceId], now)
  return { status: 'saved' as const, deviceId }
}

type Row = Identity & Pick<NewDevice, DeviceDraftField | 'mdmServerId'>

const orNull = (text: string) => (text === '' ? null : text)

/** Copies field by field, so that further properties of a request are not written (F43). */
function rowOf({ draft, mdmServerId }: SaveDevice): Row {
  return {
    name: draft.name,
    platform: draft.platform,
    location: draft.location,
    holder: draft.holder,
    notes: draft.notes,
    labTag: orNull(draft.labTag),
    enrollmentId: orNull(draft.enrollmentId),
    serial: orNull(draft.serial),
    modelIdentifier: orNull(draft.modelIdentifier),
    modelName: orNull(draft.modelName),
    mdmServerId: mdmServerId ?? null,
  }
}

/** The device's name in a sentence, with its lab tag if it has one. */
export const deviceInWords = (device: Pick<Device, 'labTag' | 'name'>): string =>
  device.labTag ? `${device.labTag} (${device.name})` : device.name

/** The identifying field that the other device shares. */
function sharedName(row: Identity, other: Device): IdentityField | undefined {
  return identityFields.find(
    (field) => row[field] && row[field]?.toLowerCase() === other[field]?.toLowerCase(),
  )
}

async function namesake(tx: Db, row: Identity, exceptId?: string): Promise<Refusal | undefined> {
  const [other] = await findNamesakes(tx, row, exceptId)
  const field = other && sharedName(row, other)
  if (!other || !field) return undefined
  const retired = other.retiredAt ? ', which is retired' : ''
  return refused(
    `${deviceFieldLabels[field]} ${row[field]} belongs to ${deviceInWords(other)}${retired}.`,
    field,
  )
}

/** Refuses a move between real and simulated before the database would, which keeps them apart. */
async function unknownServer(tx: Db, row: Row, device?: Device): Promise<Refusal | undefined> {
  if (!row.mdmServerId) return undefined
  const server = await findShownServer(tx, row.mdmServerId)
  if (!server) return refused('There is no such MDM server.', 'mdmServerId')
  if (!device || server.simulated === device.simulated) return undefined
  const [is, other] = device.simulated ? ['simulated', 'real'] : ['real', 'virtual']
  return refused(`This device is ${is} and cannot move to a ${other} MDM server.`, 'mdmServerId')
}

const boundFields = [
  'enrollmentId',
  'mdmServerId',
  'serial',
  'platform',
  'modelIdentifier',
] as const
type BoundField = (typeof boundFields)[number]

/** The changed field that would make this another device. Filling in an empty field does not. */
export function boundFieldChanged(
  device: Device,
  row: { [F in BoundField]?: string | null | undefined },
): BoundField | undefined {
  return boundFields.find((one) => device[one] !== null && (row[one] || null) !== device[one])
}

/** The live trial or the open command on a device, in words; while there is one, the device keeps its identity. */
export async function findWhatIsOpen(tx: Db, deviceId: string): Promise<string | undefined> {
  return (await listBusyDevices(tx, [deviceId])).get(deviceId)
}

/** Refuses a change of the device's identity while a trial or command is open on it. */
async function heldIdentity(tx: Db, device: Device, row: Row): Promise<Refusal | undefined> {
  const field = boundFieldChanged(device, row)
  const busy = field && (await findWhatIsOpen(tx, device.id))
  return busy ? refused(`On this device ${busy}.`, field) : undefined
}

async function conflictWith(
  tx: Db,
  device: Device,
  { draft, mdmServerId }: SaveDevice,
): Promise<EditConflict> {
  const by = device.updatedBy ?? 'Somebody'
  const differences = deviceDraftFields.flatMap((field) => {
    const [theirs, yours] = [device[field] ?? '', draft[field]]
    return theirs === yours ? [] : [{ label: deviceFieldLabels[field], theirs, yours }]
  })
  if ((device.mdmServerId ?? '') !== (mdmServerId ?? '')) {
    const nameOf = async (id: string | null | undefined) =>
      id ? ((await findShownServer(tx, id))?.name ?? id) : ''
    const [theirs, yours] = [await nameOf(device.mdmServerId), await nameOf(mdmServerId)]
    differences.push({ label: 'MDM server', theirs, yours })
  }
  const what = differencesInWords(differences)
  return {
    ...refused(`${by} saved this device while you edited it. ${what || 'Nothing differs'}.`),
    conflict: { by, at: device.updatedAt, differences },
  }
}
