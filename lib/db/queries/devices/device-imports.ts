import { and, desc, eq, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { deviceImportRows, deviceImports, importMappings } from '@/lib/db/schema/imports'
import { devices } from '@/lib/db/schema/schema'
import type { HeaderMapping } from '@/lib/domain/import/questions'

export type DeviceImport = typeof deviceImports.$inferSelect
type ImportRow = Omit<typeof deviceImportRows.$inferInsert, 'importId'>

/** Enters an import and the devices it was about. */
export async function insertDeviceImport(
  db: Db,
  made: DeviceImport,
  rows: readonly ImportRow[],
): Promise<void> {
  await db.insert(deviceImports).values(made)
  if (rows.length === 0) return
  // One array a column: 20,000 rows are more than a statement has parameters.
  await db.execute(sql`
    insert into device_import_rows (import_id, device_id, file_row, kind)
    select ${made.id}::uuid, * from unnest(${sql.param(rows.map(({ deviceId }) => deviceId))}::uuid[],
      ${sql.param(rows.map(({ fileRow }) => fileRow))}::int[], ${sql.param(rows.map(({ kind }) => kind))}::text[])`)
}

export async function findDeviceImport(db: Db, id: string): Promise<DeviceImport | undefined> {
  const [found] = await db.select().from(deviceImports).where(eq(deviceImports.id, id))
  return found
}

/** True where every device of an import is a virtual one. */
export async function isSimulatedImport(db: Db, importId: string): Promise<boolean> {
  const [real] = await db
    .select({ id: devices.id })
    .from(deviceImportRows)
    .innerJoin(devices, eq(devices.id, deviceImportRows.deviceId))
    .where(and(eq(deviceImportRows.importId, importId), eq(devices.simulated, false)))
    .limit(1)
  return real === undefined
}

// A lab has a handful of exports; whoever makes more loses the oldest.
const maxMappings = 200

/** Kept mappings by the key of their headers, the newest 200. */
export async function listMappings(db: Db): Promise<Record<string, HeaderMapping>> {
  const rows = await db
    .select()
    .from(importMappings)
    .orderBy(desc(importMappings.changedAt))
    .limit(maxMappings)
  return Object.fromEntries(rows.map(({ headerKey, mapping }) => [headerKey, mapping]))
}

/** Keeps a mapping for the next file with these headers. */
export async function saveMapping(db: Db, row: typeof importMappings.$inferInsert): Promise<void> {
  const { mapping, changedAt, changedBy } = row
  await db.insert(importMappings).values(row).onConflictDoUpdate({
    target: importMappings.headerKey,
    set: { mapping, changedAt, changedBy },
  })
}
