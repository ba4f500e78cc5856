import { inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import {
  type AccessSettings,
  defaultAccessSettings,
  maxSessionHours,
} from '@/lib/domain/account/access-settings'
import { roles } from '@/lib/domain/account/permissions'
import { isZone } from '@/lib/domain/import/zones'
import { type ReadingField, readingFieldNames } from '@/lib/domain/reading/reading'
import { type LabSettings, twoPersonReleases } from '@/lib/domain/rules/rule'
import { defaultLabSettings, isLabName, settingBounds } from '@/lib/domain/settings'
import type { Db } from '../client'
import { labSettings } from '../schema/schema'

const within = ({ min, max }: { min: number; max: number }) => z.number().min(min).max(max)
const bounds = settingBounds
const minutes = within(bounds.maxAges).int()
// fromEntries loses the key type; readingFieldNames has every field exactly once.
const maxAgeShape = Object.fromEntries(
  readingFieldNames.map((field) => [field, minutes.optional()]),
) as Record<ReadingField, z.ZodOptional<typeof minutes>>

/** What a stored setting may be, in the units of `LabSettings`. A battery of 50 is not a fraction and is refused. */
export const labSettingSchemas = {
  maxAges: z.object(maxAgeShape),
  minBattery: within(bounds.minBattery),
  diskMarginBytes: within(bounds.diskMarginBytes).int(),
  maxUnseenHours: within(bounds.maxUnseenHours).int(),
  holdSeconds: within(bounds.holdSeconds).int(),
  probeSeconds: within(bounds.probeSeconds).int(),
  twoPersonRelease: z.enum(twoPersonReleases),
  labName: z.string().refine(isLabName),
  timeZone: z.string().max(60).refine(isZone),
}
const stored = z.object(labSettingSchemas).partial()

export type LabSettingName = keyof LabSettings

/**
 * The settings in force: the defaults with the stored changes.
 * @throws ZodError if a stored value is out of bounds
 */
export async function getLabSettings(db: Db): Promise<LabSettings> {
  const rows = await db
    .select({ name: labSettings.name, value: labSettings.value })
    .from(labSettings)
  const { maxAges, ...changed } = stored.parse(
    Object.fromEntries(rows.map(({ name, value }) => [name, value])),
  )
  return {
    ...defaultLabSettings,
    ...defined(changed),
    maxAges: { ...defaultLabSettings.maxAges, ...defined(maxAges ?? {}) },
  }
}

/** One change after the other: each is compared with what the one before it stored. */
export async function lockLabSettings(db: Db): Promise<void> {
  await db.execute(sql`select pg_advisory_xact_lock(hashtext('lab settings'))`)
}

/** When and by whom each setting was last changed. */
export async function listSettingChanges(db: Db) {
  const { name, changedAt, changedBy } = labSettings
  return db.select({ name, changedAt, changedBy }).from(labSettings)
}

export async function storeLabSetting<N extends LabSettingName>(
  db: Db,
  name: N,
  value: LabSettings[N],
  by: { changedAt: Date; changedBy: string },
): Promise<void> {
  await db
    .insert(labSettings)
    .values({ name, value, ...by })
    .onConflictDoUpdate({
      target: labSettings.name,
      set: { value: sql`excluded.value`, ...by },
    })
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
// Drops the undefined values, as the type says.
const defined = <T extends object>(values: T) =>
  Object.fromEntries(Object.entries(values).filter(([, v]) => v !== undefined)) as Partial<
    Defined<T>
  >

/** What a stored access setting may be. They are stored in the same table as the lab settings. */
export const accessSettingsSchema = z.object({
  idleHours: z.number().min(0.25).max(maxSessionHours),
  sessionHours: z.number().min(0.25).max(maxSessionHours),
  secondFactorRoles: z.array(z.enum(roles)),
})

// Object.keys gives string[]; by their type the defaults have every name.
const names = Object.keys(defaultAccessSettings) as (keyof AccessSettings)[]

/**
 * The access settings in force.
 * @throws ZodError if a stored value is out of bounds
 */
export async function getAccessSettings(db: Db): Promise<AccessSettings> {
  const { name, value } = labSettings
  const rows = await db.select({ name, value }).from(labSettings).where(inArray(name, names))
  const stored = Object.fromEntries(rows.map((row) => [row.name, row.value]))
  return accessSettingsSchema.parse({ ...defaultAccessSettings, ...stored })
}

/** Stores the settings that differ from those in force; gives their names. */
export async function storeAccessSettings(
  db: Db,
  input: AccessSettings,
  by: { changedAt: Date; changedBy: string },
): Promise<(keyof AccessSettings)[]> {
  const before = await getAccessSettings(db)
  const changed = names.filter((n) => JSON.stringify(before[n]) !== JSON.stringify(input[n]))
  for (const name of changed)
    await db
      .insert(labSettings)
      .values({ name, value: input[name], ...by })
      .onConflictDoUpdate({
        target: labSettings.name,
        set: { value: sql`excluded.value`, ...by },
      })
  return changed
}
