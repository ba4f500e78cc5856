import { and, asc, eq, inArray, lt, min, notExists, notInArray, or, sql } from 'drizzle-orm'
import { alias } from 'drizzle-orm/pg-core'
import type { Db } from '@/lib/db/client'
import {
  devices,
  rawEventReadStates,
  rawEventRereads,
  rawEvents,
  trials,
} from '@/lib/db/schema/schema'
import { sealedBodies } from '@/lib/db/schema/sealed'
import { statement } from '@/lib/db/statements'
import { liveTrialStates } from '@/lib/domain/trial/trial'

export { rawEventReadStates }

export type RawEvent = typeof rawEvents.$inferSelect
type NewRawEvent = typeof rawEvents.$inferInsert
export type RawEventReadState = RawEvent['readState']

/**
 * One unread event, locked. Undefined if another reader has it, if it has been read, or if an earlier event of its
 * device has not, so that several readers keep the order of each device.
 */
export async function lockUnreadEvent(db: Db, id: number): Promise<RawEvent | undefined> {
  const [event] = await db
    .select()
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.id, id),
        eq(rawEvents.readState, 'unread'),
        notExists(unreadBefore(db, [id])),
      ),
    )
    .for('update', { of: rawEvents, skipLocked: true })
  return event
}

/** Unread events of the same device that came before, except those that are read together with it. */
function unreadBefore(db: Db, together: readonly number[]) {
  const earlier = alias(rawEvents, 'earlier')
  return db
    .select({ id: earlier.id })
    .from(earlier)
    .where(
      and(
        eq(earlier.mdmServerId, rawEvents.mdmServerId),
        eq(earlier.enrollmentKey, rawEvents.enrollmentKey),
        eq(earlier.readState, 'unread'),
        lt(earlier.id, rawEvents.id),
        notInArray(earlier.id, [...together]),
      ),
    )
}

/** A locked event with its sealed body, if it has one, and whether its device is in a live trial. */
export type LockedEvent = { event: RawEvent; sealed: string | null; inTrial: boolean }

/**
 * Those of these unread events that can be read together now, locked with the rows of their devices, in the order of
 * receipt. It waits for no lock, as a transaction that has locked several devices must not wait for another one:
 * left out are events of a device that is locked or unknown, those that another reader has, and bodies above `maxBytes`.
 * The caller keeps the order of each device.
 */
export async function lockUnreadEvents(
  db: Db,
  ids: readonly number[],
  maxBytes: number,
): Promise<LockedEvent[]> {
  const ownDevice = and(
    eq(devices.mdmServerId, rawEvents.mdmServerId),
    eq(devices.enrollmentId, rawEvents.enrollmentKey),
    // For the unique index, as in lib/db/queries/devices/last-contact.ts.
    sql`lower(${devices.enrollmentId}) = lower(${rawEvents.enrollmentKey})`,
  )
  const live = db
    .select({ id: trials.id })
    .from(trials)
    .where(and(eq(trials.deviceId, devices.id), inArray(trials.state, [...liveTrialStates])))
  return db
    .select({
      event: rawEvents,
      sealed: sealedBodies.sealed,
      inTrial: sql<boolean>`exists ${live}`,
    })
    .from(rawEvents)
    .innerJoin(devices, ownDevice)
    .leftJoin(sealedBodies, eq(sealedBodies.rawEventId, rawEvents.id))
    .where(
      and(
        inArray(rawEvents.id, [...ids]),
        eq(rawEvents.readState, 'unread'),
        sql`octet_length(${rawEvents.body}) <= ${maxBytes}`,
        notExists(unreadBefore(db, ids)),
      ),
    )
    .orderBy(asc(rawEvents.id))
    .for('no key update', { of: [rawEvents, devices], skipLocked: true })
}

/** Those of these events that are unread and that no other reader has at this moment, in their order. */
export async function listFreeEvents(db: Db, ids: readonly number[]): Promise<number[]> {
  if (ids.length === 0) return []
  const free = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(and(inArray(rawEvents.id, [...ids]), eq(rawEvents.readState, 'unread')))
    .for('update', { skipLocked: true })
  const isFree = new Set(free.map(({ id }) => id))
  return ids.filter((id) => isFree.has(id))
}

/** When the oldest unread event of a device arrived, of one source or of any; undefined if all are read. In any letter case. */
export async function oldestUnreadAt(
  db: Db,
  { mdmServerId, enrollmentId }: { mdmServerId: string; enrollmentId: string },
  source?: RawEvent['source'],
): Promise<Date | undefined> {
  const [oldest] = await db
    .select({ at: min(rawEvents.receivedAt) })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.readState, 'unread'),
        eq(rawEvents.mdmServerId, mdmServerId),
        sql`lower(${rawEvents.enrollmentKey}) = lower(${enrollmentId})`,
        source && eq(rawEvents.source, source),
      ),
    )
  return oldest?.at ?? undefined
}

/** Unread events grouped by device, the oldest first; each group must be read in this order. */
export async function listUnreadByDevice(db: Db, limit: number): Promise<number[][]> {
  const rows = await db
    .select({
      id: rawEvents.id,
      about: sql<string>`${rawEvents.mdmServerId} || '/' || coalesce(${rawEvents.enrollmentKey}, 'event ' || ${rawEvents.id})`,
    })
    .from(rawEvents)
    .where(eq(rawEvents.readState, 'unread'))
    .orderBy(asc(rawEvents.id))
    .limit(limit)
  return [...Map.groupBy(rows, ({ about }) => about).values()].map((of) => of.map(({ id }) => id))
}

type ReadOfEvent = Omit<Partial<NewRawEvent>, 'id' | 'body' | 'sha256'> & {
  readState: RawEventReadState
}
const settling = statement((db, { id, ...set }: ReadOfEvent & { id: number }) =>
  db
    .update(rawEvents)
    .set(set)
    .where(and(eq(rawEvents.id, id), eq(rawEvents.readState, 'unread'))),
)

/** Stores what was read from an unread event. Changes nothing if another reader has settled it meanwhile. */
export async function settleRawEvent(db: Db, id: number, set: ReadOfEvent): Promise<void> {
  await settling(db, { ...set, id })
}

/**
 * An earlier event with the same bytes that was read. It is the same event passed on twice, as each event has its own
 * event_id and created_at. Searched among those of the device, which are indexed.
 */
export async function findSameBytes(
  db: Db,
  event: Pick<RawEvent, 'id' | 'mdmServerId' | 'sha256'>,
  deviceId: string,
): Promise<number | undefined> {
  const [same] = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.deviceId, deviceId),
        eq(rawEvents.mdmServerId, event.mdmServerId),
        eq(rawEvents.sha256, event.sha256),
        lt(rawEvents.id, event.id),
        eq(rawEvents.readState, 'read'),
      ),
    )
    .orderBy(asc(rawEvents.id))
    .limit(1)
  return same?.id
}

/**
 * An earlier event with the same answer. Its event_id is no key, as each webhook request gets a new one
 * (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go).
 */
export async function findSameEvent(
  db: Db,
  event: {
    id: number
    mdmServerId: string
    enrollmentId: string
    commandUuid: string
    status: string
    payloadSha256: string
  },
): Promise<number | undefined> {
  const [same] = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(
      and(
        eq(rawEvents.mdmServerId, event.mdmServerId),
        eq(rawEvents.enrollmentId, event.enrollmentId),
        eq(rawEvents.commandUuid, event.commandUuid),
        eq(rawEvents.status, event.status),
        eq(rawEvents.payloadSha256, event.payloadSha256),
        lt(rawEvents.id, event.id),
        // An answer that cannot be parsed has been counted too.
        or(eq(rawEvents.readState, 'read'), rawEvents.countedAsAnswer),
      ),
    )
    .orderBy(asc(rawEvents.id))
    .limit(1)
  return same?.id
}

/** The states in which an event may be reprocessed, as it has had no effect yet. */
export const rereadableStates = ['unreadable', 'unmatched'] as const
export type RereadableState = (typeof rereadableStates)[number]

export type Reread = {
  states: readonly RereadableState[]
  id?: number | undefined
  by: { name: string; at: Date }
}

/**
 * Sets events back to unread; gives how many. A trigger stores the earlier state and reason of each. The worker then
 * reads them in the order of receipt.
 */
export async function putBackToUnread(db: Db, { states, id, by }: Reread): Promise<number> {
  const put = await db
    .update(rawEvents)
    .set({
      readState: 'unread',
      readAt: null,
      reason: null,
      waitsForDevice: false,
      rereadAt: by.at,
      rereadBy: by.name,
    })
    .where(
      and(
        inArray(rawEvents.readState, states),
        id === undefined ? undefined : eq(rawEvents.id, id),
      ),
    )
    .returning({ id: rawEvents.id })
  return put.length
}

export type RereadOfEvent = typeof rawEventRereads.$inferSelect

/** The state of an event before each reprocessing, the oldest first. */
export async function listRereads(db: Db, rawEventId: number): Promise<RereadOfEvent[]> {
  return db
    .select()
    .from(rawEventRereads)
    .where(eq(rawEventRereads.rawEventId, rawEventId))
    .orderBy(asc(rawEventRereads.id))
}

export async function findRawEvent(db: Db, id: number): Promise<RawEvent | undefined> {
  const [event] = await db.select().from(rawEvents).where(eq(rawEvents.id, id))
  return event
}
