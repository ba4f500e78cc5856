import { inArray, sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import { labSettings } from '@/lib/db/schema/schema'
import {
  type AccessSettings,
  defaultAccessSettings,
  longestSessionHours,
} from '@/lib/domain/account/access-settings'
import { roles } from '@/lib/domain/account/actor'

/** What a stored setting may be; they lie beside the lab's other settings, as one name each. */
export const accessSettingsSchema = z.object({
  idleHours: z.number().min(0.25).max(longestSessionHours),
  sessionHours: z.number().min(0.25).max(longestSessionHours),
  secondFactorRoles: z.array(z.enum(roles)),
})

// Object.keys answers string[]; the defaults are complete by their type.
const names = Object.keys(defaultAccessSettings) as (keyof AccessSettings)[]

/** The settings in force. Throws when the stored rows make no sense. */
export async function getAccessSettings(db: Db): Promise<AccessSettings> {
  const { name, value } = labSettings
  const rows = await db.select({ name, value }).from(labSettings).where(inArray(name, names))
  const stored = Object.fromEntries(rows.map((row) => [row.name, row.value]))
  return accessSettingsSchema.parse({ ...defaultAccessSettings, ...stored })
}

/** Stores what differs from the settings in force; answers the names of it. */
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
