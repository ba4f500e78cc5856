import type { Db } from '@/lib/db/client'
import type { DeviceAlarm } from '@/lib/db/queries/devices/device-alarms'
import { findAlarm, markAlarmCleared } from '@/lib/db/queries/devices/device-alarms'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findDeviceKnownBy, replaceIdentifier } from '@/lib/db/queries/devices/device-identifiers'
import { findNamesakes, updateDevice } from '@/lib/db/queries/devices/devices'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

export type ClearAlarm = {
  id: number
  reason: string
  /** Of an identity alarm: what was told is right from now on. Else what was known stands. */
  accepts?: boolean | undefined
}

/**
 * A lead has looked at the device and says what was found; the reason stays beside the alarm. Clearing one
 * releases nothing: the device is judged by the other rules as before.
 */
export async function clearAlarm(
  db: Db,
  actor: Actor,
  input: ClearAlarm,
  now: Date,
): Promise<{ status: 'cleared' } | Refusal> {
  const no = forbidden(actor, 'clearAlarm') ?? reasonRefusal(input.reason)
  if (no) return no
  const reason = input.reason.trim()
  const found = await findAlarm(db, input.id)
  if (!found) return refused('There is no such alarm.')
  return transact(db, { ...actor, reason }, async (tx) => {
    const device = await lockDeviceRow(tx, found.deviceId)
    if (!device) throw new Error(`alarm ${found.id} has no device`)
    const refusal =
      input.accepts && found.clearedAt === null
        ? await acceptIdentity(tx, actor, found, device, now)
        : undefined
    if (refusal) return refusal
    const accepted = found.identity ? (input.accepts ?? false) : null
    const by = { at: now, byId: actor.id, byName: actor.name, reason, accepted }
    const cleared = await markAlarmCleared(tx, found.id, by)
    if (!cleared) {
      const before = await findAlarm(tx, found.id)
      return refused(`${before?.clearedByName ?? 'Somebody'} has cleared it before.`)
    }
    const live = await findLiveTrial(tx, found.deviceId)
    const trial = live && (await lockTrial(tx, live.id))
    if (trial)
      await advanceTrial(
        tx,
        trial,
        {
          kind: 'recorded',
          text: `Alarm cleared${stands(accepted)}: ${reason}`,
          data: { alarmId: found.id, rawEventId: found.rawEventId },
        },
        actor,
        now,
      )
    await refreshVerdicts(tx, [found.deviceId], now)
    return { status: 'cleared' }
  })
}

const stands = (accepted: boolean | null) =>
  accepted === null
    ? ''
    : accepted
      ? ', the reported identity was accepted'
      : ', the known identity was kept'

/**
 * Takes on what an identity alarm told, as a lead found it to be right: a board was replaced, a serial was
 * mistyped, the device moved to another MDM server. Refused while a trial or a command stands on the device,
 * and where another device is known by it. The device's row is locked by the caller.
 */
async function acceptIdentity(
  tx: Db,
  actor: Actor,
  { identity, rawEventId }: DeviceAlarm,
  device: DeviceRow,
  now: Date,
): Promise<Refusal | undefined> {
  if (!identity) return refused('This alarm tells of no other identity.')
  const busy = await whatStandsOn(tx, device.id)
  if (busy) return refused(`${busy} on this device: who it is changes after that, not under it.`)
  const by = { updatedAt: now, updatedBy: actor.name }
  const { identifier, reported: value } = identity
  if (identifier === 'enrollment') {
    if (!identity.enrolled) throw new Error('an enrollment that contradicts names where it is')
    const no = await freeEnrollment(tx, device, identity.enrolled, by)
    if (no) return no
    await updateDevice(tx, device.id, { ...identity.enrolled, ...by })
    return undefined
  }
  const other =
    identifier === 'serial' || identifier === 'udid'
      ? await findDeviceKnownBy(tx, { [identifier]: value }, device.id)
      : undefined
  if (other) return refused(`${other.labTag ?? other.name} is known by ${value}: look at it first.`)
  await replaceIdentifier(tx, device.id, { identifier, value }, { rawEventId, at: now })
  if (identifier === 'serial') await updateDevice(tx, device.id, { serial: value.trim(), ...by })
  if (identifier === 'model')
    await updateDevice(tx, device.id, { modelIdentifier: value.trim(), ...by })
  return undefined
}

async function whatStandsOn(tx: Db, deviceId: string): Promise<string | undefined> {
  const live = await findLiveTrial(tx, deviceId)
  if (live) return `Trial T-${live.number} is ${live.state}`
  const open = await findOpenCommand(tx, deviceId)
  return open && `${open.requestType} is still ${open.state}`
}

/**
 * Takes an enrollment ID off the device that the inventory has there, as two that were exchanged have each
 * other's. Where that one enrolled instead is told by its own alarm, or by its next enrollment.
 */
async function freeEnrollment(
  tx: Db,
  device: DeviceRow,
  { enrollmentId }: { enrollmentId: string },
  by: { updatedAt: Date; updatedBy: string },
): Promise<Refusal | undefined> {
  // One in the whole lab, in any letter case: the index one_device_per_enrollment_id.
  const [found] = await findNamesakes(tx, { enrollmentId }, device.id)
  const other = found && (await lockDeviceRow(tx, found.id))
  if (!other) return undefined
  const name = other.labTag ?? other.name
  const busy = await whatStandsOn(tx, other.id)
  if (busy) return refused(`${name} has that enrollment ID. ${busy} on it: end that first.`)
  await updateDevice(tx, other.id, { enrollmentId: null, ...by })
  await refreshVerdicts(tx, [other.id], by.updatedAt)
  return undefined
}
