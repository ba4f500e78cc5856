import type { Db } from '@/lib/db/client'
import {
  findReaderStanding,
  insertOutcomeOpening,
  insertSecondReading,
} from '@/lib/db/queries/trials/second-readings'
import { findOutcomeDecision } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { type Outcome, outcomeInfo, outcomes } from '@/lib/domain/outcome/outcome'
import { isWithheld, whyNotSecondReader } from '@/lib/domain/review/second-reading'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { forbidden, type Refusal, refused } from '../shared/result'

/**
 * Enters that this person opens what is proposed and decided about a trial before its second reading: they are no blinded
 * reader of it any more. For somebody who knows it already nothing is entered.
 */
export async function openOutcome(
  db: Db,
  actor: Actor,
  { trialId }: { trialId: string },
  now: Date,
): Promise<{ status: 'opened' } | Refusal> {
  const no = forbidden(actor, 'openOutcome')
  if (no) return no
  return withTrial(db, actor, trialId, async (tx, trial) => {
    const standing = await findReaderStanding(tx, trial.id, actor.id)
    if (standing && isWithheld(standing))
      await insertOutcomeOpening(tx, {
        ...{ trialId: trial.id, at: now },
        ...{ byId: actor.id, byName: actor.name, byRole: actor.role },
      })
    return { status: 'opened' as const }
  })
}

export type RecordSecondReading = { trialId: string; outcome: Outcome; reason: string }

/**
 * Stores the outcome that a second person read from the record. If it is the decided one, the trial has that outcome from now
 * on; if not, it waits for a lead to decide between the two.
 */
export async function recordSecondReading(
  db: Db,
  actor: Actor,
  input: RecordSecondReading,
  now: Date,
): Promise<{ status: 'recorded'; agrees: boolean } | Refusal> {
  const no = forbidden(actor, 'secondRead')
  if (no) return no
  const reason = input.reason.trim()
  return withTrial(db, { ...actor, reason }, input.trialId, async (tx, trial) => {
    const wrong = await problemOf(tx, actor, { ...input, reason })
    if (wrong) return wrong
    const decision = await findOutcomeDecision(tx, trial.id)
    if (!decision) throw new Error(`trial T-${trial.number} is concluded without a decision`)
    const { agrees, unblindedBy } = await insertSecondReading(tx, {
      ...{ trialId: trial.id, decisionId: decision.id, outcome: input.outcome, reason, at: now },
      ...{ byId: actor.id, byName: actor.name, byRole: actor.role },
    })
    const settled = {
      outcomeAwaits: null,
      outcome: decision.decided,
      proposedOutcome: decision.proposed,
      outcomeReason: decision.reason,
      overruled: decision.decided !== decision.proposed,
    }
    const set = agrees ? settled : { outcomeAwaits: 'adjudication' as const }
    const blinded = unblindedBy === null ? 'blinded' : 'not blinded'
    const text = `Read by a second person, ${blinded}: “${outcomeInfo[input.outcome].label}”, ${agrees ? 'as the first' : 'not as the first'}`
    const data = { first: decision.decided, second: input.outcome, agrees, unblindedBy }
    await advanceTrial(tx, trial, { kind: 'secondRead', text, data, set }, actor, now)
    return { status: 'recorded' as const, agrees }
  })
}

async function problemOf(
  tx: Db,
  actor: Actor,
  { trialId, outcome, reason }: RecordSecondReading,
): Promise<Refusal | undefined> {
  const standing = await findReaderStanding(tx, trialId, actor.id)
  if (!standing) throw new Error(`trial ${trialId} lost its row`)
  const why = whyNotSecondReader(standing, actor.role)
  if (why !== undefined) return refused(why)
  if (!outcomes.includes(outcome)) return refused('choose an outcome', 'outcome')
  return isReason(reason)
    ? undefined
    : refused(`say ${reasonLength} what in the record shows it`, 'reason')
}
