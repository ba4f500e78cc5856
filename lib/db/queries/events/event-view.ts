import { eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { commands, devices, mdmServers, rawEvents, trials } from '@/lib/db/schema/schema'
import { sealedBodies } from '@/lib/db/schema/sealed'

/** One kept event with the names of what it belongs to; undefined where there is no such event. */
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
      // Whether the body is shown without the secrets it holds.
      redacted: sql<boolean>`${sealedBodies.rawEventId} is not null`,
    })
    .from(rawEvents)
    .innerJoin(mdmServers, eq(mdmServers.id, rawEvents.mdmServerId))
    .leftJoin(devices, eq(devices.id, rawEvents.deviceId))
    .leftJoin(trials, eq(trials.id, rawEvents.trialId))
    .leftJoin(sealedBodies, eq(sealedBodies.rawEventId, rawEvents.id))
    // A device may write a CommandUUID in small letters, or one that is no UUID at all.
    .leftJoin(commands, sql`${commands.commandUuid}::text = lower(${rawEvents.commandUuid})`)
    .where(eq(rawEvents.id, id))
  return view
}

export type EventView = NonNullable<Awaited<ReturnType<typeof findEventView>>>
