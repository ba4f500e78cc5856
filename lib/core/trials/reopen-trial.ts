import type { Db } from '@/lib/db/client'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { findLiveTrial, recordEnd, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/actor'
import { isOtherOs, osOf, startedOn } from '@/lib/domain/device/os-identity'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { advanceTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { withTrial } from '../kernel/prepare-trial'
import { forbidden, type Refusal, refused } from '../shared/result'

export type ReopenTrial = { trialId: string; reason: string }

/**
 * Takes a conclusion back before the review begins: the trial is under observation again. The decision
 * stays in the record; what a lead has signed only a lead takes back.
 */
export async function reopenTrial(
  db: Db,
  actor: Actor,
  input: ReopenTrial,
  now: Date,
): Promise<{ status: 'reopened' } | Refusal> {
  const no = forbidden(actor, 'concludeTrial')
  if (no) return no
  const reason = input.reason.trim()
  return withTrial(db, { ...actor, reason }, input.trialId, async (tx, trial, device) => {
    const wrong = await problemOf(tx, actor, trial, reason)
    if (wrong) return wrong
    const set = {
      outcome: null,
      proposedOutcome: null,
      outcomeReason: null,
      concludedAt: null,
      concludedBy: null,
      overruled: false,
    }
    const text = `Conclusion taken back: ${reason}`
    const data = { reason, was: trial.outcome }
    await advanceTrial(tx, trial, { kind: 'reopened', text, data, set }, actor, now)
    await recordMissedEnd(tx, trial)
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'reopened' as const }
  })
}

async function problemOf(
  tx: Db,
  actor: Actor,
  trial: Trial,
  reason: string,
): Promise<Refusal | undefined> {
  if (trial.state !== 'concluded')
    return refused(`the trial is ${trial.state}: only a conclusion is taken back`)
  if (trial.overruled) {
    const no = forbidden(actor, 'overruleOutcome')
    if (no) return no
  }
  if (!isReason(reason))
    return refused(`say ${reasonLength} why the conclusion is taken back`, 'reason')
  if ((await listReviewEvents(tx, trial.id)).length > 0)
    return refused('its review has begun: what is wrong is asked about and corrected there')
  const other = await findLiveTrial(tx, trial.deviceId)
  return other ? refused(`the device is in trial T-${other.number} meanwhile`) : undefined
}

/** What the device said of its OS while nobody was looking is the end state of the trial all the same. */
async function recordMissedEnd(tx: Db, trial: Trial): Promise<void> {
  const state = await recordedState(tx, trial.deviceId)
  const os = osOf(state)
  if (os.version === undefined || os.build === undefined || !state.osBuild) return
  if (isOtherOs(startedOn(trial), os))
    await recordEnd(tx, trial.id, { os, seenAt: state.osBuild.answeredAt })
}
