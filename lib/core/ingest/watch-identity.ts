import type { Db } from '@/lib/db/client'
import { insertAlarm, listAlarms } from '@/lib/db/queries/devices/device-alarms'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findDeviceKnownBy,
  identityWith,
  rememberIdentity,
  reportedIdentity,
} from '@/lib/db/queries/devices/device-identifiers'
import type { RawEvent } from '@/lib/db/queries/events/raw-events'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import {
  type Identity,
  type IdentityContradiction,
  identifierNames,
  identityContradictions,
  plainIdentifier,
} from '@/lib/domain/device/identity'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { lapseHeldRelease } from '../release/cancel-release'

/** A message that contains identifiers of its device; `what` names it in texts, such as "Authenticate". */
type IdentityMessage = {
  what: string
  kept: Pick<RawEvent, 'id' | 'mdmServerId' | 'receivedAt'>
  enrollmentId: string
  at: Date
}

/** A contradiction that was found, and the live trial on which it was recorded. */
export type Contradicted = { reason: string; trialId: string | undefined }

/**
 * Compares the identifiers in a message with those of its device. Another serial, UDID, model, IMEI or MEID under
 * the same enrollment ID is a contradiction: it raises an alarm on the device, is recorded on its live trial, and
 * lapses a held release. If the reported serial or UDID belongs to another device, that device gets an alarm too.
 * The caller has locked the device's row.
 * @returns undefined if nothing contradicts; identifiers that were not known before are stored then
 */
export async function watchIdentity(
  tx: Db,
  device: DeviceRow,
  reports: readonly Identity[],
  message: IdentityMessage,
  now: Date,
): Promise<Contradicted | undefined> {
  const stored = await reportedIdentity(tx, device.id)
  let known = identityWith(device, stored)
  for (const reported of reports) {
    const found = identityContradictions(known, reported)
    if (found.length > 0) return raiseAll(tx, device, found, { ...message, reported }, now)
    known = { ...presentIn(reported), ...presentIn(known) }
  }
  const { kept, at } = message
  const news: Identity = Object.fromEntries(
    Object.entries(known).filter(([name]) => !(name in stored)),
  )
  await rememberIdentity(tx, device.id, news, { rawEventId: kept.id, at })
  return undefined
}

const presentIn = (identity: Identity): Identity =>
  Object.fromEntries(Object.entries(identity).filter(([, value]) => value))

async function raiseAll(
  tx: Db,
  device: DeviceRow,
  found: IdentityContradiction[],
  message: IdentityMessage & { reported: Identity },
  now: Date,
): Promise<Contradicted> {
  const { what, enrollmentId, reported } = message
  const words = found.map(
    (one) => `${identifierNames[one.identifier]} ${one.reported} instead of ${one.known}`,
  )
  const reason = `${what} under the enrollment ID ${enrollmentId} describes another device: ${words.join(', ')}`
  const raised = await raise(tx, device, found, { ...message, reason }, now)
  const owner = await findDeviceKnownBy(
    tx,
    { serial: reported.serial, udid: reported.udid },
    device.id,
  )
  if (owner && owner.simulated === device.simulated) await raiseElsewhere(tx, owner, message, now)
  return raised
}

/**
 * Raises an alarm on a known device that enrols under another enrollment ID or at another MDM server: it is no
 * longer known which of the two enrolments would receive a command. Undefined if the device was deleted.
 */
export async function raiseElsewhere(
  tx: Db,
  device: DeviceRow,
  message: IdentityMessage & { reported: Identity },
  now: Date,
): Promise<Contradicted | undefined> {
  const owner = await lockDeviceRow(tx, device.id)
  if (!owner) return undefined
  const { what, kept, enrollmentId, reported } = message
  const { mdmServerId } = kept
  const [here, there] = [
    await placeOf(tx, owner.mdmServerId, owner.enrollmentId),
    await placeOf(tx, mdmServerId, enrollmentId),
  ]
  const serial = plainIdentifier('serial', reported.serial)
    ? `serial ${reported.serial}`
    : undefined
  const reason = `${what} of a device with ${serial ?? `UDID ${reported.udid ?? 'unknown'}`} came from ${there}; ${owner.labTag ?? owner.name} is known by it and is enrolled as ${here}`
  const contradiction: IdentityContradiction = {
    identifier: 'enrollment',
    known: here,
    reported: there,
    enrolled: { enrollmentId, mdmServerId },
  }
  return raise(tx, owner, [contradiction], { ...message, reason }, now)
}

async function placeOf(tx: Db, serverId: string | null, enrollmentId: string | null) {
  const server = serverId ? await findShownServer(tx, serverId) : undefined
  return `${enrollmentId ?? 'no enrollment ID'} at ${server?.name ?? 'no MDM server'}`
}

async function raise(
  tx: Db,
  device: DeviceRow,
  found: readonly IdentityContradiction[],
  { kept, reason }: IdentityMessage & { reason: string },
  now: Date,
): Promise<Contradicted> {
  const live = await findLiveTrial(tx, device.id)
  const contradicted = { reason, trialId: live?.id }
  const past = await listAlarms(tx, device.id)
  let raised = false
  for (const identity of found) {
    const settled = past.some(
      ({ identity: was, clearedAt }) =>
        was?.identifier === identity.identifier &&
        was.reported === identity.reported &&
        clearedAt &&
        clearedAt > kept.receivedAt,
    )
    // A message that arrived before a lead cleared the same contradiction raises no new alarm. Compared by this
    // program's clock: an MDM server's clock may be hours behind, and would make a new contradiction look old.
    if (settled) continue
    const alarm = await insertAlarm(tx, {
      deviceId: device.id,
      trialId: live?.id ?? null,
      kind: 'identity',
      reason,
      identity,
      rawEventId: kept.id,
      raisedAt: now,
    })
    raised ||= alarm !== undefined
  }
  if (!raised) return contradicted
  await lapseHeldRelease(tx, device.id, reason, now)
  const trial = live && (await lockTrial(tx, live.id))
  if (trial)
    await advanceTrial(
      tx,
      trial,
      {
        kind: 'recorded',
        text: `${reason} (event ${kept.id}). Nothing is released on the device until a lead has looked at it`,
        data: { rawEventId: kept.id, alarm: 'identity' },
      },
      systemActor,
      now,
    )
  await refreshVerdicts(tx, [device.id], now)
  return contradicted
}
