import { and, asc, eq, gt, isNull, type SQL, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { redeliveries } from '@/lib/db/schema/redeliveries'

export type Redelivery = typeof redeliveries.$inferSelect

/** What identifies an answer; `commandUuid` is in the case in which the device sent it. */
export type AnswerKey = {
  mdmServerId: string
  enrollmentId: string
  commandUuid: string
  status: string
  payloadSha256: string
}

/**
 * For each answer the ID of an equal event that was read before, if its command is known to be redelivered already.
 * Undefined for all others, which are stored and read as events.
 */
export async function findReadAnswers(
  db: Db,
  keys: readonly AnswerKey[],
): Promise<(number | undefined)[]> {
  if (keys.length === 0) return []
  const column = (of: (key: AnswerKey) => string) => sql`${sql.param(keys.map(of))}::text[]`
  const rows = await db.execute<{ n: number; id: number }>(sql`
    select a.n::int as n, min(r.id)::float8 as id
    from unnest(${column((key) => key.mdmServerId)}, ${column((key) => key.enrollmentId)},
      ${column((key) => key.commandUuid)}, ${column((key) => key.status)},
      ${column((key) => key.payloadSha256)}) with ordinality as a(server, enrollment, command, status, payload, n)
    join raw_events r on r.enrollment_id = a.enrollment and r.command_uuid = a.command and r.status = a.status
      and r.payload_sha256 = a.payload and r.mdm_server_id::text = a.server and r.read_state in ('read', 'unreadable')
    join redeliveries c on c.command_uuid = lower(a.command)::uuid and c.device_id = r.device_id
    group by a.n`)
  const found = new Map(rows.map(({ n, id }) => [n, id]))
  return keys.map((_, index) => found.get(index + 1))
}

export type Repeat = {
  rawEventId: number
  commandUuid: string
  mdmServerId: string
  receipt: string
  receivedAt: Date
  body: Uint8Array
  sha256: string
}

/** Stores the bodies of repeated answers and counts them; each once per receipt, even if this is tried again. */
export async function keepRepeats(db: Db, repeats: readonly Repeat[]): Promise<void> {
  for (const one of repeats)
    await db.execute(sql`
      with kept as (
        insert into repeated_events (raw_event_id, mdm_server_id, receipt, received_at, body, sha256)
        values (${one.rawEventId}, ${one.mdmServerId}, ${one.receipt}, ${one.receivedAt.toISOString()}, ${one.body}, ${one.sha256})
        on conflict (receipt) do nothing returning received_at
      )
      ${counted(sql`kept.received_at`, sql`from kept join commands c on c.command_uuid = ${one.commandUuid.toLowerCase()}`)}`)
}

/** Counts one more answer to an answered command, if the answer is stored as an event of its own. */
export async function countRedelivery(db: Db, commandUuid: string, at: Date): Promise<Redelivery> {
  const [row] = await db.execute<{ command_uuid: string }>(
    sql`${counted(sql`${at.toISOString()}::timestamptz`, sql`from commands c where c.command_uuid = ${commandUuid}`)} returning command_uuid`,
  )
  const found = row && (await findRedelivery(db, row.command_uuid))
  if (!found) throw new Error(`the redelivery of command ${commandUuid} was not counted`)
  return found
}

const counted = (at: SQL, from: SQL) => sql`
  insert into redeliveries as r (command_uuid, device_id, trial_id, times, first_at, last_at)
  select c.command_uuid, c.device_id, c.trial_id, 1, ${at}, ${at} ${from}
  on conflict (command_uuid) do update set times = r.times + 1, last_at = greatest(r.last_at, excluded.last_at)`

export async function findRedelivery(db: Db, commandUuid: string): Promise<Redelivery | undefined> {
  const [row] = await db
    .select()
    .from(redeliveries)
    .where(eq(redeliveries.commandUuid, commandUuid))
  return row
}

export async function listRedeliveriesOfTrial(db: Db, trialId: string): Promise<Redelivery[]> {
  return db
    .select()
    .from(redeliveries)
    .where(eq(redeliveries.trialId, trialId))
    .orderBy(asc(redeliveries.firstAt), asc(redeliveries.commandUuid))
}

/** Redeliveries that happened more than once and are not in a record yet. */
export async function listUnmarked(db: Db, limit: number): Promise<Redelivery[]> {
  return db
    .select()
    .from(redeliveries)
    .where(and(isNull(redeliveries.markedAt), gt(redeliveries.times, 1)))
    .orderBy(asc(redeliveries.firstAt))
    .limit(limit)
}

/** Marks a redelivery as recorded; undefined if it was before. */
export async function markRedelivery(
  db: Db,
  commandUuid: string,
  at: Date,
): Promise<Redelivery | undefined> {
  const [marked] = await db
    .update(redeliveries)
    .set({ markedAt: at })
    .where(and(eq(redeliveries.commandUuid, commandUuid), isNull(redeliveries.markedAt)))
    .returning()
  return marked
}
