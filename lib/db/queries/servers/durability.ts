import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { readDiskSpace, spaceProblem } from './disk-space'
import { findStopProblem } from './sending-stops'

/**
 * Why the record of a command, or the replies to it, could be lost on this database, or were lost already;
 * undefined where nothing is known that speaks against it. Asked before anything is reserved and again before it is sent.
 */
export async function findDurabilityProblem(db: Db): Promise<string | undefined> {
  const first = (await findStopProblem(db)) ?? (await findSettingsProblem(db))
  if (first !== undefined) return first
  const damage = await findDamage(db)
  return damage ? `sending is locked: ${damage.because}` : spaceProblem(await readDiskSpace())
}

/**
 * A COMMIT on this connection may not survive a power cut, or the promotion of the standby that is named
 * for it. A command is an external action, for which PostgreSQL's manual rules out asynchronous commit:
 * https://www.postgresql.org/docs/18/wal-async-commit.html. `local` waits for no standby, and
 * `remote_write` for no disk of it: https://www.postgresql.org/docs/18/runtime-config-wal.html
 */
async function findSettingsProblem(db: Db): Promise<string | undefined> {
  const [row] = await db.execute<Record<string, string>>(sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes,
      current_setting('synchronous_standby_names') as synchronous_standby_names`)
  const { synchronous_standby_names: standbys, ...settings } = row ?? {}
  const short = ['off', 'local', ...(standbys ? ['remote_write'] : [])]
  const wrong = Object.entries(settings).filter(([, value]) => short.includes(value))
  return wrong.length === 0
    ? undefined
    : `sending is locked: PostgreSQL runs with ${wrong.map((pair) => pair.join('=')).join(', ')}, so a power cut or a failover could lose the record of a command`
}

/** What a failover would lose on a server that is not the bundled one; undefined where a standby has every commit. */
export async function findStandbyWarning(db: Db): Promise<string | undefined> {
  const [row] = await db.execute<{ names: string }>(
    sql`select current_setting('synchronous_standby_names') as names`,
  )
  return row?.names
    ? undefined
    : 'No synchronous standby is named (synchronous_standby_names is empty): a failover to another server may lose the last commits, and then stops all sending'
}

/** Pages whose checksum was wrong when they were read: how they are told, and when the last was found. */
export type Damage = { because: string; lastAt: string }

/**
 * Damaged storage, as PostgreSQL counts it for this database until its statistics are reset or the server
 * crashes: https://www.postgresql.org/docs/18/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
 */
export async function findDamage(db: Db): Promise<Damage | undefined> {
  const [row] = await db.execute<{ failures: number; at: string }>(sql`
    select checksum_failures::float8 as failures, checksum_last_failure::text as at
    from pg_stat_database where datname = current_database() and checksum_failures > 0`)
  if (!row) return undefined
  const pages = row.failures === 1 ? '1 damaged page' : `${row.failures} damaged pages`
  return {
    because: `PostgreSQL has met ${pages} in its storage, the last at ${row.at}. See docs/storage.md for what to do`,
    lastAt: row.at,
  }
}
