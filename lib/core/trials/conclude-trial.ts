import type { Db } from '@/lib/db/client'
import { recordedState } from '@/lib/db/queries/devices/readings'
import { findRadarVerdictOn } from '@/lib/db/queries/radars/radars'
import { findOpenCommand } from '@/lib/db/queries/trials/commands'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { listReviewEvents } from '@/lib/db/queries/trials/reviews'
import { findReaderStanding, findSecondReading } from '@/lib/db/queries/trials/second-readings'
import {
  findLiveTrial,
  findOutcomeDecision,
  insertOutcomeDecision,
  recordEnd,
  type Trial,
} from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { isOtherOs, osOf, startedOn } from '@/lib/domain/device/os-identity'
import { type Outcome, outcomes } from '@/lib/domain/outcome/outcome'
import type { OutcomeProposal } from '@/lib/domain/outcome/outcome-evidence'
import { proposeOutcome } from '@/lib/domain/outcome/propose-outcome'
import { isWithheld, openFirst } from '@/lib/domain/review/second-reading'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { settleErrorsThoughStarted } from './errors-though-started'
import { gatherEvidence } from './trial-evidence'

/** `outcome` is what the person decides; any other than the proposed one needs a reason. */
export type ConcludeTrial = {
  trialId: string
  outcome: Outcome
  reason: string
  /** Made by the password or passkey at this action; needed for any outcome other than the proposed one. */
  proofId?: string | undefined
}

/** The outcome that the record proposes now; undefined while nothing has been sent. */
export async function proposeForTrial(
  db: Db,
  trial: Trial,
  now: Date,
): Promise<OutcomeProposal | undefined> {
  if (!trial.consumed) return undefined
  return proposeOutcome(await gatherEvidence(db, trial, now))
}

/**
 * Concludes a trial with the outcome that a person accepts. Any other than the proposed one, also while nothing is
 * proposed yet, needs a lead, a signature and a reason. A conclusion can be reopened until the review begins.
 */
export async function concludeTrial(
  db: Db,
  actor: Actor,
  input: ConcludeTrial,
  now: Date,
): Promise<{ status: 'concluded'; overruled: boolean } | Refusal> {
  const no = forbidden(actor, 'concludeTrial')
  if (no) return no
  const doer = { ...actor, reason: input.reason.trim() }
  return withTrial(db, doer, input.trialId, async (tx, trial, device) => {
    if (trial.state !== 'observing')
      return refused(`the trial is ${trial.state}; only a trial under observation is concluded`)
    if (!outcomes.includes(input.outcome)) return refused('choose an outcome', 'outcome')
    const open = await findOpenCommand(tx, device.id)
    if (open?.state === 'reserved' && open.trialId === trial.id && open.purpose === 'intervention')
      return refused(
        'a command or declaration of this trial is held for release: cancel it, or wait until it is sent',
      )
    const blinded = await blindedProblem(tx, actor, trial)
    if (blinded) return blinded
    const proposal = await proposeForTrial(tx, trial, now)
    if (!proposal) throw new Error(`trial T-${trial.number} is observing and has sent nothing`)
    const overruled = proposal.outcome !== input.outcome
    const wrong = overruled ? overruleProblem(actor, proposal, input) : undefined
    if (wrong) return wrong
    if (overruled) {
      const signed = await signOverrule(tx, actor, input, proposal, now)
      if (signed.status === 'refused') return signed
    }
    await insertOutcomeDecision(tx, {
      trialId: trial.id,
      proposed: proposal.outcome ?? null,
      reasons: proposal.reasons,
      functionVersion: proposal.functionVersion,
      certain: proposal.certain,
      decided: input.outcome,
      reason: input.reason.trim() || null,
      byId: actor.id,
      byName: actor.name,
      at: now,
    })
    const version = await findProtocolVersion(tx, trial.protocolVersionId)
    const step = version?.plan.secondReader ? awaitsReader : stepOf(input, proposal)
    const set = { ...step.set, concludedAt: now, concludedBy: actor.name }
    await advanceTrial(tx, trial, { ...step, kind: 'concluded', set }, actor, now)
    // No single reply shows these: the evidence is whole at the conclusion.
    await settleErrorsThoughStarted(tx, trial, now, { concluded: true })
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'concluded' as const, overruled }
  })
}

/** Asked before anything about a proposal or a decision: a refusal that follows from one would tell something of it. */
async function blindedProblem(tx: Db, actor: Actor, trial: Trial): Promise<Refusal | undefined> {
  const standing = await findReaderStanding(tx, trial.id, actor.id)
  return standing && isWithheld(standing) ? refused(openFirst) : undefined
}

/** Nothing of the decision, which its own row has: this entry and the trial are read by whoever is to read the outcome blinded. */
const awaitsReader = {
  text: 'Concluded; the outcome is withheld until a second person has read it',
  data: {},
  set: { outcomeAwaits: 'secondReading' as const },
}

function stepOf(input: ConcludeTrial, proposal: OutcomeProposal) {
  const reason = input.reason.trim()
  const overruled = proposal.outcome !== input.outcome
  return {
    text: overruled ? `Concluded, the proposal overruled: ${reason}` : 'Concluded as proposed',
    data: { outcome: input.outcome, proposed: proposal.outcome },
    set: {
      outcome: input.outcome,
      proposedOutcome: proposal.outcome ?? null,
      outcomeReason: reason || null,
      overruled,
    },
  }
}

function signOverrule(
  tx: Db,
  actor: Actor,
  { trialId, proofId, reason, outcome }: ConcludeTrial,
  proposal: OutcomeProposal,
  now: Date,
) {
  const details = { outcome, proposed: proposal.outcome ?? null }
  return sign(tx, actor, { trialId, act: 'overrule', proofId, reason, details }, now)
}

function overruleProblem(
  actor: Actor,
  proposal: OutcomeProposal,
  input: ConcludeTrial,
): Refusal | undefined {
  const no = forbidden(actor, 'overruleOutcome')
  if (no) return no
  if (isReason(input.reason)) return undefined
  return refused(
    proposal.outcome === undefined
      ? `the trial is still open: say ${reasonLength} why it is concluded now`
      : `say ${reasonLength} why the proposal is overruled`,
    'reason',
  )
}

export type ReopenTrial = { trialId: string; reason: string }

/**
 * Reopens a concluded trial before its review begins: it is under observation again. The decision stays in the
 * record. A conclusion that a lead signed can only be reopened by a lead.
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
      outcomeAwaits: null,
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
  const blinded = await blindedProblem(tx, actor, trial)
  if (blinded) return blinded
  const decision = await findOutcomeDecision(tx, trial.id)
  if (decision && decision.decided !== decision.proposed) {
    const no = forbidden(actor, 'overruleOutcome')
    if (no) return no
  }
  if (!isReason(reason))
    return refused(`say ${reasonLength} why the conclusion is taken back`, 'reason')
  if ((await listReviewEvents(tx, trial.id)).length > 0)
    return refused('its review has begun: what is wrong is asked about and corrected there')
  if (await findSecondReading(tx, trial.id))
    return refused('a second person has read its outcome: it is corrected in the review')
  const radar = await findRadarVerdictOn(tx, trial.id)
  if (radar)
    return refused(`radar R-${radar.number} rests on it: its verdict names T-${trial.number}`)
  const other = await findLiveTrial(tx, trial.deviceId)
  return other ? refused(`the device is in trial T-${other.number} meanwhile`) : undefined
}

/** Records an OS that the device reported while the trial was concluded as its end state. */
async function recordMissedEnd(tx: Db, trial: Trial): Promise<void> {
  const state = await recordedState(tx, trial.deviceId)
  const os = osOf(state)
  if (os.version === undefined || os.build === undefined || !state.osBuild) return
  if (isOtherOs(startedOn(trial), os))
    await recordEnd(tx, trial.id, { os, seenAt: state.osBuild.answeredAt })
}
