import { sql } from 'drizzle-orm'
import { z } from 'zod'
import { commandStates, onTheWayStates, withServerStates } from '@/lib/domain/trial/command-slot'
import type { Db } from '../client'
import { inList } from '../schema/rule-sql'

const rowSchema = z.object({
  unreadEvents: z.number(),
  oldestUnreadSeconds: z.number(),
  openCommands: z.partialRecord(z.enum(commandStates), z.number()),
  overdueCommands: z.number(),
  oldestOverdueSeconds: z.number(),
  waitingNotices: z.number(),
  openGaps: z.number(),
  endedGaps: z.number(),
  stoppedServers: z.number(),
  secondsSinceHeartbeat: z.number().nullable(),
})
export type LabMetrics = z.infer<typeof rowSchema>

/**
 * What a lab has to do and what is wrong with it, as numbers for its monitoring. One statement, over partial indexes:
 * it costs the same whatever the lab has behind it.
 */
export async function readLabMetrics(db: Db, now: Date): Promise<LabMetrics> {
  const at = sql`${now.toISOString()}::timestamptz`
  const seconds = (since: ReturnType<typeof sql>) =>
    sql`coalesce(greatest(extract(epoch from ${at} - ${since}), 0), 0)::float8`
  const [row] = await db.execute(sql`
    with unread as (
      select count(*)::int as number, min(received_at) as oldest from raw_events where read_state = 'unread'
    ), due as (
      select count(*)::int as number, min(hold_ends_at) as oldest from commands
      where state = 'reserved' and hold_ends_at <= ${at}
    ), open as (
      select state, count(*)::int as number from commands
      where state in ${inList(onTheWayStates)}
        or (state in ${inList(withServerStates)} and answered_at is null and withdrawn_at is null)
      group by state
    )
    select unread.number as "unreadEvents", ${seconds(sql`unread.oldest`)} as "oldestUnreadSeconds",
      coalesce((select jsonb_object_agg(state, number) from open), '{}') as "openCommands",
      due.number as "overdueCommands", ${seconds(sql`due.oldest`)} as "oldestOverdueSeconds",
      (select count(*)::int from notice_deliveries where state = 'waiting') as "waitingNotices",
      (select count(*)::int from observation_gaps where ended_at is null) as "openGaps",
      (select count(*)::int from observation_gaps where ended_at is not null) as "endedGaps",
      (select count(*)::int from mdm_servers where stop_reason is not null) as "stoppedServers",
      (select extract(epoch from ${at} - max(heartbeat_at))::float8 from web_heartbeats) as "secondsSinceHeartbeat"
    from unread, due`)
  return rowSchema.parse(row)
}
