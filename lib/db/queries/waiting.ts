import { type SQL, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Environment } from '@/lib/domain/device/device'
import { authorship } from '@/lib/domain/review/review'
import { maxWaiting } from '@/lib/domain/waiting'
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
  adjudications: z.number(),
  secondReadings: z.number(),
  queriesToAnswer: z.number(),
  queriesToClose: z.number(),
  reviews: z.number(),
  locks: z.number(),
  protocolReviews: z.number(),
  handOvers: z.number(),
  untagged: z.number(),
})

/**
 * `is_author_of`, written out: a function would be called for each of many thousand trials. Each part is a value and no
 * `exists`, which PostgreSQL would answer by reading every event of the person although a list ends after a few hundred.
 */
const isAuthor = (trial: SQL, personId: string) => sql`coalesce(
  (select true from trial_events e where e.by_id = ${personId} and e.trial_id = ${trial}
    and e.kind in ${inList(Object.keys(authorship))} limit 1),
  (select true from observations o where o.trial_id = ${trial} and o.by_id = ${personId} limit 1),
  (select true from outcome_decisions d where d.trial_id = ${trial} and d.by_id = ${personId} limit 1), false)`

/**
 * What waits in one environment, in one statement over sets. Reviews, locks and queries are counted for one person:
 * a contributor to a trial answers its queries, and only others close them, approve and lock. Reviews and locks are
 * counted up to one more than `maxWaiting`, as a lab may have many thousands of them.
 */
export async function countWaiting(
  db: Db,
  { environment, personId, now }: { environment: Environment; personId: string; now: Date },
) {
  const simulated = environment === 'simulated'
  const rows = await db.execute(sql`
    with asked as (
      select ${isAuthor(sql`q.trial_id`, personId)} as own, count(*) filter (where not answered)::int as unanswered,
        count(*) filter (where answered)::int as answered
      from review_queue r
        join review_events q on q.trial_id = r.trial_id and q.kind = 'queried',
        lateral (select exists (select from review_events a where a.query_id = q.id and a.kind = 'answered') as answered) x
      where r.simulated = ${simulated} and r.open_queries > 0
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
      (select count(*)::int from trials t join second_readings r on r.trial_id = t.id
        where t.simulated = ${simulated} and t.outcome_awaits = 'adjudication' and r.by_id <> ${personId}
          and not exists (select from outcome_decisions d where d.trial_id = t.id and d.by_id = ${personId})) as adjudications,
      (select count(*)::int from trials t
        where t.simulated = ${simulated} and t.outcome_awaits = 'secondReading' and not ${isAuthor(sql`t.id`, personId)}
          and not exists (select from outcome_openings o where o.trial_id = t.id and o.by_id = ${personId})) as "secondReadings",
      coalesce((select unanswered from asked where own), 0) as "queriesToAnswer",
      coalesce((select answered from asked where not own), 0) as "queriesToClose",
      (select count(*)::int from (
        select from review_queue q where q.simulated = ${simulated} and q.open_queries = 0
          and q.trial_id not in (select t.id from trials t where t.outcome_awaits is not null)
          and not ${isAuthor(sql`q.trial_id`, personId)}
        order by q.number desc limit ${maxWaiting + 1}) x) as reviews,
      (select count(*)::int from (
        select from trial_reviews r join trials t on t.id = r.trial_id
        where t.simulated = ${simulated} and r.state = 'approved'
          and not ${isAuthor(sql`r.trial_id`, personId)}
        limit ${maxWaiting + 1}) x) as locks,
      -- The newest version of each protocol, if it is a draft of somebody else's.
      (select count(*)::int from (
        select distinct on (v.protocol_id) v.id, v.created_by_id, v.created_by from protocol_versions v
        order by v.protocol_id, v.version desc) n
        where not exists (select from protocol_version_events e where e.version_id = n.id)
          and n.created_by_id is distinct from ${personId}) as "protocolReviews",
      (select count(*)::int from hand_overs h
        where h.to_id = ${personId} and h.answer is null and h.simulated = ${simulated}) as "handOvers",
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

/**
 * The devices on each version, those that qualify and those that are free, from what the database counts of them. Two things that it
 * counts end by the clock: the verdicts that are stale and the reservations that are over are few, as a stale verdict is judged again.
 */
export async function countDevicesByVersion(
  db: Db,
  environment: Environment,
  now: Date,
): Promise<DevicesOnVersion[]> {
  const simulated = sql`simulated = ${environment === 'simulated'}`
  const at = now.toISOString()
  const rows = await db.execute(sql`
    with counted as (
      select platform, version, devices, case when in_trial or held then 0 else devices end as free,
        case when qualified then devices else 0 end as qualified
      from device_counts where ${simulated}
      union all
      select c.platform, c.version, 0, 0, -1
      from device_verdicts v join counted_devices c on c.device_id = v.device_id
      where v.overall = 'qualified' and v.stale_at <= ${at} and c.${simulated}
      union all
      select c.platform, c.version, 0, 1, 0
      from devices d join counted_devices c on c.device_id = d.id
      where d.hold_reason is not null and d.hold_until <= ${at} and c.${simulated} and not c.in_trial
    )
    select platform, nullif(version, '') as version, sum(devices)::int as devices, sum(free)::int as free,
      sum(qualified)::int as qualified
    from counted
    group by platform, counted.version
    order by platform, version_sort_key(counted.version) desc nulls last, counted.version`)
  return z.array(freeSchema).parse([...rows])
}

/** The number of the last entry of the audit trail: as long as it stays, nothing that the trail watches has changed. */
export async function lastEntryOfTrail(db: Db): Promise<number> {
  const [row] = await db.execute<{ seq: number }>(sql`select seq::float8 as seq from audit_head`)
  return row?.seq ?? 0
}
