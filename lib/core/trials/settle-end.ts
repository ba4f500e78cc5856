import type { Db } from '@/lib/db/client'
import { listOsSightings } from '@/lib/db/queries/devices/readings'
import {
  listObservations,
  type Observation,
  replaceEnd,
  type Trial,
  type TrialEnd,
} from '@/lib/db/queries/trials/trials'
import { isOtherOs, startedOn } from '@/lib/domain/device/os-identity'
import { splitVersion } from '@/lib/domain/device/os-version'
import { standing } from './trial-evidence'

/**
 * Brings the end of a trial in line with its sightings after one was logged: the new OS that was seen first counts,
 * whatever arrived first, and one that was corrected counts no more. A device's own report never gives way to a later sighting.
 */
export async function settleEnd(tx: Db, trial: Trial, logged: Observation): Promise<void> {
  if (trial.sentAt === null || !(trial.state === 'observing' || trial.state === 'concluded')) return
  const seen = await listObservations(tx, trial.id)
  const old = seen.find(({ id }) => id === logged.correctsId)
  if (![old?.kind, logged.kind].includes('newOsSeen')) return
  const rested =
    old?.kind === 'newOsSeen' && old.observedAt.getTime() === trial.endSeenAt?.getTime()
  const ends = await endsSeen(tx, trial, seen)
  const first = ends.toSorted((a, b) => a.seenAt.getTime() - b.seenAt.getTime())[0]
  if (rested) return replaceEnd(tx, trial.id, first)
  if (first && (trial.endSeenAt === null || first.seenAt < trial.endSeenAt))
    await replaceEnd(tx, trial.id, first)
}

/** Each time at which another OS and its build were seen between the first command and the end, by a person or in a report. */
async function endsSeen(tx: Db, trial: Trial, seen: Observation[]): Promise<TrialEnd[]> {
  const { sentAt, concludedAt } = trial
  if (sentAt === null) return []
  const by = { trialId: trial.id, deviceId: trial.deviceId }
  const typed = standing(seen)
    .filter(({ kind }) => kind === 'newOsSeen')
    .map(({ at, osVersion, osBuild: build }) => ({ ...splitVersion(osVersion ?? ''), build, at }))
  const read = await listOsSightings(tx, by, sentAt, { alsoTyped: true })
  return [...typed, ...read].flatMap(({ at, ...os }) => {
    const isWithin = at >= sentAt && (concludedAt === null || at <= concludedAt)
    const isEnd = isWithin && os.build !== undefined && isOtherOs(os, startedOn(trial)) === true
    return isEnd ? [{ os, seenAt: at }] : []
  })
}
