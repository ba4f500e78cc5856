import type { Db } from '@/lib/db/client'
import type { DeviceAlarm } from '@/lib/db/queries/devices/device-alarms'
import { findAlarm, markAlarmCleared } from '@/lib/db/queries/devices/device-alarms'
import { type DeviceRow, lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findDeviceKnownBy, replaceIdentifier } from '@/lib/db/queries/devices/device-identifiers'
import { findNamesakes, updateDevice } from '@/lib/db/queries/devices/devices'
import { findLiveTrial, lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import { findWhatIsOpen } from './save-device'

export type ClearAlarm = {
  id: number
  reason: string
  /** For an identity alarm: whether the reported identity is right. If not, the stored one remains. */
  accepts?: boolean | undefined
}

/**
 * Clears an alarm after a lead has looked at the device; the reason is stored with the alarm. This releases nothing:
 * all other rules still apply.
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
          text: `Alarm cleared${decisionInWords(accepted)}: ${reason}`,
          data: { alarmId: found.id, rawEventId: found.rawEventId },
        },
        actor,
        now,
      )
    await refreshVerdicts(tx, [found.deviceId], now)
    return { status: 'cleared' }
  })
}

const decisionInWords = (accepted: boolean | null) =>
  accepted === null
    ? ''
    : accepted
      ? ', the reported identity was accepted'
      : ', the known identity was kept'

/**
 * Stores the identity that an alarm reported, because a lead found it to be right: a board was replaced, a serial was
 * mistyped, the device moved to another MDM server. Refused while a trial or command is open on the device, and if
 * another device has this identity. The caller has locked the device's row.
 */
async function acceptIdentity(
  tx: Db,
  actor: Actor,
  { identity, rawEventId }: DeviceAlarm,
  device: DeviceRow,
  now: Date,
): Promise<Refusal | undefined> {
  if (!identity) return refused('This alarm reports no other identity.')
  const busy = await findWhatIsOpen(tx, device.id)
  if (busy)
    return refused(`On this device ${busy}: its identity can only change after that has ended.`)
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

/**
 * Removes an enrollment ID from the device that has it in the inventory: two devices that were swapped have each
 * other's. That device gets its own from its own alarm, or at its next enrolment.
 */
async function freeEnrollment(
  tx: Db,
  device: DeviceRow,
  { enrollmentId }: { enrollmentId: string },
  by: { updatedAt: Date; updatedBy: string },
): Promise<Refusal | undefined> {
  // At most one device in the lab has it, in any letter case: index one_device_per_enrollment_id.
  const [found] = await findNamesakes(tx, { enrollmentId }, device.id)
  const other = found && (await lockDeviceRow(tx, found.id))
  if (!other) return undefined
  const name = other.labTag ?? other.name
  const busy = await findWhatIsOpen(tx, other.id)
  if (busy) return refused(`${name} has that enrollment ID, and on it ${busy}: end that first.`)
  await updateDevice(tx, other.id, { enrollmentId: null, ...by })
  await refreshVerdicts(tx, [other.id], by.updatedAt)
  return undefined
}
