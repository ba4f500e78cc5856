import { sql } from 'drizzle-orm'
import type { Db } from './client'
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
 * A COMMIT on this connection may not survive a power cut. A command is an external action, for which
 * PostgreSQL's manual rules out asynchronous commit:
 * https://www.postgresql.org/docs/18/wal-async-commit.html
 */
async function findSettingsProblem(db: Db): Promise<string | undefined> {
  const [row] = await db.execute<Record<string, string>>(sql`
    select current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit,
      current_setting('full_page_writes') as full_page_writes`)
  const off = Object.entries(row ?? {}).filter(([, value]) => value === 'off')
  return off.length === 0
    ? undefined
    : `sending is locked: PostgreSQL runs with ${off.map(([name]) => `${name}=off`).join(', ')}, so a power cut could lose the record of a command`
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
