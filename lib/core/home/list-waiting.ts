import type { Db } from '@/lib/db/client'
import { countTurns } from '@/lib/db/queries/planning/queue'
import { countLiveTrials, listLiveSteps } from '@/lib/db/queries/trials/live-trials'
import {
  countDevicesByVersion,
  countWaiting,
  listErrorsWithoutNote,
} from '@/lib/db/queries/waiting'
import { type Actor, mayDo } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { type WaitingItem, waitingFor } from '@/lib/domain/waiting'
import { findErrorMeaning } from '@/lib/mdm/errors'
import { listWaitingReleases } from '../release/waiting-releases'
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
    listWaitingReleases(db, actor, environment, now),
    mayDo(actor, 'noteError') ? listErrorsWithoutNote(db, environment) : [],
    mayDo(actor, 'bookTrial') ? countTurns(db, { environment, personId: actor.id, now }) : 0,
  ])
  const unknown = errors.filter(({ domain, code }) => !findErrorMeaning(domain, code))
  return waitingFor(actor, {
    ...counts,
    counterSignatures: releases.length,
    turns,
    newErrors: unknown.length,
  })
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
