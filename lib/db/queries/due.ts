import { type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { inList } from '@/lib/db/schema/rule-sql'
import { enforcementType, onTheWayStates, withServerStates } from '@/lib/domain/trial/command-slot'

/** After how many milliseconds each becomes due by time alone. */
export type DueAfter = {
  strandedCommand: number
  strandedDeclaration: number
  lostAnswer: number
  silence: number
  probe: number
}

const ms = (value: number): SQL => sql`${value}::float8 * interval '1 millisecond'`
const at = (now: Date): SQL => sql`${now.toISOString()}::timestamptz`

/**
 * When reading, deadlines and queries have something to do although nothing is entered in the trail until then;
 * every other change wakes the worker. `now` where something waits that no entry ends, such as a check under way.
 */
export async function nextStepDueAt(db: Db, now: Date, after: DueAfter): Promise<Date | undefined> {
  const waits = sql`case when exists (select from raw_events where read_state = 'unread')
      or exists (select from server_checks where settled_at is null)
      or exists (select from query_runs where ended_at is null)
      or exists (select from redeliveries where marked_at is null and times > 1)
    then ${at(now)} end`
  const stranded = sql`(select min(sending_at + case when request_type = ${enforcementType}
      then ${ms(after.strandedDeclaration)} else ${ms(after.strandedCommand)} end)
    from commands where state = 'sending')`
  const deadline = sql`(select min(deadline_at) from trials t where state = 'observing'
    and not exists (select from trial_events e where e.trial_id = t.id and e.kind = 'deadlinePassed'))`
  const lostAnswer = sql`(select min(g.ended_at) + ${ms(after.lostAnswer)} from commands
      join trials t on t.device_id = commands.device_id and t.state = 'observing'
      join observation_gaps g on g.mdm_server_id = commands.mdm_server_id and g.ended_at > commands.sending_at
      join devices d on d.id = commands.device_id and d.last_seen_at > g.ended_at
    where commands.purpose = 'probe' and commands.state in ${inList(withServerStates)}
      and commands.answered_at is null and commands.withdrawn_at is null and commands.not_now_count = 0)`
  const silence = sql`(select max(heartbeat_at) + ${ms(after.silence)} from web_heartbeats
    where not exists (select from observation_gaps where ended_at is null))`
  const noListenerYet = sql`(select min(greatest(created_at, last_contact_at)) + ${ms(after.silence)} from mdm_servers s
    where not exists (select from web_heartbeats)
      and not exists (select from observation_gaps g where g.mdm_server_id = s.id and g.ended_at is null))`
  return earliest(db, [
    waits,
    stranded,
    deadline,
    probeDueAt(now, after.probe),
    lostAnswer,
    silence,
    noListenerYet,
    sql`(select min(until) from release_requests where held_command is not null)`,
  ])
}

/** Trials under observation are queried again and again until two pauses after their deadline, one command at a time. */
const probeDueAt = (now: Date, probeMs: number): SQL => sql`(select min(p.due)
  from trials t
    cross join lateral (select coalesce(max(c.reserved_at), '-infinity') + ${ms(probeMs)} as due
      from commands c where c.trial_id = t.id) p
  where t.state = 'observing' and (t.deadline_at is null or greatest(p.due, ${at(now)}) <= t.deadline_at + 2 * ${ms(probeMs)})
    and not exists (select from commands where commands.device_id = t.device_id
      and (commands.state in ${inList(onTheWayStates)} or (commands.state in ${inList(withServerStates)}
        and commands.answered_at is null and commands.withdrawn_at is null))))`

/**
 * When something is to be sent although nothing is entered in the trail until then: the end of a hold, or of the wait for
 * a server that did not answer. `now` while a declaration is in doubt or being taken back, which is tried again and again.
 */
export async function nextSendDueAt(db: Db, now: Date): Promise<Date | undefined> {
  return earliest(db, [
    sql`(select min(greatest(c.hold_ends_at, s.next_try_at)) from commands c
      left join server_silences s on s.mdm_server_id = c.mdm_server_id where c.state = 'reserved')`,
    sql`case when exists (select from declaration_removals where finished_at is null)
        or exists (select from commands where request_type = ${enforcementType} and state = 'unconfirmed' and withdrawn_at is null)
      then ${at(now)} end`,
  ])
}

/** When the device list has a verdict to be judged again; `now` where one is marked. */
export async function nextVerdictDueAt(db: Db, now: Date): Promise<Date | undefined> {
  return earliest(db, [
    sql`case when exists (select from device_verdicts where judge_again) then ${at(now)} end`,
    sql`(select min(stale_at) from device_verdicts)`,
  ])
}

async function earliest(db: Db, times: readonly SQL[]): Promise<Date | undefined> {
  const [row] = await db.execute<{ ms: number | null }>(
    sql`select extract(epoch from least(${sql.join([...times], sql`, `)}))::float8 * 1000 as ms`,
  )
  const ms = row?.ms ?? undefined
  return ms === undefined ? undefined : new Date(Math.max(ms, 0))
}
