import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { enforcementType, mayActStates } from '@/lib/domain/trial/command-slot'
import { inList } from '../../schema/rule-sql'

/** A device that has asked for a declaration of this lab, or has named it in a report. */
export type SeenDeclaration = { commandUuid: string; at: Date; what: 'Asked' | 'Reported' }

const named = sql`exists (
  select from jsonb_array_elements(case jsonb_typeof(e.claims -> 'declarations') when 'array' then e.claims -> 'declarations' else '[]' end) d
  where d ->> 'identifier'`

/** Any declaration of the set shows that it was attached. */
const isSeen = sql`${named} like 'lab.oneway.' || c.command_uuid || '.%' and (d ->> 'removed') is distinct from 'true')`

/** Only the one that enforces the update tells of its removal: the subscription beside it can go alone. */
const isSaidGone = sql`${named} = 'lab.oneway.' || c.command_uuid || '.enforce' and (d ->> 'removed') is not distinct from 'true')`

/** The first sign of each device that it has its declaration, of those that wait for one. What contradicts its identity counts for nothing. */
export async function listSeenDeclarations(db: Db): Promise<SeenDeclaration[]> {
  const rows = await db.execute<{ command_uuid: string; at: Date | string; kind: string }>(sql`
    select distinct on (c.command_uuid) c.command_uuid, e.at, e.kind
    from commands c join declaration_events e on e.device_id = c.device_id and e.at >= c.sending_at - interval '1 day'
    where c.request_type = ${enforcementType} and c.state in ${inList(mayActStates)} and c.answered_at is null and e.problem is null
      and ((e.command_uuid = c.command_uuid and e.kind in ('configuration', 'activation'))
        or (e.kind = 'status' and ${isSeen}))
    order by c.command_uuid, e.at, e.id
    limit 50`)
  return rows.map(({ command_uuid, at, kind }) => ({
    commandUuid: command_uuid,
    at: new Date(at),
    what: kind === 'status' ? 'Reported' : 'Asked',
  }))
}

/** A device that was seen without a declaration after its server had detached it for the last time. */
export type SeenWithout = { commandUuid: string; at: Date; how: string }

/** A request to detach whose answer was lost, and none since that was answered. */
const isInDoubt = sql`exists (select from declaration_steps u
  where u.command_uuid = s.command_uuid and u.step = 'detachSet' and u.outcome = 'unsure' and u.id < s.id
    and not exists (select from declaration_steps d where d.command_uuid = s.command_uuid and d.step = 'detachSet'
      and d.outcome in ('done', 'alreadySo') and d.id > u.id and d.id < s.id))`

/** An attach whose answer was lost may have arrived between two requests to detach, and a process may have left no record of one. */
const attachInDoubt = sql`(select a.outcome from declaration_steps a
  where a.command_uuid = s.command_uuid and a.step = 'attachSet' order by a.id desc limit 1) in ('leaving', 'unsure')`

/**
 * By both clocks: an event that was under way when the set was detached is no sign. A request whose answer was lost may have
 * detached it until the next one was answered, or the server was read. A list that the device asked for
 * afterwards does not have the declaration; a report shows it only where it says so, as what is absent says nothing.
 */
export async function listSeenWithout(db: Db): Promise<SeenWithout[]> {
  const rows = await db.execute<{ command_uuid: string; at: Date | string; kind: string }>(sql`
    select distinct on (r.command_uuid) r.command_uuid, e.at, e.kind
    from declaration_removals r
      join commands c on c.command_uuid = r.command_uuid
      cross join lateral (select coalesce(max(s.at), r.detached_at) as at from declaration_steps s
        where s.command_uuid = r.command_uuid and ((s.step = 'detachSet' and s.outcome = 'done')
          or (s.step = 'detachSet' and s.outcome = 'alreadySo' and (${isInDoubt} or ${attachInDoubt}))
          or (s.step = 'readBack' and s.outcome = 'notAttached' and ${isInDoubt}))) gone
      join declaration_events e on e.device_id = c.device_id and e.at > gone.at and e.at > r.detached_at
      join raw_events w on w.id = e.raw_event_id and w.received_at > gone.at
    where r.finished_at is not null and r.seen_gone_at is null and e.problem is null
      and (e.kind = 'items' or (e.kind = 'status' and ${isSaidGone}))
    order by r.command_uuid, e.at, e.id
    limit 50`)
  return rows.map(({ command_uuid, at, kind }) => ({
    commandUuid: command_uuid,
    at: new Date(at),
    how:
      kind === 'items'
        ? 'The device has asked for its declarations since, and its server lists it no more'
        : 'The device has reported that it is removed',
  }))
}
