import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type Device, updateDevice } from '@/lib/db/queries/devices/devices'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findLiveTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

/** `in use` ends a retirement; both need a reason. */
export type RetireDevice = { deviceId: string; to: 'retired' | 'in use'; reason: string }

/** Retires a device, or puts it back into use. It is never deleted, so its trials stay readable. */
export async function retireDevice(
  db: Db,
  actor: Actor,
  input: RetireDevice,
  now: Date,
): Promise<{ status: 'retired' | 'in use' } | Refusal> {
  const reason = input.reason.trim()
  const no = forbidden(actor, 'retireDevice') ?? reasonRefusal(reason)
  if (no) return no
  return transact(db, { ...actor, reason }, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.')
    const busy = input.to === 'retired' ? await whyNotRetired(tx, device) : whyNotBack(device)
    if (busy) return refused(busy)
    const gone = input.to === 'retired'
    await updateDevice(tx, device.id, {
      retiredAt: gone ? now : null,
      retiredBy: gone ? actor.name : null,
      retirementReason: gone ? reason : null,
      notes: gone ? device.notes : noteOf(device, actor, reason, now),
      updatedAt: now,
      updatedBy: actor.name,
    })
    await refreshVerdicts(tx, [device.id], now)
    return { status: input.to }
  })
}

async function whyNotRetired(tx: Db, device: Device): Promise<string | undefined> {
  if (device.retiredAt) return `${device.retiredBy} has retired it already.`
  const live = await findLiveTrial(tx, device.id)
  if (live) return `Trial T-${live.number} is under way on it: conclude, withdraw or void it first.`
  const open = await findOpenCommand(tx, device.id)
  return open && `${open.requestType} is still ${open.state} on it: wait for the answer.`
}

const whyNotBack = (device: Device) => (device.retiredAt ? undefined : 'It is in use already.')

/** Keeps the retirement in the device's notes, because its columns are cleared. */
function noteOf(device: Device, actor: Actor, reason: string, now: Date): string {
  const { retiredBy, retirementReason, retiredAt, notes } = device
  const was = `Retired by ${retiredBy} on ${retiredAt?.toISOString()}: ${retirementReason ?? ''}`
  const back = `Back in use by ${actor.name} on ${now.toISOString()}: ${reason}`
  return [notes, was, back].filter((line) => line !== '').join('\n')
}
