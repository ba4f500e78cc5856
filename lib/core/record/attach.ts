import type { Db } from '@/lib/db/client'
import {
  type Attachment,
  findAttachmentOfUpload,
  insertAttachment,
  insertAttachmentWithdrawal,
  listAttachments,
} from '@/lib/db/queries/trials/attachments'
import { findTrialReview } from '@/lib/db/queries/trials/reviews'
import { findObservation, findTrial, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { type AttachmentType, maxFileNameLength } from '@/lib/domain/attachment/attachment'
import { isReviewed } from '@/lib/domain/review/review'
import { isReason, reasonLength } from '@/lib/domain/text/reason'
import { lineProblem, uuidForm } from '@/lib/domain/text/typed-text'
import { underWayStates } from '@/lib/domain/trial/observation'
import { withTrial } from '../kernel/advance-trial'
import { countAction } from '../shared/action-limits'
import { forbidden, type Refusal, refused } from '../shared/result'
import { sealed } from './review-trial'

export type BeginAttachment = {
  trialId: string
  /** What it shows; undefined for the trial as a whole. */
  observationId: number | undefined
  fileName: string
  sha256: string
}

/**
 * Whether a file may be sent at all, asked before its first byte: everything that `recordAttachment` would refuse after
 * the last one. `there`: the same file is in the same place already.
 */
export async function beginAttachment(
  db: Db,
  actor: Actor,
  input: BeginAttachment,
  now: Date,
): Promise<{ status: 'done' | 'there' } | Refusal> {
  const no = forbidden(actor, 'observe') ?? (await countAction(db, actor, 'attach', now))
  if (no) return no
  const trial = uuidForm.test(input.trialId) ? await findTrial(db, input.trialId) : undefined
  if (!trial) return refused('there is no such trial', 'trialId')
  const problem = await problemOf(db, trial, input)
  if (problem) return problem
  return { status: (await isThere(db, input)) ? 'there' : 'done' }
}

export type RecordAttachment = BeginAttachment & {
  type: AttachmentType
  bytes: number
  /** The upload that brought the file; told twice, it makes one row. */
  uploadId: string
  /** Gives the file its lasting name, before its row is written. */
  keep: () => Promise<void>
}

/** Enters a file that has arrived and was checked: its row is the record, and its bytes are on the disk before that. */
export async function recordAttachment(
  db: Db,
  actor: Actor,
  input: RecordAttachment,
  now: Date,
): Promise<{ status: 'done' | 'there' } | Refusal> {
  const no = forbidden(actor, 'observe')
  if (no) return no
  return withTrial(db, actor, input.trialId, async (tx, trial) => {
    if (await findAttachmentOfUpload(tx, input.uploadId)) return { status: 'done' as const }
    const problem = await problemOf(tx, trial, input)
    if (problem) return problem
    if (await isThere(tx, input)) return { status: 'there' as const }
    await input.keep()
    await insertAttachment(tx, {
      trialId: trial.id,
      observationId: input.observationId ?? null,
      fileName: input.fileName.trim(),
      type: input.type,
      bytes: input.bytes,
      sha256: input.sha256,
      attachedAt: now,
      byId: actor.id,
      byName: actor.name,
      uploadId: input.uploadId,
    })
    return { status: 'done' as const }
  })
}

async function problemOf(
  tx: Db,
  trial: Trial,
  { fileName, observationId }: BeginAttachment,
): Promise<Refusal | undefined> {
  const over = await timeProblem(tx, trial)
  if (over) return over
  const name = fileName.trim()
  if (name === '' || name.length > maxFileNameLength)
    return refused(`the file needs a name of 1 to ${maxFileNameLength} characters`, 'fileName')
  const strange = lineProblem(name)
  if (strange) return refused(`The name of the file: ${strange}`, 'fileName')
  if (observationId !== undefined) {
    const observation = await findObservation(tx, observationId)
    if (observation?.trialId !== trial.id)
      return refused('the observation is not of this trial', 'observationId')
  }
  return undefined
}

/** Whether the same file is attached in the same place already: nothing is added by it. */
async function isThere(
  tx: Db,
  { trialId, observationId, sha256 }: BeginAttachment,
): Promise<boolean> {
  return (await listAttachments(tx, trialId)).some(
    (one) =>
      one.sha256 === sha256 &&
      one.withdrawn === undefined &&
      one.observationId === (observationId ?? null),
  )
}

/** Attached while the trial is under way, and afterwards until its review is approved. */
async function timeProblem(tx: Db, trial: Trial): Promise<Refusal | undefined> {
  if (underWayStates.includes(trial.state)) return undefined
  if (!isReviewed(trial))
    return refused(
      `the trial is ${trial.state}: files are attached from its arming until its review is approved`,
    )
  const review = await findTrialReview(tx, trial.id)
  return sealed({ state: review?.state ?? 'inReview' })
}

export type WithdrawAttachment = { trialId: string; attachmentId: number; reason: string }

/** Takes an attachment off the trial, with a reason. Its row and its file stay, and it is shown struck through. */
export async function withdrawAttachment(
  db: Db,
  actor: Actor,
  { trialId, attachmentId, reason: given }: WithdrawAttachment,
  now: Date,
): Promise<{ status: 'done' } | Refusal> {
  const no = forbidden(actor, 'observe')
  if (no) return no
  const reason = given.trim()
  if (!isReason(reason))
    return refused(`say why it does not belong here, ${reasonLength}`, 'reason')
  return withTrial(db, { ...actor, reason }, trialId, async (tx, trial) => {
    const over = await timeProblem(tx, trial)
    if (over) return over
    const attachment = (await listAttachments(tx, trial.id)).find(({ id }) => id === attachmentId)
    const problem = withdrawalProblem(attachment)
    if (problem) return problem
    const by = { byId: actor.id, byName: actor.name }
    await insertAttachmentWithdrawal(tx, {
      trialId: trial.id,
      attachmentId,
      reason,
      at: now,
      ...by,
    })
    return { status: 'done' as const }
  })
}

function withdrawalProblem(attachment: Attachment | undefined): Refusal | undefined {
  if (!attachment) return refused('this trial has no such attachment', 'attachmentId')
  return attachment.withdrawn
    ? refused(`it was withdrawn by ${attachment.withdrawn.byName} already`, 'attachmentId')
    : undefined
}
