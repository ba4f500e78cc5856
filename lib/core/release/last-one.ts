import type { Db } from '@/lib/db/client'
import { type DeviceRow, findDeviceRows } from '@/lib/db/queries/devices/device-facts'
import { listOthersAt } from '@/lib/db/queries/devices/last-one'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { isSameVersion, type OsIdentity, osOf } from '@/lib/domain/device/os-identity'
import { judgeDevice, plainPlan } from '../kernel/judge-device'

/**
 * Whether no other device of its environment and platform qualifies at this OS version, its supplement included. The caches only
 * propose others; one counts once its own record says the same, so that nobody can talk the second person
 * away by writing to a cache.
 */
export async function isLastAt(
  db: Db,
  device: DeviceRow,
  os: OsIdentity & { version: string },
  now: Date,
): Promise<boolean> {
  for (const other of await findDeviceRows(db, await listOthersAt(db, device, os.version, now))) {
    const state = await recordedState(db, other.id)
    if (!isSameVersion(os, osOf(state))) continue
    const { overall } = await judgeDevice(db, other, plainPlan, now)
    if (overall === 'qualified') return false
  }
  return true
}
