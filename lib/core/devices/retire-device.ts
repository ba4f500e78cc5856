import type { Db } from '@/lib/db/client'
import { findCustody } from '@/lib/db/queries/devices/custody'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type Device, updateDevice } from '@/lib/db/queries/devices/devices'
import { endBookings, listBookings } from '@/lib/db/queries/planning/bookings'
import { listQueue, updateQueueEntry } from '@/lib/db/queries/planning/queue'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findLiveTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { isAhead } from '@/lib/domain/planning/booking'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'
import { withdrawWaiting } from './custody'
import { keepReservation } from './hold-device'

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
    if (gone) await keepReservation(tx, actor, device, now)
    await updateDevice(tx, device.id, {
      retiredAt: gone ? now : null,
      retiredBy: gone ? actor.name : null,
      retirementReason: gone ? reason : null,
      ...(gone && { holdReason: null, heldBy: null, heldAt: null, holdUntil: null }),
      notes: gone ? device.notes : noteOf(device, actor, reason, now),
      updatedAt: now,
      updatedBy: actor.name,
    })
    if (gone) await freeOf(tx, actor, device, { reason, now })
    await refreshVerdicts(tx, [device.id], now)
    return { status: input.to }
  })
}

/**
 * Ends what waits for a device that is gone, besides a lead's reservation: its bookings, the queue for it and a hand-over
 * that nobody can accept any more.
 */
async function freeOf(
  tx: Db,
  actor: Actor,
  { id: deviceId }: Device,
  { reason, now }: { reason: string; now: Date },
): Promise<void> {
  const why = `the device was retired: ${reason}`.slice(0, 500)
  const ahead = await listBookings(tx, { deviceId, from: now })
  const ids = ahead.filter((one) => isAhead(one, now)).map(({ id }) => id)
  await endBookings(tx, ids, { kind: 'withdrawn', reason: why, person: actor, now })
  const by = { endedAt: now, endedById: actor.id, endedByName: actor.name, endReason: why }
  for (const { id } of await listQueue(tx, { deviceId }, now))
    await updateQueueEntry(tx, id, { ...by, endKind: 'left' })
  const { pending } = await findCustody(tx, deviceId)
  if (pending) await withdrawWaiting(tx, actor, pending.id, why, now)
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
