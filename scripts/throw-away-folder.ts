import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, statfsSync } from 'node:fs'
import path from 'node:path'
import { root } from './children'

/** Memory that looks like a folder; Linux has one: https://docs.kernel.org/filesystems/tmpfs.html */
const memory = '/dev/shm'
/** Of which a whole run of the tests takes a quarter; with less than 500 MB left the app would send nothing. */
const neededBytes = 2 * 1024 ** 3

const hasRoom = () => {
  try {
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize >= neededBytes
  } catch {
    return false // No such place on this system.
  }
}

/**
 * The folder of a database that nobody will miss: in memory where there is room, as a database waits for
 * the disk at each commit; else `.oneway-<name>` in the clone. The same at each call, and made with mode 0700.
 * @throws Error where somebody else has made the folder in memory, to read what is put there
 */
export function throwAwayFolder(name: string): string {
  if (!hasRoom()) return path.join(root, `.oneway-${name}`)
  const clone = createHash('sha256').update(root).digest('hex').slice(0, 12)
  const folder = path.join(memory, `oneway-${name}-${clone}`)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const { uid, mode } = lstatSync(folder)
  if (uid !== process.getuid?.() || (mode & 0o777) !== 0o700)
    throw new Error(`${folder} belongs to somebody else. Remove it, or run the tests as its owner.`)
  return folder
}

export const isInMemory = (folder: string): boolean => folder.startsWith(`${memory}/`)
