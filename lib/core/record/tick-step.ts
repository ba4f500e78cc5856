import type { Db } from '@/lib/db/client'
import { findProtocolVersion } from '@/lib/db/queries/trials/protocols'
import { findTrialReview } from '@/lib/db/queries/trials/reviews'
import { listTrialEvents, type Trial } from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { isReviewed } from '@/lib/domain/review/review'
import { minutesInWords } from '@/lib/domain/text/minutes'
import { reasonProblem, tickProblem } from '@/lib/domain/trial/entry-problem'
import { underWayStates } from '@/lib/domain/trial/observation'
import { type StepTick, type TickData, ticksOf } from '@/lib/domain/trial/step-tick'
import { addDeviation } from '../kernel/add-deviation'
import { advanceTrial, withTrial } from '../kernel/advance-trial'
import { forbidden, type Refusal, refused } from '../shared/result'
import { sealed } from './review-trial'

/** The page makes `nonce` before it sends, so that sending again writes one entry. */
export type TickStep = {
  trialId: string
  /** From 1. */
  step: number
  /** False: it was not done, and `note` says why. */
  done: boolean
  at: Date
  note: string
  nonce: string
  /** The entry this one puts right, with the reason. */
  correctsId?: number | undefined
  reason?: string | undefined
}

type Ticked = { status: 'ticked' }

/**
 * Ticks off a step of the protocol with its time and the person. An entry is never changed: a correction is a further
 * one with its reason, which is all that is accepted after the end, until the review is approved.
 */
export async function tickStep(
  db: Db,
  actor: Actor,
  input: TickStep,
  now: Date,
): Promise<Ticked | Refusal> {
  const no = forbidden(actor, 'observe')
  if (no) return no
  const doer = { ...actor, reason: input.reason?.trim() }
  return withTrial(db, doer, input.trialId, async (tx, trial) => {
    const events = await listTrialEvents(tx, trial.id)
    const known = events.filter(({ data }) => data.nonce === input.nonce)
    if (known.length > 0)
      return ticksOf(known).some((tick) => isSame(tick, input))
        ? { status: 'ticked' as const }
        : refused(
            'it is in the record already, in the words that were sent first: correct that entry',
            'note',
          )
    const version = await findProtocolVersion(tx, trial.protocolVersionId)
    const step = version?.plan.steps[input.step - 1]
    if (!step) return refused(`the protocol has ${version?.plan.steps.length ?? 0} steps`, 'step')
    const wrong =
      timeProblem(trial, input, now) ??
      (await standingProblem(tx, trial, input)) ??
      entryProblem(ticksOf(events), input)
    if (wrong) return wrong
    const about = {
      text: textOf(input, step.doThis),
      data: { ...dataOf(input), nonce: input.nonce },
    }
    await advanceTrial(tx, trial, { kind: 'stepTicked', ...about }, actor, now)
    if (input.correctsId === undefined) await addDeviations(tx, trial, input, now)
    return { status: 'ticked' as const }
  })
}

const isSame = (known: StepTick, input: TickStep): boolean =>
  known.step === input.step &&
  known.done === input.done &&
  known.at.getTime() === input.at.getTime() &&
  known.note === input.note.trim() &&
  known.correctsId === input.correctsId &&
  known.reason === (input.correctsId === undefined ? undefined : input.reason?.trim())

const dataOf = ({ step, done, at, note, correctsId, reason }: TickStep): TickData => ({
  ...{ step, done, at: at.toISOString(), note: note.trim() },
  ...(correctsId !== undefined && { corrects: correctsId, reason: reason?.trim() ?? '' }),
})

function textOf({ step, done, note, correctsId, reason }: TickStep, doThis: string): string {
  const was = correctsId === undefined ? '' : ' corrected to'
  const why = reason?.trim() ? ` Reason: ${reason.trim()}` : ''
  const more = note.trim() ? `. ${note.trim()}` : ''
  return `Step ${step}${was} ${done ? 'done' : 'not done'}: ${doThis}${more}${why && `.${why}`}`
}

function timeProblem(trial: Trial, { at }: TickStep, now: Date): Refusal | undefined {
  if (at.getTime() > now.getTime() + 60_000)
    return refused('the time of a step cannot lie ahead', 'at')
  if (trial.armedAt && at < trial.armedAt)
    return refused('this was before the trial was armed', 'at')
  return undefined
}

async function standingProblem(
  tx: Db,
  trial: Trial,
  input: TickStep,
): Promise<Refusal | undefined> {
  if (underWayStates.includes(trial.state)) return undefined
  if (!isReviewed(trial) || input.correctsId === undefined)
    return refused(`the trial is ${trial.state}: steps are ticked off in a trial under way`)
  const review = await findTrialReview(tx, trial.id)
  return sealed({ state: review?.state ?? 'inReview' })
}

function entryProblem(ticks: readonly StepTick[], input: TickStep): Refusal | undefined {
  const { step, done, note, correctsId, reason } = input
  const last = ticks.findLast((tick) => tick.step === step)
  const unexplained = tickProblem(done, note)
  if (unexplained) return refused(unexplained.reason, unexplained.field)
  if (correctsId === undefined)
    return last && refused(`step ${step} was ticked off by ${last.byName}: correct that entry`)
  if (last?.id !== correctsId)
    return refused('this entry has been corrected already: correct the later one', 'correctsId')
  const wrong = reasonProblem(reason)
  return wrong && refused(wrong.reason, wrong.field)
}

/** What follows from the entry itself: that the step was not done, or only after the deadline. */
async function addDeviations(tx: Db, trial: Trial, input: TickStep, now: Date): Promise<void> {
  const { step, done, at, note } = input
  if (!done) {
    const what = `Step ${step} was not done: ${note.trim()}`
    return addDeviation(
      tx,
      trial,
      { deviation: 'stepNotDone', what, about: `step ${step} not done` },
      now,
    )
  }
  const { deadlineAt } = trial
  if (deadlineAt === null || at <= deadlineAt) return
  const what = `Step ${step} was done ${minutesInWords(Math.ceil((at.getTime() - deadlineAt.getTime()) / 60_000))} after the deadline`
  await addDeviation(tx, trial, { deviation: 'lateStep', what, about: `step ${step} late` }, now)
}
