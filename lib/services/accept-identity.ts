import type { Db } from '@/lib/db/client'
import { findOpenCommand } from '@/lib/db/commands'
import type { DeviceAlarm } from '@/lib/db/device-alarms'
import type { DeviceRow } from '@/lib/db/device-facts'
import { findDeviceKnownBy, replaceIdentifier } from '@/lib/db/device-identifiers'
import { updateDevice } from '@/lib/db/devices'
import { findLiveTrial } from '@/lib/db/trials'
import type { Actor } from '@/lib/domain/actor'
import { type Refusal, refused } from './result'

/**
 * Takes on what an identity alarm told, as a lead found it to be right: a board was replaced, a serial was
 * mistyped, the device moved to another MDM server. Refused while a trial or a command stands on the device,
 * and where another device is known by it. The device's row is locked by the caller.
 */
export async function acceptIdentity(
  tx: Db,
  actor: Actor,
  { identity, rawEventId }: DeviceAlarm,
  device: DeviceRow,
  now: Date,
): Promise<Refusal | undefined> {
  if (!identity) return refused('This alarm tells of no other identity.')
  const live = await findLiveTrial(tx, device.id)
  if (live)
    return refused(
      `Trial T-${live.number} is ${live.state} on this device: who it is changes after that, not under it.`,
    )
  const open = await findOpenCommand(tx, device.id)
  if (open) return refused(`${open.requestType} is still ${open.state} on this device.`)
  const by = { updatedAt: now, updatedBy: actor.name }
  const { identifier, told: value } = identity
  if (identifier === 'enrollment') {
    if (!identity.enrolled) throw new Error('an enrollment that contradicts names where it is')
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
