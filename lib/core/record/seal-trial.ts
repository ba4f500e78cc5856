import type { Db } from '@/lib/db/client'
import { insertReviewEvent } from '@/lib/db/queries/trials/reviews'
import type { Actor, Permission } from '@/lib/domain/account/permissions'
import {
  isOpenQuery,
  nextReviewState,
  type ReviewEventKind,
  type ReviewState,
} from '@/lib/domain/review/review'
import type { OutcomeWait } from '@/lib/domain/review/second-reading'
import type { SignatureAct } from '@/lib/domain/signature/signature'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { sign } from '../kernel/sign'
import { forbidden, type Refusal, refused } from '../shared/result'
import { notYourOwn, type Reviewing, withReview } from './review-trial'

/** `proofId` is the proof made by the password or passkey at this action. */
export type Seal = { trialId: string; proofId: string | undefined }
export type Unlock = Seal & { reason: string }

type Sealed = { status: 'sealed'; state: ReviewState }

type Act = {
  permission: Permission
  act: SignatureAct
  kind: ReviewEventKind
  /** Whether a contributor to the trial may do it. */
  ownToo: boolean
}

const approving: Act = {
  permission: 'approveTrial',
  act: 'approve',
  kind: 'approved',
  ownToo: false,
}
const locking: Act = { permission: 'lockTrial', act: 'lock', kind: 'locked', ownToo: false }
// A contributor may unlock: that attests to nothing, and the next approval needs another person anyway.
const unlocking: Act = { permission: 'unlockTrial', act: 'unlock', kind: 'unlocked', ownToo: true }

/** A reviewer signs that the record is right. From then on nothing is written to it. */
export const approveTrial = (db: Db, actor: Actor, input: Seal, now: Date) =>
  seal(db, actor, { ...input, reason: '' }, { step: approving, now })

/** Locks an approved record. Later messages of the device are stored, but not added to it. */
export const lockTrial = (db: Db, actor: Actor, input: Seal, now: Date) =>
  seal(db, actor, { ...input, reason: '' }, { step: locking, now })

/** Ends an approval or a lock, with a reason. The signatures stay in the record and are shown. */
export async function unlockTrial(
  db: Db,
  actor: Actor,
  input: Unlock,
  now: Date,
): Promise<Sealed | Refusal> {
  const no = forbidden(actor, 'unlockTrial')
  if (no) return no
  if (!isReason(input.reason))
    return refused(`say ${reasonLength} why it is unlocked; it stays in the record`, 'reason')
  return seal(db, actor, input, { step: unlocking, now })
}

async function seal(
  db: Db,
  actor: Actor,
  input: Unlock,
  { step, now }: { step: Act; now: Date },
): Promise<Sealed | Refusal> {
  const no = forbidden(actor, step.permission)
  if (no) return no
  return withReview(db, actor, input.trialId, async (tx, reviewing) => {
    const { trial } = reviewing
    const state = nextReviewState(reviewing.state, step.kind)
    if (state === undefined) return refused(outOfOrder(reviewing.state, step.kind))
    const wrong = step.ownToo ? undefined : notYourOwn(reviewing, actor)
    if (wrong) return wrong
    const open = reviewing.queries.filter(isOpenQuery).length
    if (step.kind === 'approved' && open > 0) return refused(openQueries(open))
    if (step.kind === 'approved' && trial.outcomeAwaits !== null)
      return refused(noOutcomeYet(trial.outcomeAwaits))
    const details = { queries: reviewing.events.filter(({ signatureId }) => signatureId === null) }
    const { act } = step
    const { proofId, reason } = input
    const signed = await sign(tx, actor, { trialId: trial.id, act, proofId, reason, details }, now)
    if (signed.status === 'refused') return signed
    await insertReviewEvent(tx, {
      trialId: trial.id,
      kind: step.kind,
      text: reason.trim(),
      signatureId: signed.signature.id,
      at: now,
      byId: actor.id,
      byName: actor.name,
      byRole: actor.role,
    })
    return { status: 'sealed' as const, state }
  })
}

export const openQueries = (open: number): string =>
  `${open} ${open === 1 ? 'query is' : 'queries are'} open: each is answered and closed before the trial is approved`

/** Why a trial is not approved whose outcome waits for its readers. */
export const noOutcomeYet = (awaits: OutcomeWait): string =>
  awaits === 'secondReading'
    ? 'its protocol asks for a second reader: the outcome is read before the trial is approved'
    : 'its two readers disagree: a lead decides between them before the trial is approved'

/** Why this step is not possible in this state, and which step comes first. */
export function outOfOrder(state: Reviewing['state'], kind: ReviewEventKind): string {
  if (kind === 'locked') return state === 'locked' ? 'it is locked already' : 'it is approved first'
  if (kind === 'unlocked') return 'it is neither approved nor locked: there is nothing to unlock'
  return `it is ${state} already`
}
