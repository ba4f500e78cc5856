import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { inList } from '@/lib/db/schema/rule-sql'
import type { Environment } from '@/lib/domain/device/device'
import { releasedAgainFrom, withServerStates } from '@/lib/domain/trial/command-slot'
import { liveTrialStates, releasableStates } from '@/lib/domain/trial/trial'

const rowSchema = z.object({
  id: z.string(),
  number: z.number(),
  state: z.enum(liveTrialStates),
  deviceId: z.string(),
  device: z.string(),
  startOs: z.string().nullable(),
  title: z.string(),
  target: z.string().nullable(),
  slots: z.number(),
  alarmed: z.boolean(),
  held: z.number().nullable(),
  unanswered: z.number().nullable(),
  next: z.number().nullable(),
  holdEndsAt: z.coerce.date().nullable(),
  deadlineAt: z.coerce.date().nullable(),
  endSeenAt: z.coerce.date().nullable(),
})
export type LiveTrialRow = z.infer<typeof rowSchema>

/**
 * The live trials of one environment that need a look first, in one statement: those with a hold or deadline, the
 * nearest first, then those that wait for a person.
 */
export async function listLiveSteps(
  db: Db,
  { environment, limit }: { environment: Environment; limit: number },
): Promise<LiveTrialRow[]> {
  const rows = await db.execute(sql`
    with live as (
      select t.*, case when t.state = 'observing' then t.deadline_at else t.hold_ends_at end as clock
      from trials t
      where t.simulated = ${environment === 'simulated'} and t.state in ${inList(liveTrialStates)}
      order by clock nulls last, t.number desc limit ${limit}
    )
    select t.id, t.number, t.state, t.device_id as "deviceId", coalesce(d.lab_tag, d.name) as device,
      t.start_os as "startOs", p.plan ->> 'title' as title,
      coalesce(p.plan #>> '{slots,0,productVersion}', p.plan #>> '{slots,0,productKey}') as target,
      jsonb_array_length(p.plan -> 'slots') as slots,
      exists (select from device_alarms a where a.device_id = t.device_id and a.cleared_at is null) as alarmed,
      c.held, c.unanswered, n.next, to_json(t.hold_ends_at) as "holdEndsAt",
      to_json(t.deadline_at) as "deadlineAt", to_json(t.end_seen_at) as "endSeenAt"
    from live t
      join devices d on d.id = t.device_id
      join protocol_versions p on p.id = t.protocol_version_id
      cross join lateral (
        select min(slot_ordinal) filter (where state = 'reserved') as held,
          min(slot_ordinal) filter (where state in ${inList(withServerStates)}
            and answered_at is null and withdrawn_at is null) as unanswered
        from commands where trial_id = t.id and purpose = 'intervention') c
      cross join lateral (
        select min(slot) as next from generate_series(1, jsonb_array_length(p.plan -> 'slots')) slot
        where t.state in ${inList(releasableStates)} and not exists (
          select from commands x where x.trial_id = t.id and x.purpose = 'intervention'
            and x.slot_ordinal = slot and x.state not in ${inList(releasedAgainFrom)})) n
    order by t.clock nulls last, t.number desc`)
  return z.array(rowSchema).parse([...rows])
}

const countSchema = z.object({ state: z.enum(liveTrialStates), trials: z.number() })

/** How many live trials one environment has, by state. */
export async function countLiveTrials(db: Db, environment: Environment) {
  const rows = await db.execute(sql`
    select state, count(*)::int as trials from trials
    where simulated = ${environment === 'simulated'} and state in ${inList(liveTrialStates)}
    group by state`)
  const counts = z.array(countSchema).parse([...rows])
  return liveTrialStates.flatMap((state) => counts.filter((one) => one.state === state))
}
