import type { Db } from '@/lib/db/client'
import { findEnrolledDevice, lockEnrollment } from '@/lib/db/queries/devices/last-contact'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { judgeAgain } from '@/lib/db/queries/devices/verdicts'
import type { UserChannel } from '@/lib/mdm/enrollment'
import { type EventInput, type EventResult, waiting } from './event-result'

/**
 * Reads a message on the user channel of a Shared iPad. It is not a message of the device, so it is neither contact
 * nor answer; it only shows that somebody is logged in.
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
  // Newer than a reading "nobody is logged in" that a person typed before.
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
    reason: `sent on the user channel of ${who}: kept, and not counted as a message of the device`,
  }
}
