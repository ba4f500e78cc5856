import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'

/** A tmpfs, which Linux has (https://docs.kernel.org/filesystems/tmpfs.html). */
const memory = '/dev/shm'
/** A full test run uses a quarter of it; with less than 500 MiB free the app stops sending. */
const neededBytes = 2 * 1024 ** 3

const hasSpace = () => {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= neededBytes
  } catch {
    return false // This system has no /dev/shm.
  }
}

/**
 * The folder for a throw-away database: in memory if there is space, because a database waits for the disk at
 * each commit; otherwise `.oneway-<name>` in the clone. The same at each call; in memory it is created, mode 0700.
 * @throws Error if another user owns the folder in memory, who could read its content
 */
export function throwAwayFolder(name: string): string {
  if (!hasSpace()) return path.join(root, `.oneway-${name}`)
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const folder = path.join(memory, `oneway-${name}-${clone}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700)
    throw new Error(`${folder} belongs to somebody else. Remove it, or run the tests as its owner.`)
  return folder
}

export const isInMemory = (folder: string): boolean => folder.startsWith(`${memory}/`)
