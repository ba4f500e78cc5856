import { count } from 'drizzle-orm'
import type { Db } from '../client'
import { devices } from '../schema/schema'

export async function countDevices(db: Db): Promise<number> {
  const [row] = await db.select({ devices: count() }).from(devices)
  return row?.devices ?? 0
}

/** Writes a device as given; for the demo and for tests, which bring rows of their own. */
export async function insertDevice(db: Db, device: typeof devices.$inferInsert): Promise<string> {
  const [inserted] = await db.insert(devices).values(device).returning({ id: devices.id })
  if (!inserted) throw new Error('the device was not written')
  return inserted.id
}
