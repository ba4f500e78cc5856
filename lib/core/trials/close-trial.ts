import type { Db } from '@/lib/db/client'
import { cancelReserved, findOpenCommand } from '@/lib/db/queries/trials/commands'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { nextTrialState, type TrialState } from '@/lib/domain/trial/trial'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'

type Close = { trialId: string; reason: string }
/** Voiding a trial is signed; `proofId` is the proof made by the password or passkey at this action. */
type SignedClose = Close & { proofId: string | undefined }
type Closed = { status: 'closed'; state: TrialState }

/** Ends a trial without an outcome. A command that was sent stays sent, and the baseline stays consumed. */
export const withdrawTrial = (db: Db, actor: Actor, input: Close, now: Date) =>
  close(db, actor, input, now, 'withdrawn')

/** Declares a trial void, because of an error of the operator or the infrastructure. */
export const voidTrial = (db: Db, actor: Actor, input: SignedClose, now: Date) =>
  close(db, actor, input, now, 'voided')

async function close(
  db: Db,
  actor: Actor,
  input: Close & Partial<SignedClose>,
  now: Date,
  kind: 'withdrawn' | 'voided',
): Promise<Closed | Refusal> {
  const no = forbidden(actor, kind === 'withdrawn' ? 'withdrawTrial' : 'voidTrial')
  if (no) return no
  const reason = input.reason.trim()
  if (!isReason(reason)) return refused(`say why, ${reasonLength}`, 'reason')
  return withTrial(db, { ...actor, reason }, input.trialId, async (tx, trial, device) => {
    if (nextTrialState(trial.state, kind) === undefined)
      return refused(`the trial is ${trial.state}`)
    const open = await findOpenCommand(tx, device.id)
    if (open?.state === 'sending' && open.trialId === trial.id)
      return refused(
        'a command or declaration is being sent right now: wait until its server has answered',
      )
    const { id: trialId } = trial
    if (kind === 'voided') {
      const act = { trialId, act: 'voidTrial', proofId: input.proofId, reason } as const
      const signed = await sign(tx, actor, act, now)
      if (signed.status === 'refused') return signed
    }
    await cancelReserved(tx, trial.id, now, `the trial was ${kind}`)
    const text = kind === 'withdrawn' ? `Withdrawn: ${reason}` : `Void: ${reason}`
    const set = { closedReason: reason, concludedAt: now, concludedBy: actor.name }
    await advanceTrial(tx, trial, { kind, text, set }, actor, now)
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'closed' as const, state: kind === 'withdrawn' ? 'withdrawn' : 'void' }
  })
}
