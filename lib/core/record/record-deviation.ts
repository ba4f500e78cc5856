import type { Db } from '@/lib/db/client'
import { findTrialReview } from '@/lib/db/queries/trials/reviews'
import { listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReviewed } from '@/lib/domain/review/review'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import {
  type Deviation,
  type DeviationData,
  type DeviationEffect,
  deviationsOf,
} from '@/lib/domain/trial/deviation'
import { underWayStates } from '@/lib/domain/trial/observation'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { forbidden, type Refusal, refused } from '../shared/result'
import { sealed } from './review-trial'

/** The form makes `nonce` before it submits, so that pressing Save twice writes one entry. */
export type RecordDeviation = {
  trialId: string
  what: string
  why: string
  effect: DeviationEffect
  nonce: string
  /** The entry this one corrects or judges, with the reason; `stands` false says there was no deviation. */
  correctsId?: number | undefined
  stands?: boolean | undefined
  reason?: string | undefined
}

/**
 * Records a deviation from the protocol: what, why, and what it does to the result; or a further entry that corrects or
 * judges an earlier one. Accepted from the arming on, and after the end until the review is approved.
 */
export async function recordDeviation(
  db: Db,
  actor: Actor,
  input: RecordDeviation,
  now: Date,
): Promise<{ status: 'recorded' } | Refusal> {
  const no = forbidden(actor, 'observe')
  if (no) return no
  const doer = { ...actor, reason: input.reason?.trim() }
  return withTrial(db, doer, input.trialId, async (tx, trial) => {
    const events = await listTrialEvents(tx, trial.id)
    if (events.some(({ data }) => data.nonce === input.nonce))
      return { status: 'recorded' as const }
    const closed = await closedProblem(tx, trial)
    if (closed) return closed
    const wrong = problemOf(deviationsOf(events), input)
    if (wrong) return wrong
    const { correctsId, stands = true } = input
    const what = input.what.trim()
    const text = `${correctsId === undefined ? 'Deviation' : stands ? 'Deviation corrected or judged' : 'No deviation after all'}: ${what}`
    const data = { ...dataOf(events, input), nonce: input.nonce }
    await advanceTrial(tx, trial, { kind: 'deviated', text, data }, actor, now)
    return { status: 'recorded' as const }
  })
}

function dataOf(
  events: Parameters<typeof deviationsOf>[0],
  { what, why, effect, correctsId, stands = true, reason = '' }: RecordDeviation,
): DeviationData {
  const corrected = deviationsOf(events).find(({ entry }) => entry.id === correctsId)
  return {
    deviation: corrected?.kind ?? 'byHand',
    ...{ what: what.trim(), why: why.trim(), effect, stands },
    ...(correctsId !== undefined && { corrects: correctsId, reason: reason.trim() }),
  }
}

async function closedProblem(tx: Db, trial: Trial): Promise<Refusal | undefined> {
  if (underWayStates.includes(trial.state)) return undefined
  if (!isReviewed(trial))
    return refused(`the trial is ${trial.state}: nobody can deviate from its protocol`)
  const review = await findTrialReview(tx, trial.id)
  return sealed({ state: review?.state ?? 'inReview' })
}

function problemOf(found: readonly Deviation[], input: RecordDeviation): Refusal | undefined {
  const { what, why, correctsId, stands = true, reason = '' } = input
  if (!isReason(what))
    return refused(`say what differed from the protocol, ${reasonLength}`, 'what')
  if (stands && !isReason(why)) return refused(`say why, ${reasonLength}`, 'why')
  if (correctsId === undefined) return undefined
  if (!found.some(({ entry }) => entry.id === correctsId))
    return refused('this entry has been corrected already, or is not of this trial', 'correctsId')
  return isReason(reason)
    ? undefined
    : refused(`say why it is corrected, ${reasonLength}`, 'reason')
}
