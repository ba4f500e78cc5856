import type { Db } from '@/lib/db/client'
import { insertWaiver } from '@/lib/db/queries/devices/verdicts'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { commandOf } from '@/lib/domain/trial/arms'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { judgeDevice } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { orderProblem, planOf } from './slot-checks'

export type WaiveRule = {
  trialId: string
  ordinal: number
  ruleId: string
  reason: string
  proofId: string | undefined
}

/**
 * Waives a rule of the lab for one trial before a release. The person who waives cannot release. Only a failing
 * rule that is the lab's own precaution can be waived; an unknown has to be found out instead.
 */
export async function waiveRule(
  db: Db,
  actor: Actor,
  input: WaiveRule,
  now: Date,
): Promise<{ status: 'waived' } | Refusal> {
  const no = forbidden(actor, 'waiveRule')
  if (no) return no
  const { trialId, ordinal, ruleId, proofId } = input
  const reason = input.reason.trim()
  if (!isReason(reason))
    return refused(`say why, ${reasonLength}; it stays in the record`, 'reason')
  return withTrial(db, actor, trialId, async (tx, trial, device) => {
    const blocked = await orderProblem(tx, trial, ordinal)
    if (blocked) return refused(blocked)
    const plan = await planOf(tx, trial)
    const judgedFor = commandOf(plan, ordinal)
    if (!judgedFor) return refused(`the protocol has ${plan.slots.length} command slots`, 'ordinal')
    const judged = await judgeDevice(tx, device, judgedFor, now, {
      trialId: trial.id,
    })
    const finding = judged.findings.find((one) => one.ruleId === ruleId)
    if (!finding) return refused('there is no such rule', 'ruleId')
    if (finding.waived) return refused(`${ruleId} is waived already, by ${finding.waived.by}`)
    if (finding.waivable === undefined)
      return refused(
        finding.verdict === 'fail'
          ? `${ruleId} cannot be waived: it is more than a precaution of this lab, or the protocol itself requires it`
          : `${ruleId} does not fail, so there is nothing to waive; an unknown has to be found out`,
      )
    const details = { ruleId, title: finding.title, reason: finding.reason }
    const act = { trialId, act: 'waive', proofId, slotOrdinal: ordinal, reason, details } as const
    const signed = await sign(tx, actor, act, now)
    if (signed.status === 'refused') return signed
    const by = { byId: actor.id, byName: actor.name, at: now }
    await insertWaiver(tx, { trialId, ruleId, reason, ...by, signatureId: signed.signature.id })
    const text = `Waived ${ruleId}, ${finding.title}: ${reason}`
    const data = { ruleId, signatureId: signed.signature.id }
    await advanceTrial(tx, trial, { kind: 'recorded', text, data }, actor, now)
    return { status: 'waived' as const }
  })
}
