import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/**
 * PostgreSQL's words for storage that no start of it can mend, at 18:
 * https://github.com/postgres/postgres/blob/REL_18_0/src/common/controldata_utils.c and
 * https://github.com/postgres/postgres/blob/REL_18_0/src/backend/access/transam/xlogrecovery.c
 */
const beyondRepair = [
  /could not find the database system/,
  /incorrect checksum in control file/,
  /could not (?:read|open) file "[^"]*global\/pg_control"/,
  /byte ordering mismatch/,
  /could not locate a valid checkpoint record/,
  /could not locate required checkpoint record/,
  /could not find redo location referenced by checkpoint record/,
]

/** Where the server's own log ends now, so that only later words of it are read. */
export function endOfLog(log: string): number {
  return existsSync(log) ? statSync(log).size : 0
}

/** What is missing in a data folder, or what PostgreSQL said about it since `from`; undefined where a start may still succeed. */
export function findBrokenStorage(dir: string, log: string, from: number): string | undefined {
  const control = path.join(dir, 'global', 'pg_control')
  if (!existsSync(control)) return `${control} is missing`
  if (!existsSync(log)) return undefined
  const said = readFileSync(log).subarray(from).toString('utf8').split('\n')
  return said.find((line) => beyondRepair.some((words) => words.test(line)))?.trim()
}

/** For a folder that holds no database PostgreSQL would start: nothing was changed, and the ways out. */
export function brokenStorageMessage(dir: string, because: string): string {
  return [
    `The database in ${dir} is damaged and was not started: ${because}`,
    'Nothing was changed. What to do (docs/storage.md says more):',
    '  1. Copy this folder away as it is, and look at the disk it is on: another file may be next.',
    '  2. Move the folder out of the way and put the newest backup of it in its place, then start again.',
    '  3. Without a backup, keep the copy for somebody who knows PostgreSQL. pg_resetwal would start it',
    '     and silently lose commits that Oneway has acknowledged: never release on such a database.',
  ].join('\n')
}
