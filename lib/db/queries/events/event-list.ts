import { and, asc, desc, eq, lt, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands, devices, mdmServers, rawEvents, trials } from '@/lib/db/schema/schema'
import { sealedBodies } from '@/lib/db/schema/sealed'
import type { RawEventReadState } from './raw-events'

/** The events of one trial with the command that each answers, in the order of the MDM server's clock. */
export async function listEventsOfTrial(db: Db, trialId: string) {
  return db
    .select({
      id: rawEvents.id,
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      readState: rawEvents.readState,
      reason: rawEvents.reason,
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

/** The newest events of one device, of any kind. */
export async function listEventsOfDevice(db: Db, deviceId: string, limit: number) {
  return db
    .select({
      id: rawEvents.id,
      kind: rawEvents.kind,
      topic: rawEvents.topic,
      status: rawEvents.status,
      receivedAt: rawEvents.receivedAt,
    })
    .from(rawEvents)
    .where(eq(rawEvents.deviceId, deviceId))
    .orderBy(desc(rawEvents.id))
    .limit(limit)
}

export type EventFilter = {
  simulated: boolean
  readState?: RawEventReadState | undefined
  /** The ID before which the next page starts. */
  before?: number | undefined
  limit: number
}

/** Events for the events page, the newest first, by keyset on the ID. */
export async function listRawEvents(db: Db, filter: EventFilter) {
  return db
    .select({
      id: rawEvents.id,
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      readState: rawEvents.readState,
      reason: rawEvents.reason,
      topic: rawEvents.topic,
      kind: rawEvents.kind,
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

/** The number of events of one environment in each state. */
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

/** One event with the names of its server, device and trial; undefined if there is no such event. */
export async function findEventView(db: Db, id: number) {
  const [view] = await db
    .select({
      event: rawEvents,
      server: { id: mdmServers.id, name: mdmServers.name },
      labTag: devices.labTag,
      deviceName: devices.name,
      trialNumber: trials.number,
      requestType: commands.requestType,
      purpose: commands.purpose,
      // Whether secrets were left out of the shown body.
      redacted: sql<boolean>`${sealedBodies.rawEventId} is not null`,
    })
    .from(rawEvents)
    .innerJoin(mdmServers, eq(mdmServers.id, rawEvents.mdmServerId))
    .leftJoin(devices, eq(devices.id, rawEvents.deviceId))
    .leftJoin(trials, eq(trials.id, rawEvents.trialId))
    .leftJoin(sealedBodies, eq(sealedBodies.rawEventId, rawEvents.id))
    // A device may send a CommandUUID in lower case, or one that is not a UUID.
    .leftJoin(commands, sql`${commands.commandUuid}::text = lower(${rawEvents.commandUuid})`)
    .where(eq(rawEvents.id, id))
  return view
}

export type EventView = NonNullable<Awaited<ReturnType<typeof findEventView>>>
