import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { readEnv } from '@/lib/env'
import { findStopProblem } from './sending-stops'

/**
 * Why this database could lose, or has lost, the record of a command or the replies to it; undefined if nothing is
 * known that speaks against sending. Checked before a command is reserved and again before it is sent.
 */
export async function findDurabilityProblem(db: Db): Promise<string | undefined> {
  const first = (await findStopProblem(db)) ?? (await findSettingsProblem(db))
  if (first !== undefined) return first
  const damage = await findDamage(db)
  return damage ? `sending is locked: ${damage.reason}` : spaceProblem(await readDiskSpace())
}

/**
 * Settings with which a COMMIT on this connection may not survive a power cut, or the promotion of the synchronous
 * standby. A command is an external action, for which PostgreSQL's manual rules out asynchronous commit:
 * https://www.postgresql.org/docs/18/wal-async-commit.html. `local` does not wait for a standby, and
 * `remote_write` not for its disk: https://www.postgresql.org/docs/18/runtime-config-wal.html
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

/** Warns that a failover could lose commits; undefined if a synchronous standby has every commit. */
export async function findStandbyWarning(db: Db): Promise<string | undefined> {
  const [row] = await db.execute<{ names: string }>(
    sql`select current_setting('synchronous_standby_names') as names`,
  )
  return row?.names
    ? undefined
    : 'No synchronous standby is named (synchronous_standby_names is empty): a failover to another server may lose the last commits, and then stops all sending'
}

/** Pages that were read with a wrong checksum, in words, and when the last one was found. */
export type Damage = { reason: string; lastAt: string }

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
    reason: `PostgreSQL has found ${pages} in its storage, the last at ${row.at}. See docs/storage.md for what to do`,
    lastAt: row.at,
  }
}

/** With less free space no command is reserved and no device queried, as a full disk would lose the replies (F30). */
export const minFreeBytes = 500 * 1024 * 1024

/** The free space on the database's disk; not known if the database is not the bundled one. */
export type DiskSpace =
  | { known: true; folder: string; freeBytes: number }
  | { known: false; reason: string }

/** Reads the space that an unprivileged process may use: the smaller of that for the data and for the WAL. */
export async function readDiskSpace(
  folder = readEnv().ONEWAY_BUNDLED_DATABASE,
): Promise<DiskSpace> {
  if (folder === undefined)
    return {
      known: false,
      reason: 'the database is not the bundled one, so Oneway cannot see its disk',
    }
  try {
    const places = [folder, path.join(folder, 'pg_wal')].filter(existsSync)
    if (places.length === 0) return { known: false, reason: `${folder} does not exist` }
    const free = await Promise.all(places.map(freeBytesOf))
    return { known: true, folder, freeBytes: Math.min(...free) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { known: false, reason: `the free space of ${folder} cannot be read: ${reason}` }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const inMebibytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`

/** Why nothing may be sent for lack of space; undefined if there is enough or it is not known. */
export function spaceProblem(space: DiskSpace): string | undefined {
  return space.known && space.freeBytes < minFreeBytes
    ? `sending is locked: the disk of the database has ${inMebibytes(space.freeBytes)} left, and below ${inMebibytes(minFreeBytes)} the replies to a command could be lost. Free some space under ${space.folder}`
    : undefined
}
