import { and, asc, desc, eq, inArray, lt, ne, sql } from 'drizzle-orm'
import type { Db } from './client'
import type { DeviceRow } from './device-facts'
import {
  commands,
  devices,
  mdmServers,
  rawEventReadStates,
  rawEventRereads,
  rawEvents,
} from './schema'

export { rawEventReadStates }

export type RawEvent = typeof rawEvents.$inferSelect
export type NewRawEvent = typeof rawEvents.$inferInsert
export type RawEventReadState = RawEvent['readState']

/** Keeps the bytes, in one statement. This is the whole of what must happen before the webhook is answered 200. */
export async function insertRawEvents(
  db: Db,
  events: readonly (Pick<NewRawEvent, 'mdmServerId' | 'receivedAt' | 'body' | 'sha256'> & {
    receipt: string
  })[],
): Promise<number[]> {
  if (events.length === 0) return []
  const row = { id: rawEvents.id, receipt: rawEvents.receipt }
  const inserted = await db
    .insert(rawEvents)
    .values([...events])
    .onConflictDoNothing({ target: rawEvents.receipt })
    .returning(row)
  const idOf = new Map(inserted.map(({ id, receipt }) => [receipt, id]))
  const before = events.flatMap(({ receipt }) => (idOf.has(receipt) ? [] : [receipt]))
  // An earlier try had committed them, and only its answer was lost (F29).
  if (before.length > 0)
    for (const { id, receipt } of await db
      .select(row)
      .from(rawEvents)
      .where(inArray(rawEvents.receipt, before)))
      idOf.set(receipt, id)
  return events.map(({ receipt }) => {
    const id = idOf.get(receipt)
    if (id === undefined) throw new Error('a webhook body was not written')
    return id
  })
}

/** One unread event, locked; undefined where another reader has it or it has been read. */
export async function lockUnreadEvent(db: Db, id: number): Promise<RawEvent | undefined> {
  const [event] = await db
    .select()
    .from(rawEvents)
    .where(and(eq(rawEvents.id, id), eq(rawEvents.readState, 'unread')))
    .for('update', { skipLocked: true })
  return event
}

/** Ids still to be read, the oldest first. */
export async function listUnreadEventIds(db: Db, limit: number): Promise<number[]> {
  const rows = await db
    .select({ id: rawEvents.id })
    .from(rawEvents)
    .where(eq(rawEvents.readState, 'unread'))
    .orderBy(asc(rawEvents.id))
    .limit(limit)
  return rows.map(({ id }) => id)
}

/** Writes what was read of an unread event beside its bytes. What another reader has settled meanwhile stands. */
export async function settleRawEvent(
  db: Db,
  id: number,
  set: Omit<Partial<NewRawEvent>, 'body' | 'sha256'> & { readState: RawEventReadState },
): Promise<void> {
  const unread = and(eq(rawEvents.id, id), eq(rawEvents.readState, 'unread'))
  await db.update(rawEvents).set(set).where(unread)
}

/** An earlier event that says the same: event_id is new each time, so it is no key (https://github.com/micromdm/nanomdm/blob/1d5fcf4/service/webhook/service.go). */
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
        ne(rawEvents.id, event.id),
        eq(rawEvents.readState, 'read'),
      ),
    )
    .orderBy(asc(rawEvents.id))
    .limit(1)
  return same?.id
}

/** The states out of which an event may be read again: nothing has come of it yet. */
export const rereadableStates = ['unreadable', 'unmatched'] as const
export type RereadableState = (typeof rereadableStates)[number]

export type Reread = {
  states: readonly RereadableState[]
  id?: number | undefined
  /** The events of one enrollment alone. */
  enrolled?: { mdmServerId: string; enrollmentId: string } | undefined
  by: { name: string; at: Date }
}

/**
 * Puts events back to unread; a trigger keeps what each of them was and why. Gives how many. The
 * worker then reads them in the order they came in.
 */
export async function putBackToUnread(
  db: Db,
  { states, id, enrolled, by }: Reread,
): Promise<number> {
  const put = await db
    .update(rawEvents)
    .set({
      readState: 'unread',
      readAt: null,
      because: null,
      rereadAt: by.at,
      rereadBy: by.name,
    })
    .where(
      and(
        inArray(rawEvents.readState, states),
        id === undefined ? undefined : eq(rawEvents.id, id),
        enrolled && eq(rawEvents.mdmServerId, enrolled.mdmServerId),
        enrolled && eq(rawEvents.enrollmentId, enrolled.enrollmentId),
      ),
    )
    .returning({ id: rawEvents.id })
  return put.length
}

export type RereadOfEvent = typeof rawEventRereads.$inferSelect

/** What an event was each time before it was read again, the oldest first. */
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

/** The events of one trial with the question each answers, in the order of the MDM server's clock. */
export async function listEventsOfTrial(db: Db, trialId: string) {
  return db
    .select({
      id: rawEvents.id,
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      readState: rawEvents.readState,
      because: rawEvents.because,
      topic: rawEvents.topic,
      commandUuid: rawEvents.commandUuid,
      status: rawEvents.status,
      oddities: rawEvents.oddities,
      payload: rawEvents.payload,
      requestType: commands.requestType,
      slotOrdinal: commands.slotOrdinal,
    })
    .from(rawEvents)
    .leftJoin(commands, sql`${commands.commandUuid}::text = lower(${rawEvents.commandUuid})`)
    .where(eq(rawEvents.trialId, trialId))
    .orderBy(asc(sql`coalesce(${rawEvents.createdAt}, ${rawEvents.receivedAt})`), asc(rawEvents.id))
}

export type EventFilter = {
  simulated: boolean
  readState?: RawEventReadState | undefined
  /** Events older than this id: the next page. */
  before?: number | undefined
  limit: number
}

/** For the events page: the newest first, keyset by id. */
export async function listRawEvents(db: Db, filter: EventFilter) {
  return db
    .select({
      id: rawEvents.id,
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      readState: rawEvents.readState,
      because: rawEvents.because,
      topic: rawEvents.topic,
      enrollmentId: rawEvents.enrollmentId,
      commandUuid: rawEvents.commandUuid,
      status: rawEvents.status,
      duplicateOf: rawEvents.duplicateOf,
      deviceId: rawEvents.deviceId,
      deviceName: devices.name,
      labTag: devices.labTag,
      trialId: rawEvents.trialId,
      bytes: sql<number>`octet_length(${rawEvents.body})`,
    })
    .from(rawEvents)
    .leftJoin(devices, eq(devices.id, rawEvents.deviceId))
    .where(
      and(
        eq(rawEvents.simulated, filter.simulated),
        filter.readState === undefined ? undefined : eq(rawEvents.readState, filter.readState),
        filter.before === undefined ? undefined : lt(rawEvents.id, filter.before),
      ),
    )
    .orderBy(desc(rawEvents.id))
    .limit(filter.limit)
}

/** The server's clock of hearing, moved at most every ten seconds: every poll would else rewrite one row. */
export async function touchServer(db: Db, serverId: string, now: Date): Promise<void> {
  await db
    .update(mdmServers)
    .set({ lastHeardAt: now })
    .where(
      and(
        eq(mdmServers.id, serverId),
        sql`(${mdmServers.lastHeardAt} is null or ${mdmServers.lastHeardAt} < ${new Date(now.getTime() - 10_000).toISOString()})`,
      ),
    )
}

/**
 * The cheap path of idle polls: the enrollment IDs that are known on this server, now seen. A device
 * whose row is locked (a release, a reading) is left out, so that nobody's poll waits for it.
 */
export async function touchDevices(
  db: Db,
  serverId: string,
  enrollmentIds: readonly string[],
  now: Date,
): Promise<string[]> {
  const free = db
    .select({ id: devices.id })
    .from(devices)
    .where(
      and(eq(devices.mdmServerId, serverId), inArray(devices.enrollmentId, [...enrollmentIds])),
    )
    .for('no key update', { skipLocked: true })
  const touched = await db
    .update(devices)
    .set({ lastSeenAt: sql`greatest(${devices.lastSeenAt}, ${now.toISOString()})` })
    .where(inArray(devices.id, free))
    .returning({ enrollmentId: devices.enrollmentId })
  return touched.flatMap(({ enrollmentId }) => enrollmentId ?? [])
}

/** Notes that an enrolled device was heard, and gives its row, locked by that until the transaction ends. */
export async function hearDevice(
  db: Db,
  serverId: string,
  enrollmentId: string,
  at: Date,
): Promise<DeviceRow | undefined> {
  const [device] = await db
    .update(devices)
    .set({ lastSeenAt: sql`greatest(${devices.lastSeenAt}, ${at.toISOString()})` })
    .where(and(eq(devices.mdmServerId, serverId), eq(devices.enrollmentId, enrollmentId)))
    .returning()
  return device
}

/** How many events of one world stand in each state. */
export async function countEventStates(
  db: Db,
  simulated: boolean,
): Promise<Partial<Record<RawEventReadState, number>>> {
  const rows = await db
    .select({ state: rawEvents.readState, events: sql<number>`count(*)::int` })
    .from(rawEvents)
    .where(eq(rawEvents.simulated, simulated))
    .groupBy(rawEvents.readState)
  return Object.fromEntries(rows.map(({ state, events }) => [state, events]))
}
