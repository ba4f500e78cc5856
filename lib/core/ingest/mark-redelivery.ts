import type { Db } from '@/lib/db/client'
import { insertAlarm } from '@/lib/db/queries/devices/device-alarms'
import { lockDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { listUnmarked, markRedelivery, type Redelivery } from '@/lib/db/queries/events/redeliveries'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrialReview } from '@/lib/db/queries/trials/reviews'
import { lockTrial } from '@/lib/db/queries/trials/trials'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/permissions'
import { exactTime } from '@/lib/domain/text/instant'
import { addDeviation } from '../kernel/add-deviation'
import { refreshVerdicts } from '../kernel/judge-device'

/** How many answers after the first show that the MDM server redelivers a command; Apple lets a device report a status twice. */
const minRepeats = 2

/** Raises the alarms for commands that are redelivered again and again. @returns how many commands it looked at */
export async function markRedeliveries(db: Db, now: Date): Promise<number> {
  const due = await listUnmarked(db, 20)
  for (const one of due)
    await transact(db, systemActor, async (tx) => {
      await lockDeviceRow(tx, one.deviceId)
      await markIfDue(tx, one, now)
    })
  return due.length
}

/**
 * Once a command was answered twice after its first answer: raises one alarm on the device, so that nothing more is
 * released on it, and records a deviation on the trial. The caller has locked the device's row.
 */
export async function markIfDue(tx: Db, redelivery: Redelivery, now: Date): Promise<void> {
  if (redelivery.times < minRepeats) return
  const marked = await markRedelivery(tx, redelivery.commandUuid, now)
  const command = marked && (await findCommand(tx, marked.commandUuid))
  if (!command) return
  const what = command.slotOrdinal === null ? command.requestType : `command ${command.slotOrdinal}`
  const text = `The MDM server delivers ${what} again after its answer: the device has answered ${marked.times} more times since ${exactTime(marked.firstAt)}. A server that cannot store an answer hands the command out at every poll`
  await insertAlarm(tx, {
    deviceId: marked.deviceId,
    trialId: marked.trialId,
    kind: 'redelivered',
    reason: text,
    rawEventId: null,
    commandUuid: marked.commandUuid,
    raisedAt: now,
  })
  if (marked.trialId !== null) await markTrial(tx, marked.trialId, { text, ...marked }, now)
  await refreshVerdicts(tx, [marked.deviceId], now)
}

/** Writes nothing to a record that is approved or locked; the alarm on the device is raised in any case. */
async function markTrial(
  tx: Db,
  trialId: string,
  { text, commandUuid }: { text: string; commandUuid: string },
  now: Date,
): Promise<void> {
  const trial = await lockTrial(tx, trialId)
  if (!trial) return
  const review = await findTrialReview(tx, trialId)
  if (review && review.state !== 'inReview') return
  const about = `redelivery ${commandUuid}`
  const fact = { deviation: 'redelivery' as const, what: text, about, data: { commandUuid } }
  await addDeviation(tx, trial, fact, now)
}
