import type { Db } from '@/lib/db/client'
import { findEnrolledDevice, lockEnrollment } from '@/lib/db/heard'
import type { UserChannel } from '@/lib/mdm/user-channel'
import { type EventInput, type EventResult, waiting } from './read-kept-event'

/**
 * A user of a Shared iPad is not the device: no reading, no contact and no answer of it comes of what
 * their channel says. It is kept and linked, as it shows that somebody was logged in.
 */
export async function readUserChannel(
  tx: Db,
  { kept }: EventInput,
  { deviceId: enrollmentId, user }: UserChannel,
): Promise<EventResult> {
  const find = () => findEnrolledDevice(tx, kept.mdmServerId, enrollmentId)
  let device = await find()
  if (!device) {
    await lockEnrollment(tx, kept.mdmServerId, enrollmentId)
    device = await find()
  }
  if (!device) return { ...waiting({ enrollmentId }), kind: 'userChannel' }
  const who = user === undefined ? 'a user' : `the user ${user}`
  return {
    readState: 'read',
    kind: 'userChannel',
    deviceId: device.id,
    because: `the channel of ${who} on this device: kept, and no word of the device itself`,
  }
}
