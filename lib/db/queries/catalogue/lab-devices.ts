import { and, asc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { currentReadings, devices } from '@/lib/db/schema/schema'
import type { Environment } from '@/lib/domain/device/device'
import type { OfferedUpdate } from '@/lib/domain/reading/reading'

/** A device of this lab with what its targets are judged by. */
export type LabDevice = {
  id: string
  labTag: string | null
  name: string
  modelIdentifier: string | null
  osVersion: string | undefined
  osBuild: string | undefined
  /** What it offered itself, and when it answered; undefined where it never did or the answer was unknown. */
  offers: { updates: OfferedUpdate[]; at: Date } | undefined
}

const readingOf = (field: string) =>
  sql<unknown>`(select r.value from current_readings r where r.device_id = ${devices.id} and r.field = ${field})`

/** Devices in use, by their ID, with one more than `limit` to show that there are others. */
export async function listLabDevices(
  db: Db,
  given: {
    environment: Environment
    model?: string | undefined
    after?: string | undefined
    limit: number
  },
): Promise<LabDevice[]> {
  const { environment, model, after, limit } = given
  const rows = await db
    .select({
      device: {
        id: devices.id,
        labTag: devices.labTag,
        name: devices.name,
        modelIdentifier: devices.modelIdentifier,
      },
      osVersion: readingOf('osVersion'),
      osBuild: readingOf('osBuild'),
      offers: currentReadings.value,
      offeredAt: currentReadings.answeredAt,
    })
    .from(devices)
    .leftJoin(
      currentReadings,
      and(eq(currentReadings.deviceId, devices.id), eq(currentReadings.field, 'availableUpdates')),
    )
    .where(
      and(
        eq(devices.simulated, environment === 'simulated'),
        isNull(devices.retiredAt),
        model === undefined ? undefined : eq(devices.modelIdentifier, model),
        after === undefined ? undefined : gt(devices.id, after),
      ),
    )
    .orderBy(asc(devices.id))
    .limit(limit + 1)
  return rows.map(({ device, osVersion, osBuild, offers, offeredAt }) => ({
    ...device,
    osVersion: typeof osVersion === 'string' ? osVersion : undefined,
    osBuild: typeof osBuild === 'string' ? osBuild : undefined,
    offers:
      Array.isArray(offers) && offeredAt !== null
        ? // Of the field availableUpdates, whose form the reader of the reply has checked.
          { updates: offers as OfferedUpdate[], at: offeredAt }
        : undefined,
  }))
}

/** The models of this lab's real devices in use, for the daily job. */
export async function listLabModels(db: Db, limit: number): Promise<string[]> {
  const rows = await db
    .selectDistinct({ model: devices.modelIdentifier })
    .from(devices)
    .where(
      and(
        isNotNull(devices.modelIdentifier),
        isNull(devices.retiredAt),
        eq(devices.simulated, false),
      ),
    )
    .orderBy(asc(devices.modelIdentifier))
    .limit(limit)
  return rows.flatMap(({ model }) => model ?? [])
}
