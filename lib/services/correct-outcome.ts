import type { Db } from '@/lib/db/client'
import { findOutcomeDecision, insertOutcomeDecision } from '@/lib/db/trials'
import type { Actor } from '@/lib/domain/actor'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome'
import { isOpenQuery } from '@/lib/domain/review-query'
import { advanceTrial } from './advance-trial'
import { forbidden, type Refusal, refused } from './result'
import { sealed, withReview } from './review-trial'

export type CorrectOutcome = { trialId: string; outcome: Outcome; reason: string }

const asked = ['outcome', 'outcomeReason']

/**
 * Decides the outcome of a concluded trial anew, where an open query of its review asks for it. The
 * earlier decision stays in the record, and whoever decides now is an author: another person approves.
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
  if (reason.length < 10)
    return refused('say in ten characters or more why the outcome is corrected', 'reason')
  if (!outcomes.includes(input.outcome)) return refused('choose an outcome', 'outcome')
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const { trial, queries } = reviewing
    const wrong = sealed(reviewing)
    if (wrong) return wrong
    const last = await findOutcomeDecision(tx, trial.id)
    if (trial.state !== 'concluded' || !last)
      return refused(`the trial is ${trial.state}: it has no outcome`)
    if (!queries.some((query) => isOpenQuery(query) && asked.includes(query.field)))
      return refused('the outcome is corrected when an open query of the review asks about it')
    if (trial.outcome === input.outcome) return refused('that is its outcome already', 'outcome')
    const { proposed, because, functionVersion } = last
    const { id: byId, name: byName } = actor
    const decision = { trialId: trial.id, decided: input.outcome, reason, byId, byName, at: now }
    await insertOutcomeDecision(tx, { ...decision, proposed, because, functionVersion })
    const set = {
      outcome: input.outcome,
      outcomeReason: reason,
      overruled: input.outcome !== proposed,
    }
    const text = `Outcome corrected to “${outcomeInfo[input.outcome].label}”: ${reason}`
    const data = { outcome: input.outcome, was: trial.outcome }
    await advanceTrial(tx, trial, { kind: 'outcomeCorrected', text, data, set }, actor, now)
    return { status: 'corrected' as const }
  })
}
