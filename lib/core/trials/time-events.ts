import type { Db } from '@/lib/db/client'
import {
  listSentTrials,
  listStandingObservations,
  listUpdateReplies,
} from '@/lib/db/queries/trials/survival'
import type { Actor } from '@/lib/domain/account/permissions'
import type { Environment } from '@/lib/domain/device/device'
import { claimsDownloaded } from '@/lib/domain/outcome/answers'
import {
  type EventTime,
  type Look,
  maxTimed,
  type TimedEvent,
  timeToEvent,
} from '@/lib/domain/statistics/time-to-event'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { eventTime } from '@/lib/mdm/event'
import { readPlist } from '@/lib/mdm/plist/plist'
import { interpretReply } from '@/lib/mdm/reply'
import { assertAllowed } from '../shared/result'

type SentTrial = Awaited<ReturnType<typeof listSentTrials>>[number]
type UpdateReply = Awaited<ReturnType<typeof listUpdateReplies>>[number]

export type TimedOne = EventTime & {
  id: string
  number: number
  startOs: string
  mechanism: Mechanism
}
export type TimedTrials = {
  timed: TimedOne[]
  /** Trials in whose record nothing says whether the event had happened. */
  unknown: SentTrial[]
  /** Whether older trials than the newest `maxTimed` are left out. */
  more: boolean
}

/** The time from the first command or declaration to an event, of each sent trial under a filter, as its record bears it out. */
export async function timeEvents(
  db: Db,
  actor: Actor,
  {
    environment,
    filter,
    event,
  }: { environment: Environment; filter: TrialFilter; event: TimedEvent },
): Promise<TimedTrials> {
  assertAllowed(actor, 'look')
  const found = await listSentTrials(db, environment, filter, maxTimed + 1)
  const sent = found.slice(0, maxTimed)
  const looks = await looksFor(db, sent, event)
  const result: TimedTrials = { timed: [], unknown: [], more: found.length > maxTimed }
  for (const trial of sent) {
    const { id, number, startOs, mechanism, sentAt, endedAt } = trial
    const time = timeToEvent({ sentAt, endedAt: endedAt ?? undefined }, looks(trial))
    if (time) result.timed.push({ id, number, startOs, mechanism, ...time })
    else result.unknown.push(trial)
  }
  return result
}

type LooksOf = (trial: SentTrial) => Look[]

async function looksFor(db: Db, sent: SentTrial[], event: TimedEvent): Promise<LooksOf> {
  if (event === 'installed' || sent.length === 0) return osLooks
  const ids = sent.map(({ id }) => id)
  if (event === 'prompted') {
    const seen = Map.groupBy(await listStandingObservations(db, ids), ({ trialId }) => trialId)
    return ({ id }) =>
      (seen.get(id) ?? []).map(({ kind, at }) => ({
        at,
        happened: kind === 'promptShown',
        evidence: 'observation',
      }))
  }
  const replies = Map.groupBy(await listUpdateReplies(db, ids), ({ trialId }) => trialId)
  return (trial) => [
    ...(replies.get(trial.id) ?? []).flatMap(downloadLook),
    // What runs was downloaded; that nothing new runs says nothing about the download.
    ...osLooks(trial).filter(({ happened }) => happened),
  ]
}

const words: Record<string, string> = {
  mdm: 'OS reported by the device',
  simulated: 'OS reported by the device',
  typed: 'OS entered by a person',
}

/** The OS as it was last read, and where it changed, as it was last read before. */
function osLooks({ end, endSeenAt }: SentTrial): Look[] {
  const evidence = words[end.source ?? ''] ?? 'OS read'
  const lookAt = (seconds: number | null, happened: boolean): Look[] =>
    seconds === null ? [] : [{ at: new Date(seconds * 1000), happened, evidence }]
  if (end.state === 'changed')
    return [
      ...lookAt(end.unchangedAt, false),
      ...(endSeenAt ? [{ at: endSeenAt, happened: true, evidence }] : lookAt(end.lastAt, true)),
    ]
  return lookAt(end.lastAt, false)
}

/** Only IsDownloaded and the error codes for a finished download say so; a progress report says that it is not finished. */
function downloadLook({ payload, requestType, receivedAt, createdAt }: UpdateReply): Look[] {
  const plist = payload === null ? undefined : readPlist(payload)
  if (!plist?.ok) return []
  const at = eventTime({ receivedAt }, createdAt ? { createdAt } : {})
  if (requestType === 'ScheduleOSUpdate') {
    const { status, errorChain } = interpretReply('ScheduleOSUpdate', plist.value)
    const errors = errorChain.flatMap(({ domain, code }) =>
      domain === undefined || code === undefined ? [] : [{ domain, code }],
    )
    const downloaded = claimsDownloaded({ status: status ?? '', at, errors })
    return downloaded ? [{ at, happened: true, evidence: 'error code of the reply' }] : []
  }
  const { items, activity } = interpretReply('OSUpdateStatus', plist.value)
  const evidence = 'OSUpdateStatus'
  if (items?.some(({ isDownloaded }) => isDownloaded === true))
    return [{ at, happened: true, evidence }]
  const pending =
    activity === 'downloading' ||
    (items !== undefined &&
      items.length > 0 &&
      items.every(({ isDownloaded }) => isDownloaded === false))
  return pending ? [{ at, happened: false, evidence }] : []
}
