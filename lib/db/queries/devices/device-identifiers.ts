import { and, eq, ne, or, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceIdentifiers } from '@/lib/db/schema/alarms'
import { devices } from '@/lib/db/schema/schema'
import { statement } from '@/lib/db/statements'
import {
  type Identifier,
  type Identity,
  identifiers,
  plainIdentifier,
} from '@/lib/domain/device/identity'
import type { DeviceRow } from './device-facts'

/** The known identifiers of a device: those in the inventory, and those that the device itself has reported. */
export async function knownIdentity(db: Db, device: DeviceRow): Promise<Identity> {
  return identityWith(device, await reportedIdentity(db, device.id))
}

const listing = statement((db, { deviceId }: { deviceId: string }) =>
  db.select().from(deviceIdentifiers).where(eq(deviceIdentifiers.deviceId, deviceId)),
)

/** The identifiers that a device has reported, as they are stored. */
export async function reportedIdentity(db: Db, deviceId: string): Promise<Identity> {
  const rows = await listing(db, { deviceId })
  return Object.fromEntries(rows.map(({ identifier, value }) => [identifier, value]))
}

/** What a device has reported, with what the inventory says of it. */
export const identityWith = (device: DeviceRow, reported: Identity): Identity => ({
  ...reported,
  serial: device.serial ?? reported.serial,
  model: plainIdentifier('model', device.modelIdentifier) ? device.modelIdentifier : reported.model,
})

/** The event with which an identifier was reported, and when. */
type ReportedWith = { rawEventId: number | null; at: Date }

/** Stores identifiers that a device reports for the first time; those it reported before are kept. */
export async function rememberIdentity(
  db: Db,
  deviceId: string,
  reported: Identity,
  reportedWith: ReportedWith,
): Promise<void> {
  const rows = identifiers.flatMap((identifier) =>
    rowOf(deviceId, identifier, reported, reportedWith),
  )
  if (rows.length > 0) await db.insert(deviceIdentifiers).values(rows).onConflictDoNothing()
}

function rowOf(
  deviceId: string,
  identifier: Identifier,
  reported: Identity,
  reportedWith: ReportedWith,
) {
  const plain = plainIdentifier(identifier, reported[identifier])
  if (plain === undefined) return []
  const value = reported[identifier] ?? plain
  return [
    {
      deviceId,
      identifier,
      value,
      plain,
      rawEventId: reportedWith.rawEventId,
      reportedAt: reportedWith.at,
    },
  ]
}

/** Replaces a reported identifier, once a lead has accepted the new one. */
export async function replaceIdentifier(
  db: Db,
  deviceId: string,
  { identifier, value }: { identifier: Identifier; value: string },
  reportedWith: ReportedWith,
): Promise<void> {
  for (const row of rowOf(deviceId, identifier, { [identifier]: value }, reportedWith))
    await db
      .insert(deviceIdentifiers)
      .values(row)
      .onConflictDoUpdate({
        target: [deviceIdentifiers.deviceId, deviceIdentifiers.identifier],
        set: {
          value: row.value,
          plain: row.plain,
          rawEventId: row.rawEventId,
          reportedAt: row.reportedAt,
        },
      })
}

/**
 * A device with this serial, UDID or enrollment ID, in any spelling and on any MDM server; one with that serial in
 * the inventory first.
 */
export async function findDeviceKnownBy(
  db: Db,
  reported: Pick<Identity, 'serial' | 'udid'> & { enrollmentId?: string },
  except?: string,
): Promise<DeviceRow | undefined> {
  const serial = plainIdentifier('serial', reported.serial) ?? ''
  const udid = plainIdentifier('udid', reported.udid) ?? ''
  const bySerial = sql`${serial} <> '' and upper(regexp_replace(coalesce(${devices.serial}, ''), '[[:space:]-]', '', 'g')) = ${serial}`
  const byReported = sql`exists (select from device_identifiers i where i.device_id = ${devices.id}
    and ((i.identifier = 'serial' and i.plain = ${serial}) or (i.identifier = 'udid' and i.plain = ${udid})))`
  const byEnrollment = sql`lower(${devices.enrollmentId}) = lower(${reported.enrollmentId ?? ''})`
  const [device] = await db
    .select()
    .from(devices)
    .where(
      and(
        or(bySerial, byReported, byEnrollment),
        except === undefined ? undefined : ne(devices.id, except),
      ),
    )
    .orderBy(sql`(${bySerial}) desc`, devices.id)
    .limit(1)
  return device
}
