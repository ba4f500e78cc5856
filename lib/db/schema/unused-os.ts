import { type SQL, sql } from 'drizzle-orm'

/**
 * That no trial has consumed this OS as its baseline (Q15): by build, and by the supplement where both are known. A version without the
 * command has declarations, so whichever it is, it is one test. Over the current readings `os`, `build` and, if there is one, `extra`
 * of a device.
 */
export const isUnusedOs: SQL = sql`(os.field = 'osVersion' and os.version_key is not null and build.value is not null
  and not exists (select from trials t where t.device_id = os.device_id and t.consumed
    and t.start_build = build.value #>> '{}'
    and not coalesce(extra.value #>> '{}' <> t.starting_state #>> '{osSupplementalBuild,value}', false)))`
