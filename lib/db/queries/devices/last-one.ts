import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import type { DeviceRow } from './device-facts'

/**
 * Other devices of the same environment and platform that the caches name as running this OS version and
 * qualifying, at most `most`. A verdict that is stale or due to be judged anew counts for none: better one
 * signature too many than the last device gone by one hand. Caches only say where to look; whoever relies
 * on one of these devices judges it from the record.
 */
export async function listOthersAt(
  db: Db,
  device: Pick<DeviceRow, 'id' | 'simulated' | 'platform'>,
  osVersion: string,
  now: Date,
  most = 20,
): Promise<string[]> {
  const rows = await db.execute<{ id: string }>(sql`
    select d.id
    from devices d
    join current_readings os on os.device_id = d.id and os.field = 'osVersion'
      and os.value #>> '{}' = ${osVersion}
    join device_verdicts v on v.device_id = d.id and v.overall = 'qualified' and not v.judge_again
      and (v.stale_at is null or v.stale_at > ${now.toISOString()})
    where d.id <> ${device.id} and d.simulated = ${device.simulated}
      and d.platform = ${device.platform} and d.retired_at is null
    order by d.id limit ${most}`)
  return rows.map(({ id }) => id)
}
