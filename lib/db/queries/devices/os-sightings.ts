import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import type { OsSighting } from '@/lib/domain/outcome/outcome-evidence'

type Row = {
  at: Date
  version: string | null
  extra: string | null
  build: string | null
  supplement: string | null
}

/**
 * What a device told of its OS from a time on, the oldest first: each time it was another one than before, and
 * the newest, which may be typed. What an observer typed before it stands among the observations, where it
 * can be corrected. A file is no look at the device, so imports are left out.
 */
export async function listOsSightings(db: Db, deviceId: string, from: Date): Promise<OsSighting[]> {
  const rows = await db.execute<Row>(sql`
    with occasion as (
      select r.answered_at as at, r.source, max(r.id) as id,
        max(r.value #>> '{}') filter (where r.field = 'osVersion') as version,
        max(r.value #>> '{}') filter (where r.field = 'osVersionExtra') as extra,
        max(r.value #>> '{}') filter (where r.field = 'osBuild') as build,
        max(r.value #>> '{}') filter (where r.field = 'osSupplementalBuild') as supplement
      from readings r
      where r.device_id = ${deviceId} and r.field = any (os_fields()) and r.value is not null
        and r.source <> 'imported' and r.answered_at >= ${from.toISOString()}::timestamptz
      group by r.answered_at, r.source, r.recorded_at, r.by_id, r.command_uuid
    ), known as (
      select *, lead(id) over (order by at, id) is null as newest
      from occasion where version is not null or build is not null
    ), compared as (
      select *, row(version, extra, build, supplement)
        is distinct from lag(row(version, extra, build, supplement)) over (order by at, id) as moved
      from known where source = 'mdm' or newest
    )
    select at, version, extra, build, supplement from compared where moved or newest order by at, id`)
  return rows.map(({ at, version, extra, build, supplement }) => ({
    at: new Date(at),
    version: version ?? undefined,
    extra: extra ?? undefined,
    build: build ?? undefined,
    supplementalBuild: supplement ?? undefined,
  }))
}
