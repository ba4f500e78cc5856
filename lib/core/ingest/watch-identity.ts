import type { Db } from '@/lib/db/client'
import { insertAlarm, listAlarms } from '@/lib/db/queries/devices/device-alarms'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import {
  findDeviceKnownBy,
  knownIdentity,
  rememberIdentity,
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

/** A message that names the device it is from; `what` is its name for people, such as "Authenticate". */
type Telling = {
  what: string
  kept: Pick<RawEvent, 'id' | 'mdmServerId' | 'receivedAt'>
  enrollmentId: string
  at: Date
}

/** A contradiction was found: why, and the live trial it stands on. */
export type Contradicted = { reason: string; trialId: string | undefined }

/**
 * Holds what a message says of its device against what is known of it. Another serial, UDID, model, IMEI or
 * MEID under one enrollment ID is a contradiction: it is an alarm on the device and on its live trial, and a
 * held release lapses. A device that the told serial or UDID belongs to gets one as well. Undefined where
 * nothing contradicts; what was not known is then kept. The device's row is locked by the caller.
 */
export async function watchIdentity(
  tx: Db,
  device: DeviceRow,
  tellings: readonly Identity[],
  telling: Telling,
  now: Date,
): Promise<Contradicted | undefined> {
  let known = await knownIdentity(tx, device)
  for (const reported of tellings) {
    const found = identityContradictions(known, reported)
    if (found.length > 0) return raiseAll(tx, device, found, { ...telling, reported }, now)
    known = { ...onlySaid(reported), ...onlySaid(known) }
  }
  const { kept, at } = telling
  await rememberIdentity(tx, device.id, known, { rawEventId: kept.id, at })
  return undefined
}

const onlySaid = (identity: Identity): Identity =>
  Object.fromEntries(Object.entries(identity).filter(([, value]) => value))

async function raiseAll(
  tx: Db,
  device: DeviceRow,
  found: IdentityContradiction[],
  telling: Telling & { reported: Identity },
  now: Date,
): Promise<Contradicted> {
  const { what, enrollmentId, reported } = telling
  const words = found.map(
    (one) => `${identifierNames[one.identifier]} ${one.reported} instead of ${one.known}`,
  )
  const reason = `${what} under the enrollment ID ${enrollmentId} tells of another device: ${words.join(', ')}`
  const raised = await raise(tx, device, found, { ...telling, reason }, now)
  const owner = await findDeviceKnownBy(
    tx,
    { serial: reported.serial, udid: reported.udid },
    device.id,
  )
  if (owner && owner.simulated === device.simulated) await raiseElsewhere(tx, owner, telling, now)
  return raised
}

/**
 * A known device enrols under another enrollment ID, or at another MDM server: which of the two answers to
 * a command is not known any more. Undefined where the device is gone.
 */
export async function raiseElsewhere(
  tx: Db,
  device: DeviceRow,
  telling: Telling & { reported: Identity },
  now: Date,
): Promise<Contradicted | undefined> {
  const owner = await lockDeviceRow(tx, device.id)
  if (!owner) return undefined
  const { what, kept, enrollmentId, reported } = telling
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
  return raise(tx, owner, [contradiction], { ...telling, reason }, now)
}

async function placeOf(tx: Db, serverId: string | null, enrollmentId: string | null) {
  const server = serverId ? await findShownServer(tx, serverId) : undefined
  return `${enrollmentId ?? 'no enrollment ID'} at ${server?.name ?? 'no MDM server'}`
}

async function raise(
  tx: Db,
  device: DeviceRow,
  found: readonly IdentityContradiction[],
  { kept, reason }: Telling & { reason: string },
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
    // What came before a lead's look at the same contradiction adds nothing to it. By our own clock: that of
    // an MDM server may be hours behind, and then a contradiction of now would count as one of before.
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
