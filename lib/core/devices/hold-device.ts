import type { Db } from '@/lib/db/client'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { transact } from '@/lib/db/transact'
import type { Actor } from '@/lib/domain/account/permissions'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, reasonRefusal, refused } from '../shared/result'

/** With a reason the device is reserved; `undefined` releases the reservation. */
export type HoldDevice = { deviceId: string; reason: string | undefined }

/**
 * Reserves a device, for example to verify a fix later, so that no trial can consume its baseline. It blocks a trial
 * that is registered already as well, because the release judges the device again.
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
  return transact(db, { ...actor, reason }, async (tx) => {
    const device = await lockDeviceRow(tx, input.deviceId)
    if (!device) return refused('There is no such device.')
    if (reason !== undefined && device.retiredAt)
      return refused('It is retired, so no trial can use it.')
    if (reason === undefined && device.holdReason === null) return refused('It is not reserved.')
    await updateDevice(tx, device.id, {
      holdReason: reason ?? null,
      heldBy: reason === undefined ? null : actor.name,
      updatedAt: now,
      updatedBy: actor.name,
    })
    await refreshVerdicts(tx, [device.id], now)
    return { status: reason === undefined ? 'free' : 'held' }
  })
}
