import type { Db } from '@/lib/db/client'
import { countTurns } from '@/lib/db/queries/planning/queue'
import { countLiveTrials, listLiveSteps } from '@/lib/db/queries/trials/live-trials'
import {
  countDevicesByVersion,
  countWaiting,
  lastEntryOfTrail,
  listErrorsWithoutNote,
} from '@/lib/db/queries/waiting'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { type WaitingItem, waitingFor } from '@/lib/domain/waiting'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { listWaitingReleases } from '../release/counter-sign'
import { assertAllowed } from '../shared/result'

/** What waits for this person in one environment, the most urgent first. */
export async function listWaiting(
  db: Db,
  actor: Actor,
  environment: Environment,
  now: Date,
): Promise<WaitingItem[]> {
  assertAllowed(actor, 'look')
  const [counts, releases, errors, turns] = await Promise.all([
    countWaiting(db, { environment, personId: actor.id, now }),
    countWaitingReleases(db, actor, environment, now),
    mayDo(actor, 'noteError') ? listErrorsWithoutNote(db, environment) : [],
    mayDo(actor, 'bookTrial') ? countTurns(db, { environment, personId: actor.id, now }) : 0,
  ])
  const unknown = errors.filter(({ domain, code }) => !findErrorMeaning(domain, code))
  return waitingFor(actor, {
    ...counts,
    counterSignatures: releases,
    turns,
    newErrors: unknown.length,
  })
}

/** How long a number of releases is used again. The badge asks every 15 s, so it is never older than two of its turns. */
const keptMs = 15_000

type Kept = { entry: number; at: number; releases: Promise<number> }
const kept = new WeakMap<Db, Map<string, Kept>>()

/**
 * The number of releases that wait for a second person. Each is judged to find out, with the devices it could be the last
 * of, so the number is used again for a short time: until anything enters the audit trail, as readings, trials,
 * signatures, settings and devices do. Only the age of readings and the last contact of a device move without an entry.
 */
async function countWaitingReleases(db: Db, actor: Actor, environment: Environment, now: Date) {
  if (!mayDo(actor, 'counterSign')) return 0
  const key = `${environment} ${mayDo(actor, 'counterSignLast')}`
  // Read before the releases are: an entry that comes in between ends the use of the number.
  const entry = await lastEntryOfTrail(db)
  const own = kept.get(db) ?? new Map<string, Kept>()
  kept.set(db, own)
  const found = own.get(key)
  const age = found && now.getTime() - found.at
  if (found && found.entry === entry && age !== undefined && age >= 0 && age < keptMs)
    return found.releases
  const releases = listWaitingReleases(db, actor, environment, now).then(({ length }) => length)
  own.set(key, { entry, at: now.getTime(), releases })
  // A failure is reported to whoever asked, and is no number for the next.
  releases.catch(() => own.delete(key))
  return releases
}

/** More than fit a screen; the lists have the others. */
const maxLive = 12

/** Everything the home page shows of one environment. */
export async function readHome(db: Db, actor: Actor, environment: Environment, now: Date) {
  assertAllowed(actor, 'look')
  const [waiting, live, liveCounts, versions] = await Promise.all([
    listWaiting(db, actor, environment, now),
    listLiveSteps(db, { environment, limit: maxLive }),
    countLiveTrials(db, environment),
    countDevicesByVersion(db, environment, now),
  ])
  return { waiting, live, liveCounts, versions }
}
