import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { listLiveTrials, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import { refusalFor } from '@/lib/domain/account/actor'
import type { World } from '@/lib/domain/device/device'
import { judgeDevice } from '../kernel/judge-device'
import { mustMay } from '../shared/result'
import { findCounterSignature, type SecondPerson, secondPersonFor } from './second-person'
import { alreadyReleased, orderProblem, planOf } from './slot-checks'

/** A release that waits for a second person. */
export type WaitingRelease = {
  trialId: string
  number: number
  deviceName: string
  ordinal: number
  armedBy: string | null
  second: SecondPerson
}

/** As many as a person can look at; each is judged anew to know whether it still waits. */
const most = 20

/**
 * The releases of one world that wait for the signature of somebody like this actor: required, not
 * signed yet or not any more, and on a device that qualifies. The oldest first.
 */
export async function listWaitingReleases(
  db: Db,
  actor: Actor,
  world: World,
  now: Date,
): Promise<WaitingRelease[]> {
  mustMay(actor, 'look')
  if (refusalFor(actor, 'counterSign') !== undefined) return []
  const trials = await listLiveTrials(db, world, most)
  const waiting = await Promise.all(trials.map((trial) => waitingOf(db, actor, trial, now)))
  return waiting.flatMap((one) => (one ? [one] : []))
}

async function waitingOf(
  db: Db,
  actor: Actor,
  trial: Trial,
  now: Date,
): Promise<WaitingRelease | undefined> {
  const [plan, device] = [await planOf(db, trial), await findDeviceRow(db, trial.deviceId)]
  const ordinal = await turnOf(db, trial, plan.slots.length)
  const slot = ordinal === undefined ? undefined : plan.slots[ordinal - 1]
  if (!device || ordinal === undefined || !slot) return undefined
  const second = await secondPersonFor(db, { trial, device, plan, ordinal }, now)
  if (!second || (second.byLead && refusalFor(actor, 'counterSignLast') !== undefined))
    return undefined
  const judged = await judgeDevice(db, device, { slot, conditions: plan.conditions }, now, {
    trialId: trial.id,
  })
  const command = await findSlotCommand(db, trial.id, ordinal)
  const signed = await findCounterSignature(db, { trial, ordinal, command, judged }, now)
  if (judged.overall !== 'qualified' || (signed && !signed.lapsed)) return undefined
  return {
    trialId: trial.id,
    number: trial.number,
    deviceName: `${device.labTag ?? ''} ${device.name}`.trim(),
    ordinal,
    armedBy: trial.armedBy,
    second,
  }
}

/** The command whose turn it is, where one may be released now. */
async function turnOf(db: Db, trial: Trial, slots: number): Promise<number | undefined> {
  for (let ordinal = 1; ordinal <= slots; ordinal += 1) {
    if (alreadyReleased(await findSlotCommand(db, trial.id, ordinal))) continue
    return (await orderProblem(db, trial, ordinal)) === undefined ? ordinal : undefined
  }
  return undefined
}
