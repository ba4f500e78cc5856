import type { Db } from '@/lib/db/client'
import { type DeviceRow, nameDevice } from '@/lib/db/queries/devices/device-facts'
import { findDeviceKnownBy } from '@/lib/db/queries/devices/device-identifiers'
import { insertDevice, linkDevice } from '@/lib/db/queries/devices/devices'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import type { RawEvent } from '@/lib/db/queries/events/raw-events'
import { findShownServer } from '@/lib/db/queries/servers/servers'
import {
  findOpenCommand,
  insertCommandEvent,
  updateCommand,
} from '@/lib/db/queries/trials/commands'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { systemActor } from '@/lib/domain/account/permissions'
import { platformOf } from '@/lib/domain/device/device'
import { waitsForAnswer } from '@/lib/domain/trial/command-slot'
import { type Checkin, readCheckinPlist } from '@/lib/mdm/checkin'
import type { DeviceEvent } from '@/lib/mdm/event'
import type { Oddity } from '@/lib/mdm/plist/value'
import { type ServerTraits, serverTraits } from '@/lib/mdm/server-kinds'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { recordOsChange } from './detect-os-change'
import { type EventInput, type EventResult, waiting } from './event-result'
import { readDeclarations } from './read-declarations'
import { raiseElsewhere, watchIdentity } from './watch-identity'

type CheckinEvent = EventInput & { device: DeviceRow | undefined }

/** The check-ins that this program reads; any other one only counts as contact. */
const readTopics = new Set(['mdm.Authenticate', 'mdm.TokenUpdate', 'mdm.CheckOut'])

/** Reads a check-in. A device that enrols and is not in the inventory is added to it, without a lab tag. */
export async function readCheckin(tx: Db, input: CheckinEvent, now: Date): Promise<EventResult> {
  const result = await readByKind(tx, input, now)
  return { kind: 'checkin', ...result }
}

async function readByKind(tx: Db, input: CheckinEvent, now: Date): Promise<EventResult> {
  const { event, plist } = input
  const deviceId = input.device?.id
  if (!readTopics.has(event.topic)) {
    if (!input.device) return waiting(event)
    if (event.topic === 'mdm.DeclarativeManagement')
      return readDeclarations(tx, { ...input, device: input.device }, now)
    return { readState: 'read', deviceId, reason: `${event.topic} is kept, not used` }
  }
  if (!plist.ok)
    return {
      readState: 'unreadable',
      reason: plist.reason,
      deviceId,
    }
  const checkin = readCheckinPlist(plist.value)
  if (!checkin) return { readState: 'read', deviceId, reason: `${event.topic} is kept, not used` }
  if (event.enrollmentType !== undefined && event.enrollmentType.toLowerCase() !== 'device')
    return {
      readState: 'unmatched',
      deviceId,
      reason: `${event.enrollmentType} is not a device enrolment`,
    }
  return readEnrolment(tx, { ...input, checkin, oddities: plist.oddities }, now)
}

type Enrolment = CheckinEvent & { checkin: Checkin; oddities: readonly Oddity[] }

/** Reads an Authenticate, TokenUpdate or CheckOut of a device enrolment. */
async function readEnrolment(
  tx: Db,
  { kept, event, at, checkin, ...input }: Enrolment,
  now: Date,
): Promise<EventResult> {
  const message = { what: checkin.kind, kept, enrollmentId: event.enrollmentId, at }
  const reported = { ...checkin, model: checkin.productName }
  const device = input.device ?? (await linkOrEnter(tx, kept, event, checkin))
  if (device === undefined) return waiting(event)
  if (typeof device === 'string')
    return { readState: 'unmatched', waitsForDevice: true, reason: device }
  if ('elsewhere' in device) {
    const raised = await raiseElsewhere(tx, device.elsewhere, { ...message, reported }, now)
    return { ...waiting(event), deviceId: device.elsewhere.id, ...raised }
  }
  const contradicted = await watchIdentity(tx, device, [reported], message, now)
  // A check-in of another device contains no readings of this one.
  if (!contradicted) {
    await nameDevice(tx, device.id, { modelIdentifier: checkin.productName })
    await insertReadings(tx, device.id, readingsOf(checkin, at))
  }
  const enrolledAt =
    checkin.kind === 'Authenticate' ? await traitsOfServer(tx, kept.mdmServerId) : undefined
  const trialId = await recordOnTrial(tx, device, checkin, enrolledAt, now)
  if (enrolledAt?.emptiesQueueOnEnrollment) await withdrawQuery(tx, device, now)
  if (!contradicted) await recordOsChange(tx, device.id, { at, rawEventId: kept.id }, now)
  await refreshVerdicts(tx, [device.id], now)
  const oddities = [...input.oddities, ...checkin.oddities]
  return {
    readState: 'read',
    deviceId: device.id,
    trialId,
    reason: contradicted?.reason,
    oddities,
  }
}

/** A known device, by its serial, UDID or enrollment ID, that is enrolled under another enrollment ID or MDM server. */
type Elsewhere = { elsewhere: DeviceRow }

/**
 * Gives the enrollment ID to the device in the inventory with the same serial or UDID, or adds a new device. Only an
 * Authenticate does so, because no other check-in names model and serial; an event that arrives before it waits
 * for it (undefined). A string is the reason why the device cannot be linked or added.
 */
async function linkOrEnter(
  tx: Db,
  kept: RawEvent,
  event: DeviceEvent,
  checkin: Checkin,
): Promise<DeviceRow | Elsewhere | string | undefined> {
  const { mdmServerId, receivedAt } = kept
  const { enrollmentId } = event
  const { serial, udid } = checkin
  const same = await findDeviceKnownBy(tx, { serial, udid, enrollmentId })
  const enters = checkin.kind === 'Authenticate'
  if (same && (enters || same.enrollmentId !== null)) {
    const enrolled = { enrollmentId, mdmServerId, lastSeenAt: receivedAt }
    const linked = enters ? await linkDevice(tx, same, enrolled) : undefined
    if (linked) return linked
    const server = await findShownServer(tx, mdmServerId)
    return server?.simulated === same.simulated
      ? { elsewhere: same }
      : `${same.labTag ?? same.name} is known by the same serial or UDID, and one of the two is simulated`
  }
  if (!enters) return undefined
  const platform = platformOf({
    modelIdentifier: checkin.productName,
    osVersion: checkin.osVersion,
  })
  const what = checkin.productName ?? 'a device that does not name its model'
  if (!platform) return `${what} is no iPhone, iPad or Apple TV of this lab`
  return insertDevice(tx, {
    name: checkin.deviceName ?? checkin.serial ?? enrollmentId,
    enrollmentId,
    mdmServerId,
    serial: checkin.serial ?? null,
    platform,
    modelIdentifier: checkin.productName ?? null,
    modelName: checkin.model ?? null,
    lastSeenAt: receivedAt,
  })
}

/** The traits of the MDM server that sent the event. */
async function traitsOfServer(tx: Db, serverId: string): Promise<ServerTraits> {
  const server = await findShownServer(tx, serverId)
  if (!server) throw new Error(`there is no MDM server ${serverId}`)
  return serverTraits[server.kind]
}

function readingsOf(checkin: Checkin, at: Date) {
  const about = { source: 'mdm' as const, askedAt: null, answeredAt: at, byName: checkin.kind }
  const enrolled = { ...about, field: 'mdmEnrolled' as const, value: checkin.kind !== 'CheckOut' }
  const os = checkin.osVersion
    ? [{ ...about, field: 'osVersion' as const, value: checkin.osVersion }]
    : []
  const build = checkin.osBuild
    ? [{ ...about, field: 'osBuild' as const, value: checkin.osBuild }]
    : []
  return [enrolled, ...os, ...build]
}

const words: Record<Checkin['kind'], string> = {
  Authenticate: 'The device enrolled again',
  TokenUpdate: 'The device sent new push tokens',
  CheckOut: 'The device left MDM',
}

async function recordOnTrial(
  tx: Db,
  device: DeviceRow,
  { kind }: Checkin,
  enrolledAt: ServerTraits | undefined,
  now: Date,
): Promise<string | undefined> {
  const live = await findLiveTrial(tx, device.id)
  const trial = live && (await lockTrial(tx, live.id))
  if (!trial) return undefined
  const text = enrolledAt ? `${words[kind]}: ${enrolledAt.enrolledAgain}` : words[kind]
  const change = { kind: 'recorded', text, data: { checkin: kind } } as const
  await advanceTrial(tx, trial, change, systemActor, now)
  return trial.id
}

/** Withdraws an open query: the MDM server has emptied its queue, so it will never be answered. An open update command is left to a person. */
async function withdrawQuery(tx: Db, device: DeviceRow, now: Date): Promise<void> {
  const open = await findOpenCommand(tx, device.id)
  if (open?.purpose !== 'probe' || !waitsForAnswer(open)) return
  const text = 'the device enrolled again, which empties the queue of the MDM server'
  await updateCommand(tx, open.commandUuid, {
    withdrawnAt: now,
    withdrawnBy: systemActor.name,
    withdrawnReason: text,
  })
  await insertCommandEvent(tx, {
    commandUuid: open.commandUuid,
    kind: 'withdrawn',
    at: now,
    byName: systemActor.name,
    text,
  })
}
