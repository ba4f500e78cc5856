import type { Db } from '@/lib/db/client'
import { findDamage } from '@/lib/db/queries/servers/database-health'
import { listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { transact } from '@/lib/db/transact'
import { systemActor } from '@/lib/domain/account/actor'

/**
 * The alarm of damaged storage (fault F33): sending through every MDM server is stopped until an admin
 * resumes it, so that the lock outlives PostgreSQL's own count. Gives when the last damaged page was
 * met; what was `told` before raises no second alarm.
 */
export async function heedDamage(db: Db, told: string | undefined): Promise<string | undefined> {
  const damage = await findDamage(db)
  if (!damage || damage.lastAt === told) return damage?.lastAt
  await transact(db, systemActor, async (tx) => {
    for (const { id } of await listServers(tx)) await stopServer(tx, id, damage.because)
  })
  return damage.lastAt
}
