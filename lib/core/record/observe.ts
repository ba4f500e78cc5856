import type { Db } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { findTrialReview } from '@/lib/db/queries/trials/reviews'
import {
  findObservation,
  findObservationSent,
  insertObservation,
  listObservations,
  type Observation,
  type Trial,
} from '@/lib/db/queries/trials/trials'
import type { Actor } from '@/lib/domain/account/permissions'
import { splitVersion } from '@/lib/domain/device/os-version'
import { isReviewed } from '@/lib/domain/review/review'
import { reasonProblem, sightingProblem } from '@/lib/domain/trial/entry-problem'
import {
  type ObservationKind,
  observationKinds,
  underWayStates,
} from '@/lib/domain/trial/observation'
import { withTrial } from '../kernel/advance-trial'
import { refreshVerdicts } from '../kernel/judge-device'
import { forbidden, type Refusal, refused } from '../shared/result'
import { settleErrorsThoughStarted } from '../trials/errors-though-started'
import { settleEnd } from '../trials/settle-end'
import { sealed } from './review-trial'

/** The form makes `nonce` before it submits, so that pressing Save twice writes one row. */
export type Observe = {
  trialId: string
  kind: ObservationKind
  text: string
  observedAt: Date
  nonce: string
  osVersion?: string | undefined
  osBuild?: string | undefined
  correctsId?: number | undefined
  reason?: string | undefined
}

/**
 * Records an observation. A correction is a new entry that names the old one and the reason. After the trial has ended
 * only corrections are accepted, until its review is approved.
 */
export async function observe(
  db: Db,
  actor: Actor,
  input: Observe,
  now: Date,
): Promise<{ status: 'logged'; id: number | undefined } | Refusal> {
  const no = forbidden(actor, 'observe')
  if (no) return no
  const doer = { ...actor, reason: input.reason?.trim() }
  return withTrial(db, doer, input.trialId, async (tx, trial, device) => {
    // Sent again because the answer was lost: it is in the record, whatever has become of the trial since.
    const known = await findObservationSent(tx, trial.id, input.nonce)
    if (known) return isSame(known, input) ? { status: 'logged' as const, id: undefined } : changed
    const wrong = await problemOf(tx, trial, input, now)
    if (wrong) return wrong
    const logged = await insertObservation(tx, {
      trialId: trial.id,
      kind: input.kind,
      text: input.text.trim(),
      data: dataOf(input),
      observedAt: input.observedAt,
      recordedAt: now,
      byId: actor.id,
      byName: actor.name,
      correctsId: input.correctsId ?? null,
      reason: input.reason?.trim() || null,
      nonce: input.nonce,
    })
    if (!logged) return { status: 'logged' as const, id: undefined }
    // A correction after the end is about the trial and no new reading of the device.
    if (input.kind === 'newOsSeen' && underWayStates.includes(trial.state))
      await recordSighting(tx, trial, actor, input, logged)
    await settleEnd(tx, trial, logged)
    if (input.correctsId !== undefined && trial.consumed)
      await settleErrorsThoughStarted(tx, trial, now, { concluded: trial.state === 'concluded' })
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'logged' as const, id: logged.id }
  })
}

const changed = refused(
  'it is in the record already, in the words that were sent first: correct that entry',
  'text',
)

const isSame = (known: Observation, input: Observe): boolean =>
  known.kind === input.kind &&
  known.text === input.text.trim() &&
  known.observedAt.getTime() === input.observedAt.getTime() &&
  (known.data.osVersion ?? '') === (input.osVersion ?? '') &&
  (known.data.osBuild ?? '') === (input.osBuild ?? '') &&
  known.correctsId === (input.correctsId ?? null) &&
  (known.reason ?? '') === (input.reason?.trim() ?? '')

const dataOf = ({ osVersion, osBuild }: Observe) => ({
  ...(osVersion ? { osVersion } : {}),
  ...(osBuild ? { osBuild } : {}),
})

async function problemOf(
  tx: Db,
  trial: Trial,
  input: Observe,
  now: Date,
): Promise<Refusal | undefined> {
  const over = underWayStates.includes(trial.state)
    ? undefined
    : await endedProblem(tx, trial, input)
  if (over) return over
  if (!observationKinds.includes(input.kind)) return refused('choose what was seen', 'kind')
  const typed = sightingProblem(input)
  if (typed) return refused(typed.reason, typed.field)
  if (input.observedAt.getTime() > now.getTime() + 60_000)
    return refused('the time of an observation cannot lie ahead', 'observedAt')
  if (trial.armedAt && input.observedAt < trial.armedAt)
    return refused('this was before the trial was armed', 'observedAt')
  return input.correctsId === undefined ? undefined : correctionProblem(tx, trial, input)
}

/** After the end of a trial its observations may be corrected, but none may be added. */
async function endedProblem(tx: Db, trial: Trial, input: Observe): Promise<Refusal | undefined> {
  if (!isReviewed(trial) || input.correctsId === undefined)
    return refused(`the trial is ${trial.state}: observations belong to a trial under way`)
  const review = await findTrialReview(tx, trial.id)
  return sealed({ state: review?.state ?? 'inReview' })
}

async function correctionProblem(
  tx: Db,
  trial: Trial,
  input: Observe,
): Promise<Refusal | undefined> {
  const old = await findObservation(tx, input.correctsId ?? 0)
  if (old?.trialId !== trial.id)
    return refused('the corrected entry is not of this trial', 'correctsId')
  const unexplained = reasonProblem(input.reason)
  if (unexplained) return refused(unexplained.reason, unexplained.field)
  const others = await listObservations(tx, trial.id)
  if (others.some(({ correctsId }) => correctsId === old.id))
    return refused('this entry has been corrected already: correct the later one', 'correctsId')
  // A reason that is pasted from one correction to the next explains nothing. Any earlier one counts, so that entries of
  // an offline queue are judged alike in whatever order they arrive.
  return others.some(({ reason }) => reason === input.reason?.trim())
    ? refused('this is the reason of another correction: say what was wrong here', 'reason')
    : undefined
}

/** Stores the OS that was read off the screen as a typed reading too; it can be the first reading of the new OS. */
async function recordSighting(
  tx: Db,
  trial: Trial,
  actor: Actor,
  input: Observe,
  logged: Observation,
): Promise<void> {
  const about = {
    source: 'typed' as const,
    askedAt: null,
    answeredAt: logged.observedAt,
    byId: actor.id,
    byName: actor.name,
  }
  const seen = splitVersion(input.osVersion?.trim() ?? '')
  if (!seen) throw new Error('an OS was logged without its version')
  const build = input.osBuild?.trim()
  await insertReadings(tx, trial.deviceId, [
    { ...about, field: 'osVersion', value: seen.version },
    ...(seen.extra === undefined
      ? []
      : [{ ...about, field: 'osVersionExtra' as const, value: seen.extra }]),
    build
      ? { ...about, field: 'osBuild', value: build }
      : {
          ...about,
          field: 'osBuild',
          value: undefined,
          unknownReason: 'the version was seen on the screen without its build',
        },
  ])
}
