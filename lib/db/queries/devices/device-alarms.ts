import { and, asc, desc, eq, isNull } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceAlarms } from '@/lib/db/schema/alarms'
import { devices } from '@/lib/db/schema/schema'

export type DeviceAlarm = typeof deviceAlarms.$inferSelect

/** Raises an alarm; undefined if this device has one for the same command already. */
export async function insertAlarm(
  db: Db,
  alarm: typeof deviceAlarms.$inferInsert,
): Promise<DeviceAlarm | undefined> {
  const [inserted] = await db.insert(deviceAlarms).values(alarm).onConflictDoNothing().returning()
  return inserted
}

/** Whether a device has, or had, an alarm about this command, which was sent but is unknown to the database. */
export async function hasAlarmOf(
  db: Db,
  { deviceId, commandUuid }: { deviceId: string; commandUuid: string },
): Promise<boolean> {
  const [alarm] = await db
    .select({ id: deviceAlarms.id })
    .from(deviceAlarms)
    .where(
      and(
        eq(deviceAlarms.deviceId, deviceId),
        eq(deviceAlarms.kind, 'databaseWentBack'),
        eq(deviceAlarms.commandUuid, commandUuid),
      ),
    )
    .limit(1)
  return alarm !== undefined
}

export async function findAlarm(db: Db, id: number): Promise<DeviceAlarm | undefined> {
  const [alarm] = await db.select().from(deviceAlarms).where(eq(deviceAlarms.id, id))
  return alarm
}

/** The open alarms of a device, the oldest first. */
export async function listOpenAlarms(db: Db, deviceId: string): Promise<DeviceAlarm[]> {
  return db
    .select()
    .from(deviceAlarms)
    .where(and(eq(deviceAlarms.deviceId, deviceId), isNull(deviceAlarms.clearedAt)))
    .orderBy(asc(deviceAlarms.id))
}

/** All alarms of a device, the newest first. */
export async function listAlarms(db: Db, deviceId: string): Promise<DeviceAlarm[]> {
  return db
    .select()
    .from(deviceAlarms)
    .where(eq(deviceAlarms.deviceId, deviceId))
    .orderBy(desc(deviceAlarms.id))
}

export type ListedAlarm = DeviceAlarm & { labTag: string | null; deviceName: string }

/** Every open alarm of one environment, or of both, the oldest first. */
export async function listAllOpenAlarms(db: Db, simulated?: boolean): Promise<ListedAlarm[]> {
  const rows = await db
    .select({ alarm: deviceAlarms, labTag: devices.labTag, deviceName: devices.name })
    .from(deviceAlarms)
    .innerJoin(devices, eq(devices.id, deviceAlarms.deviceId))
    .where(
      and(
        isNull(deviceAlarms.clearedAt),
        simulated === undefined ? undefined : eq(deviceAlarms.simulated, simulated),
      ),
    )
    .orderBy(asc(deviceAlarms.id))
  return rows.map(({ alarm, ...device }) => ({ ...alarm, ...device }))
}

/** Clears an alarm; undefined if it was cleared before or does not exist. */
export async function markAlarmCleared(
  db: Db,
  id: number,
  by: { at: Date; byId: string; byName: string; reason: string; accepted: boolean | null },
): Promise<DeviceAlarm | undefined> {
  const [cleared] = await db
    .update(deviceAlarms)
    .set({
      clearedAt: by.at,
      clearedById: by.byId,
      clearedByName: by.byName,
      clearedReason: by.reason,
      accepted: by.accepted,
    })
    .where(and(eq(deviceAlarms.id, id), isNull(deviceAlarms.clearedAt)))
    .returning()
  return cleared
}

/** The open alarms of one stop of all sending, the oldest first. */
export async function listOpenAlarmsOfStop(db: Db, stopId: number): Promise<ListedAlarm[]> {
  const all = await listAllOpenAlarms(db)
  return all.filter((alarm) => alarm.stopId === stopId)
}
