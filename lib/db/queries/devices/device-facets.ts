import { sql } from 'drizzle-orm'
import { z } from 'zod'
import type { Db } from '@/lib/db/client'
import type { Environment } from '@/lib/domain/device/device'
import { compareVersions, parseVersion } from '@/lib/domain/device/os-version'

export type DeviceFacets = {
  /** The newest first; texts that are not a version come last. */
  versions: string[]
  models: { modelIdentifier: string; modelName: string | null }[]
}

const versionRows = z.array(z.object({ version: z.string() }))
const modelRows = z.array(
  z.object({ modelIdentifier: z.string(), modelName: z.string().nullable() }),
)

/**
 * The versions and models by which the list can be filtered. Each query skips along an index from one value to the
 * next, as thousands of rows share a few values.
 */
export async function listDeviceFacets(db: Db, environment: Environment): Promise<DeviceFacets> {
  const simulated = environment === 'simulated'
  const [versions, models] = await Promise.all([
    db.execute(sql`
      with recursive seen (version) as (
        (select value #>> '{}' from current_readings
          where field = 'osVersion' and value #>> '{}' is not null order by value #>> '{}' limit 1)
        union all
        select (select value #>> '{}' from current_readings
          where field = 'osVersion' and value #>> '{}' > seen.version order by value #>> '{}' limit 1)
        from seen where seen.version is not null
      )
      select version from seen
      where version is not null and exists (
        select from current_readings r join devices d on d.id = r.device_id
        where r.field = 'osVersion' and r.value #>> '{}' = seen.version and d.simulated = ${simulated})`),
    db.execute(sql`
      with recursive seen (model) as (
        (select model_identifier from devices
          where simulated = ${simulated} and model_identifier is not null
          order by model_identifier limit 1)
        union all
        select (select model_identifier from devices
          where simulated = ${simulated} and model_identifier > seen.model
          order by model_identifier limit 1)
        from seen where seen.model is not null
      )
      select model as "modelIdentifier", (
        select model_name from devices
        where simulated = ${simulated} and model_identifier = seen.model and model_name is not null
        limit 1) as "modelName"
      from seen where model is not null`),
  ])
  return {
    versions: newestFirst(versionRows.parse([...versions]).map(({ version }) => version)),
    models: modelRows.parse([...models]),
  }
}

function newestFirst(versions: readonly string[]): string[] {
  return versions.toSorted((a, b) => {
    const [left, right] = [parseVersion(a), parseVersion(b)]
    if (left && right) return compareVersions(right, left)
    return left ? -1 : right ? 1 : a.localeCompare(b)
  })
}
