import { and, desc, eq } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { rawEvents } from '@/lib/db/schema/schema'

/** More than a device sends while a trial is under way and in the weeks before it. */
const newest = 500

/** The newest DeclarativeManagement check-ins of a device, as they came. */
export const listDeclarationCheckins = (db: Db, deviceId: string) =>
  db
    .select({
      receivedAt: rawEvents.receivedAt,
      createdAt: rawEvents.createdAt,
      payload: rawEvents.payload,
    })
    .from(rawEvents)
    .where(and(eq(rawEvents.deviceId, deviceId), eq(rawEvents.kind, 'declarations')))
    .orderBy(desc(rawEvents.id))
    .limit(newest)
