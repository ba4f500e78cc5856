import type { Db } from '@/lib/db/client'
import { findEnrolledDevice, lockEnrollment } from '@/lib/db/queries/devices/last-contact'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { judgeAgain } from '@/lib/db/queries/devices/verdicts'
import type { UserChannel } from '@/lib/mdm/user-channel'
import { type EventInput, type EventResult, waiting } from './event-result'

/**
 * A user of a Shared iPad is not the device: no contact, no answer and no reading of it comes of what their
 * channel says, but that somebody is logged in.
 */
export async function readUserChannel(
  tx: Db,
  { kept, event, at }: EventInput,
  { deviceId: enrollmentId, user }: UserChannel,
): Promise<EventResult> {
  const find = () => findEnrolledDevice(tx, kept.mdmServerId, enrollmentId)
  let device = await find()
  if (!device) {
    await lockEnrollment(tx, kept.mdmServerId, enrollmentId)
    device = await find()
  }
  if (!device) return { ...waiting({ enrollmentId }), kind: 'userChannel' }
  // It is no word of the device, yet it shows that somebody is logged in: a typed "nobody" is older than that.
  if (event.topic !== 'mdm.CheckOut')
    await insertReadings(tx, device.id, [
      {
        field: 'userLoggedIn',
        value: true,
        source: 'mdm',
        askedAt: null,
        answeredAt: at,
        byName: 'user channel',
      },
    ])
  await judgeAgain(tx, device.id)
  const who = user === undefined ? 'a user' : `the user ${user}`
  return {
    readState: 'read',
    kind: 'userChannel',
    deviceId: device.id,
    reason: `the channel of ${who} on this device: kept, and no word of the device itself`,
  }
}
