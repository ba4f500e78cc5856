import { sql } from 'drizzle-orm'
import type { Db } from './client'
import type { DeviceRow } from './device-facts'

/**
 * How many other devices of the same world and platform run this OS version and qualify by what is
 * known now. A verdict that is stale or due to be judged anew counts for none: better one signature
 * too many than the last device gone by one hand.
 */
export async function countOthersAt(
  db: Db,
  device: Pick<DeviceRow, 'id' | 'simulated' | 'platform'>,
  osVersion: string,
  now: Date,
): Promise<number> {
  const [row] = await db.execute<{ others: number }>(sql`
    select count(*)::int as others
    from devices d
    join current_readings os on os.device_id = d.id and os.field = 'osVersion'
      and os.value #>> '{}' = ${osVersion}
    join device_verdicts v on v.device_id = d.id and v.overall = 'qualified' and not v.judge_again
      and (v.stale_at is null or v.stale_at > ${now.toISOString()})
    where d.id <> ${device.id} and d.simulated = ${device.simulated}
      and d.platform = ${device.platform} and d.retired_at is null`)
  return row?.others ?? 0
}
