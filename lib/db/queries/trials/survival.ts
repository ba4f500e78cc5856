import { and, desc, eq, inArray, isNotNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import {
  commands,
  devices,
  observations,
  protocolVersions,
  rawEvents,
  trials,
} from '@/lib/db/schema/schema'
import { factorSql } from '@/lib/db/schema/trial-factors'
import type { Environment } from '@/lib/domain/device/device'
import type { EndState } from '@/lib/domain/outcome/outcome'
import type { Mechanism } from '@/lib/domain/trial/mechanism'
import type { TrialFilter } from '@/lib/domain/trial/trial-filter'
import { trialsMatching } from './trial-filter'

/** A trial whose first command or declaration may have left, with what its record says about its OS. */
type SentTrial = {
  id: string
  number: number
  startOs: string
  mechanism: Mechanism
  sentAt: Date
  endedAt: Date | null
  /** When another OS was first read. */
  endSeenAt: Date | null
  end: {
    state: EndState | null
    /** Epoch seconds: the last reading of the OS, and the last one before another OS was read. */
    lastAt: number | null
    unchangedAt: number | null
    /** Where the reading of the other OS came from. */
    source: string | null
  }
}

/** An OS that a status report claims is no sighting: decision 092. */
const osReading = sql`r.device_id = ${trials.deviceId} and r.field in ('osVersion', 'osBuild')
  and r.value is not null and r.source <> 'imported'
  and not is_os_claim(r.by_name, r.by_id, r.command_uuid, r.source)`

/** The newest sent trials of one environment under a filter, at most `limit`. */
export async function listSentTrials(
  db: Db,
  environment: Environment,
  filter: TrialFilter,
  limit: number,
): Promise<SentTrial[]> {
  const rows = await db
    .select({
      id: trials.id,
      number: trials.number,
      startOs: trials.startOs,
      // Rendered from the values of lib/domain/trial/mechanism.
      mechanism: sql<Mechanism>`${factorSql.mechanism}`,
      sentAt: trials.sentAt,
      endedAt: trials.concludedAt,
      endSeenAt: trials.endSeenAt,
      end: sql<SentTrial['end']>`(select jsonb_build_object('state', e.state,
        'lastAt', extract(epoch from e.last_seen_at),
        'unchangedAt', (select extract(epoch from max(r.answered_at)) from readings r where ${osReading}
          and r.answered_at >= ${trials.sentAt}
          and r.answered_at < case when e.state = 'changed' then coalesce(${trials.endSeenAt}, e.last_seen_at) end),
        'source', (select r.source from readings r where ${osReading}
          and r.answered_at = coalesce(${trials.endSeenAt}, e.last_seen_at) order by r.id desc limit 1))
        from trial_end e where e.trial = ${trials.id})`,
    })
    .from(trials)
    .innerJoin(devices, eq(devices.id, trials.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, trials.protocolVersionId))
    .where(
      and(
        trialsMatching(environment, filter),
        trials.consumed,
        isNotNull(trials.sentAt),
        isNotNull(trials.startOs),
      ),
    )
    .orderBy(desc(trials.number))
    .limit(limit)
  return rows.flatMap(({ sentAt, startOs, ...row }) =>
    sentAt && startOs ? [{ ...row, sentAt, startOs }] : [],
  )
}

/** The observations of these trials that no other one corrects. */
export const listStandingObservations = (db: Db, trialIds: string[]) =>
  db
    .select({
      trialId: observations.trialId,
      kind: observations.kind,
      at: observations.observedAt,
    })
    .from(observations)
    .where(
      and(
        inArray(observations.trialId, trialIds),
        sql`not exists (select from observations later where later.corrects_id = ${observations.id})`,
      ),
    )

/** The replies of these trials that can say whether an update is downloaded. */
export const listUpdateReplies = (db: Db, trialIds: string[]) =>
  db
    .select({
      trialId: rawEvents.trialId,
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      payload: rawEvents.payload,
      requestType: commands.requestType,
    })
    .from(rawEvents)
    .innerJoin(commands, sql`${commands.commandUuid}::text = lower(${rawEvents.commandUuid})`)
    .where(
      and(
        inArray(rawEvents.trialId, trialIds),
        inArray(commands.requestType, ['OSUpdateStatus', 'ScheduleOSUpdate']),
        isNotNull(rawEvents.payload),
      ),
    )
