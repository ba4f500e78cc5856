import type { Db } from '@/lib/db/client'
import { findSlotCommand } from '@/lib/db/queries/trials/commands'
import type { Actor } from '@/lib/domain/account/permissions'
import { commandOf } from '@/lib/domain/trial/arms'
import { slotName } from '@/lib/domain/trial/mechanism'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { judgeDevice } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { secondPersonFor } from './second-person'
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
