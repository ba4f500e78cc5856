import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { holdEndProblem, isHeld } from '@/lib/domain/device/hold'
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
    if (reason !== undefined && device.retiredAt)
      return refused('It is retired, so no trial can use it.')
    if (reason === undefined && !isHeld(device, now)) return refused('It is not reserved.')
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
