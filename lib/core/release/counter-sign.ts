import type { Db } from '@/lib/db/client'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import { listLiveTrials, type Trial } from '@/lib/db/queries/trials/trials'
import { type Actor, refusalFor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { commandOf } from '@/lib/domain/trial/arms'
import { slotName } from '@/lib/domain/trial/mechanism'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { judgeDevice } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { assertAllowed, forbidden, type Refusal, refused } from '../shared/result'
import { findCounterSignature, type SecondPerson, secondPersonFor } from './second-person'
import {
  type AlreadyReleased,
  alreadyReleased,
  type Changed,
  compareWithSeen,
  orderProblem,
  planOf,
} from './slot-checks'

export type CounterSign = {
  trialId: string
  ordinal: number
  /** The verdict on the screen. The releaser must see the same one, or the counter-signature does not count. */
  verdictId: number
  proofId: string | undefined
}

/**
 * Signs a release in advance as the second person. It releases nothing, and its signer cannot release this
 * command. It counts until anything about the device changes.
 */
export async function counterSign(
  db: Db,
  actor: Actor,
  input: CounterSign,
  now: Date,
): Promise<{ status: 'counterSigned' } | AlreadyReleased | Changed | Refusal> {
  const no = forbidden(actor, 'counterSign')
  if (no) return no
  const { ordinal, proofId } = input
  return withTrial(db, actor, input.trialId, async (tx, trial, device) => {
    const plan = await planOf(tx, trial)
    const judgedFor = commandOf(plan, ordinal)
    if (!judgedFor) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const first = alreadyReleased(await findSlotCommand(tx, trial.id, ordinal))
    if (first) return first
    const blocked = await orderProblem(tx, trial, ordinal)
    if (blocked) return refused(blocked)
    const second = await secondPersonFor(tx, { trial, device, plan, ordinal }, now)
    if (!second) return refused('this release needs no second person')
    const noLead = second.byLead ? forbidden(actor, 'counterSignLast') : undefined
    if (noLead) return noLead
    const judged = await judgeDevice(tx, device, judgedFor, now, {
      trialId: trial.id,
    })
    const seen = { trial, device, judged, verdictId: input.verdictId, actor }
    const same = await compareWithSeen(tx, seen, now)
    if ('status' in same) return same
    const signed = await sign(
      tx,
      actor,
      {
        trialId: trial.id,
        act: 'counterSign',
        proofId,
        slotOrdinal: ordinal,
        verdict: { id: same.newVerdictId, hash: same.hash },
        details: { reason: second.reason },
      },
      now,
    )
    if (signed.status === 'refused') return signed
    const text = `Counter-signed: ${slotName(plan.slots[ordinal - 1], ordinal).toLowerCase()} may be released by somebody else. ${second.reason}`
    const data = { ordinal, signatureId: signed.signature.id }
    await advanceTrial(tx, trial, { kind: 'recorded', text, data }, actor, now)
    return { status: 'counterSigned' as const }
  })
}

/** A release that waits for a second person. */
export type WaitingRelease = {
  trialId: string
  number: number
  deviceName: string
  ordinal: number
  armedBy: string | null
  second: SecondPerson
}

/** As many as a person can look through; each is judged again to find out whether it still waits. */
const maxTrials = 20

/**
 * The releases of one environment that wait for the signature of somebody like this actor: required, not
 * signed yet or not any more, and on a device that qualifies. The oldest first.
 */
export async function listWaitingReleases(
  db: Db,
  actor: Actor,
  environment: Environment,
  now: Date,
): Promise<WaitingRelease[]> {
  assertAllowed(actor, 'look')
  if (refusalFor(actor, 'counterSign') !== undefined) return []
  const trials = await listLiveTrials(db, environment, maxTrials)
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
  const judgedFor = ordinal === undefined ? undefined : commandOf(plan, ordinal)
  if (!device || ordinal === undefined || !judgedFor) return undefined
  const second = await secondPersonFor(db, { trial, device, plan, ordinal }, now)
  if (!second || (second.byLead && refusalFor(actor, 'counterSignLast') !== undefined))
    return undefined
  const judged = await judgeDevice(db, device, judgedFor, now, {
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

/** The number of the command that may be released now, if there is one. */
async function turnOf(db: Db, trial: Trial, slots: number): Promise<number | undefined> {
  for (let ordinal = 1; ordinal <= slots; ordinal += 1) {
    if (alreadyReleased(await findSlotCommand(db, trial.id, ordinal))) continue
    return (await orderProblem(db, trial, ordinal)) === undefined ? ordinal : undefined
  }
  return undefined
}
