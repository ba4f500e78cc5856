import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { type Device, updateDevice } from '@/lib/db/queries/devices/devices'
import { listOverlapping } from '@/lib/db/queries/planning/bookings'
import { insertEndedReservation } from '@/lib/db/queries/planning/reservations'
import { findLiveTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { endInWords, holdEndProblem, isHeld } from '@/lib/domain/device/hold'
import { isOver } from '@/lib/domain/planning/booking'
import { exactTime } from '@/lib/domain/text/instant'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

/** With a reason the device is reserved until an instant; without, the reservation is released. */
export type HoldDevice = {
  deviceId: string
  reason: string | undefined
  until?: Date | undefined
}

/**
 * Reserves a device for a later question, for example to verify a fix, so that no trial consumes its baseline before the
 * reservation ends or a lead waives it for one trial (Q20). It blocks a trial that is registered already as well, as the
 * release judges the device again.
 */
export async function holdDevice(
  db: Db,
  actor: Actor,
  input: HoldDevice,
  now: Date,
): Promise<{ status: 'held' | 'free' } | Refusal> {
  const reason = input.reason?.trim()
  const no =
    forbidden(actor, 'holdDevice') ?? (reason === undefined ? undefined : reasonRefusal(reason))
  if (no) return no
  const end = reason === undefined ? undefined : holdEndProblem(input.until, now)
  if (end !== undefined) return refused(end, 'until')
  return transact(db, { ...actor, reason }, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.')
    const busy = reason === undefined ? undefined : await whyNotHeld(tx, device, input.until, now)
    if (busy) return refused(busy)
    if (reason === undefined && !isHeld(device, now)) return refused('It is not reserved.')
    await keepReservation(tx, actor, device, now)
    await updateDevice(tx, device.id, {
      holdReason: reason ?? null,
      heldBy: reason === undefined ? null : actor.name,
      heldAt: reason === undefined ? null : now,
      holdUntil: (reason !== undefined && input.until) || null,
      updatedAt: now,
      updatedBy: actor.name,
    })
    await refreshVerdicts(tx, [device.id], now)
    return { status: reason === undefined ? 'free' : 'held' }
  })
}

/** Keeps the reservation that the device's row is about to lose, so that calendars are told what became of it. */
export async function keepReservation(
  tx: Db,
  { id: endedById, name: endedByName }: Actor,
  device: Device,
  now: Date,
): Promise<void> {
  const { id: deviceId, holdReason: reason, heldBy, heldAt: since, holdUntil: until } = device
  // One from before ends were required is in no calendar with a time of its own.
  if (reason === null || since === null || until === null) return
  const isReleased = now < until
  await insertEndedReservation(tx, {
    ...{ deviceId, reason, reservedByName: heldBy, since, until },
    endedAt: !isReleased ? until : now < since ? since : now,
    ...(isReleased && { endedById, endedByName }),
  })
}

/** A reservation is never replaced unseen, and none is made under a trial whose further commands it would block. */
async function whyNotHeld(
  tx: Db,
  device: Device,
  until: Date | undefined,
  now: Date,
): Promise<string | undefined> {
  if (device.retiredAt) return 'It is retired, so no trial can use it.'
  if (isHeld(device, now))
    return `${device.heldBy ?? 'A lead'} has reserved it already, ${endInWords(device.holdUntil)}: ${device.holdReason}. Release that reservation first.`
  const ahead = await listOverlapping(tx, device.id, { from: now, to: until ?? now })
  const booking = ahead.find((one) => !isOver(one))
  if (booking)
    return `${booking.bookedByName} has booked it until ${exactTime(booking.endsAt)}. Withdraw that booking first.`
  const live = await findLiveTrial(tx, device.id)
  return live && ['released', 'observing'].includes(live.state)
    ? `Trial T-${live.number} is ${live.state} on it and uses its baseline. Reserve the device when that trial is concluded.`
    : undefined
}
