import { and, desc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceImportRows, deviceImports, importMappings, usbPrints } from '@/lib/db/schema/imports'
import { devices } from '@/lib/db/schema/schema'
import type { HeaderMapping } from '@/lib/domain/import/questions'

export type DeviceImport = typeof deviceImports.$inferSelect
type ImportRow = Omit<typeof deviceImportRows.$inferInsert, 'importId'>

/** Records an import with the devices it changed. */
export async function insertDeviceImport(
  db: Db,
  made: DeviceImport,
  rows: readonly ImportRow[],
): Promise<void> {
  await db.insert(deviceImports).values(made)
  if (rows.length === 0) return
  // One array per column: 20,000 rows would need more parameters than a statement can have.
  await db.execute(sql`
    insert into device_import_rows (import_id, device_id, file_row, kind)
    select ${made.id}::uuid, * from unnest(${sql.param(rows.map(({ deviceId }) => deviceId))}::uuid[],
      ${sql.param(rows.map(({ fileRow }) => fileRow))}::int[], ${sql.param(rows.map(({ kind }) => kind))}::text[])`)
}

export async function findDeviceImport(db: Db, id: string): Promise<DeviceImport | undefined> {
  const [found] = await db.select().from(deviceImports).where(eq(deviceImports.id, id))
  return found
}

/** Whether every device of an import is virtual. */
export async function isSimulatedImport(db: Db, importId: string): Promise<boolean> {
  const [real] = await db
    .select({ id: devices.id })
    .from(deviceImportRows)
    .innerJoin(devices, eq(devices.id, deviceImportRows.deviceId))
    .where(and(eq(deviceImportRows.importId, importId), eq(devices.simulated, false)))
    .limit(1)
  return real === undefined
}

// A lab has a handful of file formats; of more than this many the oldest are not offered.
const maxMappings = 200

/** The newest stored mappings, by the key of their headers. */
export async function listMappings(db: Db): Promise<Record<string, HeaderMapping>> {
  const rows = await db
    .select()
    .from(importMappings)
    .orderBy(desc(importMappings.changedAt))
    .limit(maxMappings)
  return Object.fromEntries(rows.map(({ headerKey, mapping }) => [headerKey, mapping]))
}

/** Stores a mapping for the next file with these headers. */
export async function saveMapping(db: Db, row: typeof importMappings.$inferInsert): Promise<void> {
  const { mapping, changedAt, changedBy } = row
  await db.insert(importMappings).values(row).onConflictDoUpdate({
    target: importMappings.headerKey,
    set: { mapping, changedAt, changedBy },
  })
}

/** Stores what was kept of a print over USB. */
export async function insertUsbPrint(db: Db, print: typeof usbPrints.$inferInsert): Promise<void> {
  await db.insert(usbPrints).values(print)
}

export type UsbPrint = typeof usbPrints.$inferSelect

/** The last print over USB of a device. */
export async function findLastUsbPrint(db: Db, deviceId: string): Promise<UsbPrint | undefined> {
  const [last] = await db
    .select()
    .from(usbPrints)
    .where(eq(usbPrints.deviceId, deviceId))
    .orderBy(desc(usbPrints.id))
    .limit(1)
  return last
}
