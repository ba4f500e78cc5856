import type { Db } from '@/lib/db/client'
import { findSecondReading } from '@/lib/db/queries/trials/second-readings'
import { lockProof } from '@/lib/db/queries/trials/signatures'
import {
  findOutcomeDecision,
  insertOutcomeDecision,
  listOutcomeDecisions,
  type Trial,
} from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { isOpenQuery, type Query } from '@/lib/domain/review/review'
import { proofProblem } from '@/lib/domain/signature/signature'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { advanceTrial } from '../kernel/advance-trial'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { sealed, withReview } from './review-trial'

export type CorrectOutcome = {
  trialId: string
  outcome: Outcome
  reason: string
  proofId: string | undefined
}

const asked = ['outcome', 'outcomeReason']

/**
 * Corrects the outcome of a concluded trial, if an open query of its review asks about it, or decides it where its two
 * readers disagree, which may be for either or for neither. The earlier decision stays in the record. Whoever corrects it becomes an author of the trial, so another person has to approve it.
 */
export async function correctOutcome(
  db: Db,
  actor: Actor,
  input: CorrectOutcome,
  now: Date,
): Promise<{ status: 'corrected' } | Refusal> {
  const no = forbidden(actor, 'overruleOutcome')
  if (no) return no
  const reason = input.reason.trim()
  if (!isReason(reason))
    return refused(`say ${reasonLength} why the outcome is corrected`, 'reason')
  if (!outcomes.includes(input.outcome)) return refused('choose an outcome', 'outcome')
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const { trial, queries } = reviewing
    const wrong = sealed(reviewing)
    if (wrong) return wrong
    const last = await findOutcomeDecision(tx, trial.id)
    if (trial.state !== 'concluded' || !last)
      return refused(`the trial is ${trial.state}: it has no outcome`)
    const adjudicates = trial.outcomeAwaits === 'adjudication'
    const notYet = adjudicates ? await notThirdPerson(tx, trial.id, actor) : whyNot(trial, queries)
    if (notYet) return notYet
    if (trial.outcome === input.outcome) return refused('that is its outcome already', 'outcome')
    const unproved = await proofRefusal(tx, actor, input, now)
    if (unproved) return unproved
    const { proposed, reasons, functionVersion, certain } = last
    const { id: byId, name: byName } = actor
    const decision = { trialId: trial.id, decided: input.outcome, reason, byId, byName, at: now }
    await insertOutcomeDecision(tx, { ...decision, proposed, reasons, functionVersion, certain })
    const set = {
      outcome: input.outcome,
      outcomeReason: reason,
      overruled: input.outcome !== proposed,
      ...(adjudicates && { outcomeAwaits: null, proposedOutcome: proposed }),
    }
    const verb = adjudicates ? 'Outcome decided between two readers:' : 'Outcome corrected to'
    const text = `${verb} “${outcomeInfo[input.outcome].label}”: ${reason}`
    const data = { outcome: input.outcome, was: trial.outcome }
    await advanceTrial(tx, trial, { kind: 'outcomeCorrected', text, data, set }, actor, now)
    // Signed after the change: otherwise the act would change the record that its signature binds to.
    const { trialId, proofId } = input
    const details = { outcome: input.outcome, proposed }
    const signed = await sign(
      tx,
      actor,
      { trialId, act: 'overrule', proofId, reason, details },
      now,
    )
    if (signed.status === 'refused') throw new Error(`a good proof did not sign: ${signed.reason}`)
    return { status: 'corrected' as const }
  })
}

/** Why the outcome is not corrected now. */
function whyNot(trial: Trial, queries: readonly Query[]): Refusal | undefined {
  if (trial.outcomeAwaits === 'secondReading')
    return refused('its outcome awaits the second reading, which comes first')
  return queries.some((query) => isOpenQuery(query) && asked.includes(query.field))
    ? undefined
    : refused('the outcome is corrected when an open query of the review asks about it')
}

/** Neither of the two readers decides between them. */
async function notThirdPerson(tx: Db, trialId: string, actor: Actor): Promise<Refusal | undefined> {
  const [reading, decisions] = await Promise.all([
    findSecondReading(tx, trialId),
    listOutcomeDecisions(tx, trialId),
  ])
  const own = [reading, ...decisions].some((one) => one?.byId === actor.id)
  return own ? refused('you are one of its two readers: another lead decides') : undefined
}

/** Checked before anything is written, because a refusal does not roll the transaction back. */
async function proofRefusal(
  tx: Db,
  actor: Actor,
  { trialId, proofId }: CorrectOutcome,
  now: Date,
): Promise<Refusal | undefined> {
  const proof = proofId === undefined ? undefined : await lockProof(tx, proofId)
  const wanted = { byId: actor.id, act: 'overrule' as const, subjectId: trialId }
  const wrong = proofProblem(proof, wanted, now)
  return wrong === undefined ? undefined : refused(wrong, 'proof')
}
