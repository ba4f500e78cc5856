import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { sql } from 'drizzle-orm'
import type { Db } from '@/lib/db/client'
import { readEnv } from '@/lib/env'
import { findStopProblem } from './sending-stops'

/**
 * Why the record of a command, or the replies to it, could be lost on this database, or were lost already;
 * undefined where nothing is known that speaks against it. Asked before anything is reserved and again before it is sent.
 */
export async function findDurabilityProblem(db: Db): Promise<string | undefined> {
  const first = (await findStopProblem(db)) ?? (await findSettingsProblem(db))
  if (first !== undefined) return first
  const damage = await findDamage(db)
  return damage ? `sending is locked: ${damage.reason}` : spaceProblem(await readDiskSpace())
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
    reason: `PostgreSQL has met ${pages} in its storage, the last at ${row.at}. See docs/storage.md for what to do`,
    lastAt: row.at,
  }
}

/** Below this nothing is reserved or asked: a full disk loses the replies to what was sent (fault F30). */
export const minFreeBytes = 500 * 1024 * 1024

/** Of the disk the database writes to; not known where the database is somebody else's. */
export type DiskSpace =
  | { known: true; folder: string; freeBytes: number }
  | { known: false; reason: string }

/** What an unprivileged writer may still use; the log of PostgreSQL may lie on a disk of its own. */
export async function readDiskSpace(
  folder = readEnv().ONEWAY_BUNDLED_DATABASE,
): Promise<DiskSpace> {
  if (folder === undefined)
    return {
      known: false,
      reason: 'the database is not the bundled one, and its disk is not seen from here',
    }
  try {
    const places = [folder, path.join(folder, 'pg_wal')].filter(existsSync)
    if (places.length === 0) return { known: false, reason: `${folder} is not there` }
    const free = await Promise.all(places.map(freeBytesOf))
    return { known: true, folder, freeBytes: Math.min(...free) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { known: false, reason: `the disk of ${folder} does not tell its space: ${reason}` }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const inMebibytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`

/** Why nothing may be sent for lack of space; undefined where there is enough, or where it is not known. */
export function spaceProblem(space: DiskSpace): string | undefined {
  return space.known && space.freeBytes < minFreeBytes
    ? `sending is locked: the disk of the database has ${inMebibytes(space.freeBytes)} left, and below ${inMebibytes(minFreeBytes)} the replies to a command could be lost. Free some space under ${space.folder}`
    : undefined
}
