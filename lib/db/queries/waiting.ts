import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Environment } from '@/lib/domain/device/device'
import { reviewedStates } from '@/lib/domain/review/review'
import { liveTrialStates } from '@/lib/domain/trial/trial'
import type { Db } from '../client'
import { inList } from '../schema/rule-sql'

const countsSchema = z.object({
  sendingStops: z.number(),
  alarms: z.number(),
  unconfirmed: z.number(),
  servers: z.number(),
  deadlines: z.number(),
  losses: z.number(),
  gaps: z.number(),
  queriesToAnswer: z.number(),
  queriesToClose: z.number(),
  reviews: z.number(),
  locks: z.number(),
  untagged: z.number(),
})

/**
 * What waits in one environment, in one statement over sets. Reviews, locks and queries are counted for one person:
 * a contributor to a trial answers its queries, and only others close them, approve and lock.
 */
export async function countWaiting(
  db: Db,
  { environment, personId, now }: { environment: Environment; personId: string; now: Date },
) {
  const simulated = environment === 'simulated'
  const rows = await db.execute(sql`
    with asked as (
      select is_author_of(q.trial_id, ${personId}) as own, count(*) filter (where not answered)::int as unanswered,
        count(*) filter (where answered)::int as answered
      from trial_reviews r
        join trials t on t.id = r.trial_id and t.simulated = ${simulated}
        join review_events q on q.trial_id = r.trial_id and q.kind = 'queried',
        lateral (select exists (select from review_events a where a.query_id = q.id and a.kind = 'answered') as answered) x
      where r.state = 'inReview' and r.open_queries > 0
        and not exists (select from review_events c where c.query_id = q.id and c.kind = 'queryClosed')
      group by 1
    )
    select
      (select count(*)::int from sending_stops where ended_at is null) as "sendingStops",
      (select count(distinct device_id)::int from device_alarms
        where cleared_at is null and simulated = ${simulated}) as alarms,
      (select count(*)::int from commands
        where purpose = 'intervention' and state = 'unconfirmed' and answered_at is null
          and withdrawn_at is null and simulated = ${simulated}) as unconfirmed,
      (select count(*)::int from mdm_servers m where m.simulated = ${simulated} and (
        m.stop_reason is not null
        or exists (select from server_silences s where s.mdm_server_id = m.id)
        or exists (select from observation_gaps g where g.mdm_server_id = m.id and g.ended_at is null))) as servers,
      (select count(*)::int from trials
        where simulated = ${simulated} and state = 'observing' and deadline_at <= ${now.toISOString()}) as deadlines,
      (select count(*)::int from outside_updates
        where simulated = ${simulated} and acknowledged_at is null) as losses,
      (select count(*)::int from trials t
        where t.simulated = ${simulated} and t.state = 'observing' and exists (
          select from trial_events e where e.trial_id = t.id and e.kind = 'observationGap' and not exists (
            select from observations o where o.trial_id = t.id and o.recorded_at > e.at))) as gaps,
      coalesce((select unanswered from asked where own), 0) as "queriesToAnswer",
      coalesce((select answered from asked where not own), 0) as "queriesToClose",
      (select count(*)::int from trials t left join trial_reviews r on r.trial_id = t.id
        where t.simulated = ${simulated} and t.consumed and t.state in ${inList(reviewedStates)}
          and (r.trial_id is null or (r.state = 'inReview' and r.open_queries = 0))
          and not is_author_of(t.id, ${personId})) as reviews,
      (select count(*)::int from trial_reviews r join trials t on t.id = r.trial_id
        where t.simulated = ${simulated} and r.state = 'approved'
          and not is_author_of(t.id, ${personId})) as locks,
      (select count(*)::int from devices
        where simulated = ${simulated} and retired_at is null
          and coalesce(lower(lab_tag), '') = '') as untagged`)
  return countsSchema.parse(rows[0])
}

/** The errors that devices of one environment have reported and this lab has written no note about. */
export async function listErrorsWithoutNote(
  db: Db,
  environment: Environment,
): Promise<{ domain: string; code: number }[]> {
  const rows = await db.execute(sql`
    select distinct s.domain, s.code::float8 as code from error_sightings s
    where s.simulated = ${environment === 'simulated'} and not exists (
      select from error_notes n where n.domain = s.domain and n.code = s.code)`)
  return z.array(z.object({ domain: z.string(), code: z.number() })).parse([...rows])
}

const freeSchema = z.object({
  platform: z.string(),
  version: z.string().nullable(),
  devices: z.number(),
  /** Not in a live trial, and not reserved now. */
  free: z.number(),
  /** By the cached verdict, as the list of devices shows it. */
  qualified: z.number(),
})

/** Devices in the lab on one platform and OS version. */
export type DevicesOnVersion = z.infer<typeof freeSchema>

export async function countDevicesByVersion(
  db: Db,
  environment: Environment,
  now: Date,
): Promise<DevicesOnVersion[]> {
  const rows = await db.execute(sql`
    select d.platform, r.value #>> '{}' as version, count(*)::int as devices,
      count(*) filter (where l.device_id is null
        and (d.hold_reason is null or d.hold_until <= ${now.toISOString()}))::int as free,
      count(*) filter (where v.overall = 'qualified'
        and (v.stale_at is null or v.stale_at > ${now.toISOString()}))::int as qualified
    from devices d
      left join current_readings r on r.device_id = d.id and r.field = 'osVersion'
      left join device_verdicts v on v.device_id = d.id
      left join trials l on l.device_id = d.id and l.state in ${inList(liveTrialStates)}
    where d.simulated = ${environment === 'simulated'} and d.retired_at is null
    group by d.platform, version, r.version_key
    order by d.platform, r.version_key desc nulls last, version`)
  return z.array(freeSchema).parse([...rows])
}
