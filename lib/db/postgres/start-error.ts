import { existsSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'

/** The driver's error inside one of Drizzle. */
type Cause = { code: string; message: string }

function causeOf(error: unknown): Cause {
  if (!(error instanceof Error)) return { code: '', message: String(error) }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  if (code !== '' || error.cause === undefined) return { code, message: error.message }
  return causeOf(error.cause)
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : 'the address')

/**
 * What went wrong with the database at start, with the variable, the step and what to do. Never contains the password
 * of the URL.
 * @param step what was being done, such as "bringing the database to this version"
 */
export function describeStartError(
  error: unknown,
  { variable, url, step }: { variable: string; url: string; step: string },
): string {
  const cause = causeOf(error)
  return `${variable}, ${step}: ${sentence(cause, url, variable)}`
}

function sentence({ code, message }: Cause, url: string, variable: string): string {
  const host = hostOf(url)
  const parameter = /unrecognized configuration parameter "([^"]+)"/.exec(message)?.[1]
  if (parameter !== undefined)
    return `the address has the parameter "${parameter}", which PostgreSQL does not know. Take it out of the address (channel_binding, pgbouncer, schema and sslrootcert are for other programs).`
  if (/unsupported startup parameter/.test(message))
    return `a pooler at ${host} refuses what Oneway asks for (${message}). Name PostgreSQL itself in DATABASE_OWNER_URL, or see "Poolers" in docs/storage.md.`
  if (/^(ECONN|ENOTFOUND|EAI_|ETIMEDOUT|EHOST|ENET|CONNECT)/.test(code))
    return `no PostgreSQL answers at ${host} (${message}). Start it, or mend the address.`
  if (code === '28P01' || code === '28000')
    return `PostgreSQL at ${host} refuses the user or the password (${message}).`
  if (code === '3D000') return `${message}. Create it first: create database … owner …`
  if (code === '42501')
    return `the user may not do this (${message}). It must own the database, or hold CREATE on the database and on the schema public.`
  if (code === '25006')
    return `the database takes no writes (${message}): it is a standby, or runs with default_transaction_read_only. Name the primary in ${variable}.`
  return `${message}${code === '' ? '' : ` (${code})`}`
}

/**
 * PostgreSQL 18's messages about storage that a restart cannot repair:
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

/** The present size of the server's log, so that only later lines are read. */
export function endOfLog(log: string): number {
  return existsSync(log) ? statSync(log).size : 0
}

/** What is missing in a data folder, or PostgreSQL's message about it since `from`; undefined if a start may succeed. */
export function findBrokenStorage(dir: string, log: string, from: number): string | undefined {
  const control = path.join(dir, 'global', 'pg_control')
  if (!existsSync(control)) return `${control} is missing`
  if (!existsSync(log)) return undefined
  const said = readFileSync(log).subarray(from).toString('utf8').split('\n')
  return said.find((line) => beyondRepair.some((words) => words.test(line)))?.trim()
}

/** The message about a data folder that PostgreSQL cannot start: that nothing was changed, and what to do. */
export function brokenStorageMessage(dir: string, reason: string): string {
  return [
    `The database in ${dir} is damaged and was not started: ${reason}`,
    'Nothing was changed. What to do (docs/storage.md says more):',
    '  1. Copy this folder away as it is, and look at the disk it is on: another file may be next.',
    '  2. Move the folder out of the way and put the newest backup of it in its place, then start again.',
    '  3. Without a backup, keep the copy for somebody who knows PostgreSQL. pg_resetwal would start it',
    '     and silently lose commits that Oneway has acknowledged: never release on such a database.',
  ].join('\n')
}
