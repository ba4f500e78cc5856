import { existsSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import path from 'node:path'
import { readEnv } from '@/lib/env'

/** Below this nothing is reserved or asked: a full disk loses the replies to what was sent (fault F30). */
export const leastFreeBytes = 500 * 1024 * 1024

/** Of the disk the database writes to; not known where the database is somebody else's. */
export type DiskSpace =
  | { known: true; folder: string; freeBytes: number }
  | { known: false; because: string }

/** What an unprivileged writer may still use; the log of PostgreSQL may lie on a disk of its own. */
export async function readDiskSpace(
  folder = readEnv().ONEWAY_BUNDLED_DATABASE,
): Promise<DiskSpace> {
  if (folder === undefined)
    return {
      known: false,
      because: 'the database is not the bundled one, and its disk is not seen from here',
    }
  try {
    const places = [folder, path.join(folder, 'pg_wal')].filter(existsSync)
    if (places.length === 0) return { known: false, because: `${folder} is not there` }
    const free = await Promise.all(places.map(freeBytesOf))
    return { known: true, folder, freeBytes: Math.min(...free) }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return { known: false, because: `the disk of ${folder} does not tell its space: ${reason}` }
  }
}

async function freeBytesOf(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder)
  return bavail * bsize
}

const inMebibytes = (bytes: number) => `${Math.floor(bytes / 1024 / 1024)} MiB`

/** Why nothing may be sent for lack of space; undefined where there is enough, or where it is not known. */
export function spaceProblem(space: DiskSpace): string | undefined {
  return space.known && space.freeBytes < leastFreeBytes
    ? `sending is locked: the disk of the database has ${inMebibytes(space.freeBytes)} left, and below ${inMebibytes(leastFreeBytes)} the replies to a command could be lost. Free some space under ${space.folder}`
    : undefined
}
