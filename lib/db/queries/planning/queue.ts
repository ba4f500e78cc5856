import { and, asc, count, eq, isNull, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import { queueEntries } from '@/lib/db/schema/queue'
import { inList } from '@/lib/db/schema/rule-sql'
import { devices, protocolVersions } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import { closedTrialStates, liveTrialStates } from '@/lib/domain/trial/trial'
import { isHeldAt, tagOf } from './unused-devices'

type Row = typeof queueEntries.$inferSelect

/** An open entry, in the order of its queue. `free`: nothing keeps the device from this person now. */
export type QueueEntry = Row & {
  labTag: string
  protocolTitle: string
  protocolVersion: number
  free: boolean
}

/** Whether the device of an entry can be used by its person: in use, not reserved, in no live trial, booked by nobody else. */
const isFree = (now: Date) => sql<boolean>`(${devices.retiredAt} is null
  and not ${isHeldAt(now)}
  and not exists (select from trials t where t.device_id = ${devices.id} and t.state in ${inList(liveTrialStates)})
  and not exists (select from bookings b left join trials t on t.id = b.trial_id
    where b.device_id = ${devices.id} and b.end_kind is null and b.booked_by_id <> ${queueEntries.joinedById}
      and b.starts_at <= ${now.toISOString()} and b.ends_at > ${now.toISOString()}
      and not (t.id is not null and t.released_at is not null and t.state in ${inList(closedTrialStates)})))`

/** The queues of one environment or one device: by device, each in its order. */
export async function listQueue(
  db: Db,
  asked: { environment?: Environment; deviceId?: string },
  now: Date,
): Promise<QueueEntry[]> {
  const { environment, deviceId } = asked
  const rows = await db
    .select({
      entry: queueEntries,
      labTag: tagOf,
      protocolTitle: sql<string>`${protocolVersions.plan} ->> 'title'`,
      protocolVersion: protocolVersions.version,
      free: isFree(now),
    })
    .from(queueEntries)
    .innerJoin(devices, eq(devices.id, queueEntries.deviceId))
    .innerJoin(protocolVersions, eq(protocolVersions.id, queueEntries.protocolVersionId))
    .where(
      and(
        isNull(queueEntries.endKind),
        environment && eq(queueEntries.simulated, environment === 'simulated'),
        deviceId === undefined ? undefined : eq(queueEntries.deviceId, deviceId),
      ),
    )
    .orderBy(
      sql`lower(${tagOf})`,
      asc(queueEntries.deviceId),
      asc(queueEntries.place),
      asc(queueEntries.id),
    )
  return rows.map(({ entry, ...row }) => ({ ...entry, ...row }))
}

/** How many devices are free for a person who is the first in their queue. */
export async function countTurns(
  db: Db,
  { environment, personId, now }: { environment: Environment; personId: string; now: Date },
): Promise<number> {
  const [row] = await db
    .select({ turns: count() })
    .from(queueEntries)
    .innerJoin(devices, eq(devices.id, queueEntries.deviceId))
    .where(
      and(
        isNull(queueEntries.endKind),
        eq(queueEntries.simulated, environment === 'simulated'),
        eq(queueEntries.joinedById, personId),
        isFirst,
        isFree(now),
      ),
    )
  return row?.turns ?? 0
}

const before = alias(queueEntries, 'before')
/** Nobody comes before this entry in the queue for its device, in the order of `listQueue`. */
const isFirst = sql`not exists (select from ${queueEntries} ${before}
  where ${before.deviceId} = ${queueEntries.deviceId} and ${before.endKind} is null
    and (${before.place}, ${before.id}) < (${queueEntries.place}, ${queueEntries.id}))`

export async function insertQueueEntry(
  db: Db,
  entry: typeof queueEntries.$inferInsert,
): Promise<string> {
  const [inserted] = await db.insert(queueEntries).values(entry).returning({ id: queueEntries.id })
  if (!inserted) throw new Error('the entry of the queue was not written')
  return inserted.id
}

export async function findQueueEntry(db: Db, id: string): Promise<Row | undefined> {
  const [entry] = await db.select().from(queueEntries).where(eq(queueEntries.id, id))
  return entry
}

export async function updateQueueEntry(
  db: Db,
  id: string,
  set: Partial<typeof queueEntries.$inferInsert>,
): Promise<void> {
  await db.update(queueEntries).set(set).where(eq(queueEntries.id, id))
}

/** Ends the wait of a person who has got a device. */
export async function endWaitOf(
  db: Db,
  { deviceId, person, now }: { deviceId: string; person: { id: string; name: string }; now: Date },
): Promise<void> {
  await db
    .update(queueEntries)
    .set({ endKind: 'served', endedAt: now, endedById: person.id, endedByName: person.name })
    .where(
      and(
        eq(queueEntries.deviceId, deviceId),
        eq(queueEntries.joinedById, person.id),
        isNull(queueEntries.endKind),
      ),
    )
}
