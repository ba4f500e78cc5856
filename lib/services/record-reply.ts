import type { Db } from '@/lib/db/client'
import type { Command } from '@/lib/db/commands'
import { cancelReserved } from '@/lib/db/commands'
import { type DeviceRow, nameDevice } from '@/lib/db/device-facts'
import { currentState, insertReadings } from '@/lib/db/readings'
import { findLiveTrial, listUnsentTrials, recordEnd } from '@/lib/db/trials'
import { systemActor } from '@/lib/domain/actor'
import type { Reply } from '@/lib/mdm/reply-types'
import { advanceTrial } from './advance-trial'

/** Turns a reply into readings, and a changed OS build into what it means for the trials of the device. */
export async function recordReply(
  tx: Db,
  input: { command: Command; device: DeviceRow; reply: Reply; at: Date },
  now: Date,
): Promise<void> {
  const { command, device, reply, at } = input
  await insertReadings(
    tx,
    device.id,
    [...told(reply), ...untold(reply)].map((reading) => ({
      ...reading,
      source: 'mdm' as const,
      askedAt: command.sendingAt,
      answeredAt: at,
      byId: command.reservedById,
      byName: command.reservedByName,
      commandUuid: command.commandUuid,
    })),
  )
  if (reply.requestType === 'DeviceInformation' && reply.status === 'Acknowledged')
    await nameDevice(tx, device.id, reply.identity)
  const tellsOs = reply.readings.some(({ field }) => field === 'osVersion' || field === 'osBuild')
  if (tellsOs) await noticeOsChange(tx, device.id, at, now)
}

const told = (reply: Reply) =>
  reply.readings.map(({ field, value, unknownBecause }) => ({ field, value, unknownBecause }))

/** Asked and not told is unknown from now on: an older reading must not stand in for it. */
const untold = (reply: Reply) =>
  reply.status !== 'Acknowledged'
    ? []
    : reply.notReported.flatMap(({ field, key }) =>
        field === undefined
          ? []
          : [{ field, value: undefined, unknownBecause: `the reply has no ${key}` }],
      )

/**
 * Compares the device's OS with what its trials started from. Under way: the first sighting of
 * another build is the trial's end state. Not sent yet: the starting state is gone, the trial is lost.
 */
export async function noticeOsChange(
  tx: Db,
  deviceId: string,
  seenAt: Date,
  now: Date,
): Promise<void> {
  const state = await currentState(tx, deviceId)
  const [os, build] = [state.osVersion?.value, state.osBuild?.value]
  if (os === undefined || build === undefined) return
  const live = await findLiveTrial(tx, deviceId)
  if (live?.state === 'observing') {
    if (live.startBuild !== build) await recordEnd(tx, live.id, { os, build, seenAt })
    return
  }
  for (const trial of await listUnsentTrials(tx, deviceId)) {
    if (trial.startBuild === null || trial.startBuild === build) continue
    await cancelReserved(tx, trial.id, now, 'the OS changed before it was sent')
    await advanceTrial(
      tx,
      trial,
      {
        kind: 'lost',
        text: `The OS changed from ${trial.startOs} (${trial.startBuild}) to ${os} (${build}) with nothing sent`,
        set: {
          closedReason: 'the OS changed outside the trial',
          endOs: os,
          endBuild: build,
          endSeenAt: seenAt,
        },
      },
      systemActor,
      now,
    )
  }
}
