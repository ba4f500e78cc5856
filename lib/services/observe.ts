import type { Db } from '@/lib/db/client'
import { insertReadings } from '@/lib/db/readings'
import {
  findObservation,
  insertObservation,
  type Observation,
  recordEnd,
  type Trial,
} from '@/lib/db/trials'
import type { Actor } from '@/lib/domain/actor'
import { type ObservationKind, observationInfo, observationKinds } from '@/lib/domain/observation'
import { refreshVerdicts } from './judge-device'
import { withTrial } from './prepare-trial'
import { forbidden, type Refusal, refused } from './result'

/** `nonce` is made by the form before it is sent, so that pressing Save twice writes one row. */
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

/** Logs what somebody saw. A correction is a new entry that points at the old one and tells why. */
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
    const wrong = (await problemOf(tx, trial, input, now)) ?? undefined
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
    if (input.kind === 'newOsSeen') await recordSighting(tx, trial, actor, input, logged)
    await refreshVerdicts(tx, [device.id], now)
    return { status: 'logged' as const, id: logged.id }
  })
}

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
  if (!['armed', 'released', 'observing'].includes(trial.state))
    return refused(`the trial is ${trial.state}: observations belong to a trial under way`)
  if (!observationKinds.includes(input.kind)) return refused('choose what was seen', 'kind')
  const { needs } = observationInfo[input.kind]
  if (needs === 'text' && input.text.trim() === '')
    return refused('say in words what was seen', 'text')
  if (needs === 'osVersion' && !input.osVersion?.trim())
    return refused('type the version as Settings shows it, such as 12.1', 'osVersion')
  if (input.observedAt.getTime() > now.getTime() + 60_000)
    return refused('the time of an observation cannot lie ahead', 'observedAt')
  if (trial.armedAt && input.observedAt < trial.armedAt)
    return refused('this was before the trial was armed', 'observedAt')
  return input.correctsId === undefined ? undefined : correctionProblem(tx, trial, input)
}

async function correctionProblem(
  tx: Db,
  trial: Trial,
  input: Observe,
): Promise<Refusal | undefined> {
  const old = await findObservation(tx, input.correctsId ?? 0)
  if (old?.trialId !== trial.id)
    return refused('the corrected entry is not of this trial', 'correctsId')
  if ((input.reason?.trim().length ?? 0) < 3)
    return refused('say why it is corrected, in three characters or more', 'reason')
  return undefined
}

/** What was read off the screen is a typed reading too, and can be the first sighting of the new OS. */
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
  const os = input.osVersion?.trim() ?? ''
  const build = input.osBuild?.trim()
  await insertReadings(tx, trial.deviceId, [
    { ...about, field: 'osVersion', value: os },
    build
      ? { ...about, field: 'osBuild', value: build }
      : {
          ...about,
          field: 'osBuild',
          value: undefined,
          unknownBecause: 'the version was seen on the screen without its build',
        },
  ])
  if (build && build !== trial.startBuild)
    await recordEnd(tx, trial.id, { os, build, seenAt: logged.observedAt })
}
