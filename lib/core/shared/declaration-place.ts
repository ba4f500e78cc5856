import type { Db } from '@/lib/db/client'
import { type DeviceRow, findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import type { MdmServer } from '@/lib/mdm/server'
import type { MdmServers } from './mdm-servers'
import { type Refusal, refused } from './result'

/** A device as it is enrolled, and the program that keeps its declarations. */
type DeclarationPlace = {
  device: DeviceRow
  enrollmentId: string
  mdmServerId: string
  declarations: NonNullable<MdmServer['declarations']>
}

/** Finds where the declarations of a device are kept, to read there; a refusal says what it lacks. */
export async function findDeclarationPlace(
  db: Db,
  servers: MdmServers,
  deviceId: string,
): Promise<DeclarationPlace | Refusal> {
  const device = await findDeviceRow(db, deviceId)
  if (!device) return refused('There is no such device.')
  const { enrollmentId, mdmServerId } = device
  if (enrollmentId === null || mdmServerId === null)
    return refused('The device has no enrollment at an MDM server.')
  const { declarations } = await servers(mdmServerId)
  if (!declarations) return refused('No declarations are kept for the devices of this MDM server.')
  return { device, enrollmentId, mdmServerId, declarations }
}
