import { and, desc, eq, inArray, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { devices, mdmServers, rawEvents } from '@/lib/db/schema/schema'
import { allOf } from '@/lib/domain/all-of'
import type { DeviceFacts } from '@/lib/domain/rules/rule'
import { type Destination, destinationInWords } from '@/lib/mdm/destination'
import { findOpenCommand, lastInterventions } from '../trials/commands'
import { findLiveTrial, listConsumedBaselines } from '../trials/trials'
import { findDeclarations } from './declaration-events'
import { listOpenAlarms } from './device-alarms'

export type DeviceRow = typeof devices.$inferSelect

/** The device's row, locked until the transaction ends, so that it is stored as it was judged. */
export async function lockDeviceRow(db: Db, deviceId: string): Promise<DeviceRow | undefined> {
  const [device] = await db.select().from(devices).where(eq(devices.id, deviceId)).for('update')
  return device
}

/**
 * The facts for qualification besides the readings. The trial and command that are being judged are left out, so
 * that a trial does not count its own reservation against itself.
 */
export async function getDeviceFacts(
  db: Db,
  device: DeviceRow,
  except: { trialId?: string | undefined; commandUuid?: string | undefined } = {},
): Promise<DeviceFacts> {
  const [consumed, live, open, last, alarms, sendsTo, found] = await Promise.all([
    listConsumedBaselines(db, device.id, except.trialId),
    findLiveTrial(db, device.id),
    findOpenCommand(db, device.id, except.commandUuid),
    lastInterventions(db, device.id),
    listOpenAlarms(db, device.id),
    device.mdmServerId ? findKnownDestination(db, device.mdmServerId) : undefined,
    allOf({
      // Only an iPad can be a Shared iPad.
      userChannelAt: device.modelIdentifier?.startsWith('iPad')
        ? lastUserChannelAt(db, device.id)
        : undefined,
      declarations: findDeclarations(db, device.id),
    }),
  ])
  return {
    platform: device.platform,
    simulated: device.simulated,
    modelIdentifier: device.modelIdentifier ?? undefined,
    enrollmentId: device.enrollmentId ?? undefined,
    sendsTo: sendsTo && destinationInWords(sendsTo),
    lastSeenAt: device.lastSeenAt ?? undefined,
    userChannelAt: found.userChannelAt,
    declarations: found.declarations.verdict?.declarations,
    ...last,
    retired: device.retiredAt !== null,
    consumed,
    reservedBy: live && live.id !== except.trialId ? `trial T-${live.number}` : undefined,
    holdReason: device.holdReason ?? undefined,
    holdUntil: device.holdUntil ?? undefined,
    heldAt: device.heldAt ?? undefined,
    alarms: alarms.map(({ reason }) => reason),
    ...(open && {
      [open.purpose === 'probe' ? 'openQuery' : 'openCommand']:
        `${open.requestType}, ${open.state}`,
    }),
  }
}

/** A server's destination by the stored hash of its key: for showing and judging, not for sending. */
async function findKnownDestination(db: Db, serverId: string): Promise<Destination | undefined> {
  const { url, kind, apiKeySha256: keySha256 } = mdmServers
  const [row] = await db
    .select({ url, kind, keySha256 })
    .from(mdmServers)
    .where(eq(mdmServers.id, serverId))
  return row
}

export async function findDeviceRow(db: Db, deviceId: string): Promise<DeviceRow | undefined> {
  const [device] = await db.select().from(devices).where(eq(devices.id, deviceId))
  return device
}

export async function findDeviceRows(db: Db, deviceIds: readonly string[]): Promise<DeviceRow[]> {
  if (deviceIds.length === 0) return []
  return db
    .select()
    .from(devices)
    .where(inArray(devices.id, [...deviceIds]))
}

/** Fills in the model of a device if it is not known; what a person has entered is never overwritten. */
export async function nameDevice(
  db: Db,
  deviceId: string,
  reported: {
    modelIdentifier?: string | undefined
    modelName?: string | undefined
  },
): Promise<void> {
  await db
    .update(devices)
    .set({
      modelIdentifier: sql`coalesce(${devices.modelIdentifier}, ${reported.modelIdentifier ?? null})`,
      modelName: sql`coalesce(${devices.modelName}, ${reported.modelName ?? null})`,
    })
    .where(eq(devices.id, deviceId))
}

/**
 * When the last event of a user channel came from a device; a user was logged in then, whatever a person entered.
 * The MDM server's time if the event has one, otherwise the time of receipt.
 */
export async function lastUserChannelAt(db: Db, deviceId: string): Promise<Date | undefined> {
  const [newest] = await db
    .select({ at: sql<string>`coalesce(${rawEvents.createdAt}, ${rawEvents.receivedAt})` })
    .from(rawEvents)
    .where(and(eq(rawEvents.deviceId, deviceId), eq(rawEvents.kind, 'userChannel')))
    .orderBy(desc(sql`coalesce(${rawEvents.createdAt}, ${rawEvents.receivedAt})`))
    .limit(1)
  return newest && new Date(newest.at)
}
