import { createHash } from 'node:crypto'
import { createWriteStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type postgres from 'postgres'
import { z } from 'zod'
import { atOneMoment, findHead } from '../audit/log'
import { startCopy } from '../copy'

/** Raised when the meaning of a file in a backup changes; backups of other versions are refused. */
const backupVersion = 1

const manifestSchema = z.object({
  format: z.literal('oneway-backup'),
  version: z.literal(backupVersion),
  /** The server's time of the snapshot, in ISO 8601, UTC. */
  madeAt: z.string(),
  /** The hashes of the migrations that this database had applied. */
  migrations: z.array(z.string()),
  head: z.object({ seq: z.number(), hash: z.string() }),
  tables: z.array(
    z.object({
      name: z.string().regex(/^[a-z_]+$/),
      columns: z.array(z.string().regex(/^[a-z0-9_]+$/)),
      rows: z.number(),
      sha256: z.string(),
    }),
  ),
  /** The last number each sequence has given. */
  sequences: z.array(z.object({ name: z.string().regex(/^[a-z_]+$/), last: z.coerce.bigint() })),
})
export type Manifest = z.infer<typeof manifestSchema>
type CopiedTable = Manifest['tables'][number]

const manifestFile = (folder: string) => path.join(folder, 'manifest.json')
export const tableFile = (folder: string, name: string) => path.join(folder, `${name}.copy`)

/** Without a row or an answer for this long, the server or the disk is considered gone. */
const stallSeconds = 120

/**
 * Writes a snapshot of the whole database into a new folder: each table in COPY's text format, and a manifest. The app
 * may go on working. The folder is as secret as the database.
 * @param sql one connection as the owner of the database; close it after an error
 * @param stallMs milliseconds without a row or an answer after which the backup fails
 * @throws Error if the folder exists already or cannot be written, or the backup stalls
 */
export async function writeBackup(
  sql: postgres.Sql,
  folder: string,
  stallMs = stallSeconds * 1000,
): Promise<Manifest> {
  makeFolder(folder)
  const manifest = await unlessStalled(stallMs, (progress) =>
    atOneMoment(sql, (tx) => copyTables(tx, folder, progress)),
  )
  // Last, so that a folder without a manifest is recognised as unfinished.
  const text = JSON.stringify(
    manifest,
    (_, value) => (typeof value === 'bigint' ? `${value}` : value),
    2,
  )
  writeFileSync(manifestFile(folder), text, { mode: 0o600, flush: true })
  return manifest
}

/** Two errors are common and get their own message: a second backup on one day, and a disk that is not mounted. */
function makeFolder(folder: string): void {
  if (existsSync(folder))
    throw new Error(
      `${folder} is there already. A backup goes into a new folder: give another name.`,
    )
  if (!existsSync(path.dirname(folder)))
    throw new Error(
      `There is no folder ${path.dirname(folder)} to make the backup in. Make it, or mount its disk.`,
    )
  mkdirSync(folder, { mode: 0o700 })
}

async function copyTables(
  tx: postgres.Sql,
  folder: string,
  progress: () => void,
): Promise<Manifest> {
  const tables: Manifest['tables'] = []
  for (const table of await listCopied(tx)) {
    tables.push(await copyOut(tx, folder, table, progress))
    progress()
  }
  return {
    format: 'oneway-backup',
    version: backupVersion,
    madeAt: await serverTime(tx),
    migrations: await listMigrations(tx),
    head: await findHead(tx),
    tables,
    sequences: await listSequences(tx),
  }
}

/** Rejects if `progress` is not called for `stallMs`. The stalled work itself ends with its connection. */
async function unlessStalled<T>(
  stallMs: number,
  run: (progress: () => void) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const stalled = new Promise<never>((_, reject) => {
    const give = () =>
      reject(
        new Error(
          `No row came from the database for ${stallMs / 1000} s: the backup was abandoned. Look at the database and at the disk, and start again into another folder.`,
        ),
      )
    timer = setTimeout(give, stallMs)
  })
  try {
    return await Promise.race([stalled, run(() => timer?.refresh())])
  } finally {
    clearTimeout(timer)
  }
}

/** As large as the trials themselves, and made again from them. */
const madeAgain = ['trial_lines', 'trial_line_marks']

/**
 * The tables with the columns that are copied; generated columns are left out, as the database computes them again, and so
 * are the lines of the export.
 */
const listCopied = (tx: postgres.Sql) => tx<{ name: string; columns: string[] }[]>`
  select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attgenerated = ''
    and c.relname <> all (${madeAgain})
  group by c.relname order by c.relname`

export const quoted = (columns: readonly string[]) =>
  columns.map((column) => `"${column}"`).join(', ')

async function copyOut(
  tx: postgres.Sql,
  folder: string,
  { name, columns }: Pick<CopiedTable, 'name' | 'columns'>,
  progress: () => void,
): Promise<CopiedTable> {
  const [counted] = await tx<{ rows: number }[]>`select count(*)::int as rows from ${tx(name)}`
  const rows = await startCopy(tx, `copy "${name}" (${quoted(columns)}) to stdout`)
  const sha256 = await writeRows(rows, tableFile(folder, name), progress)
  return { name, columns, rows: counted?.rows ?? 0, sha256 }
}

/**
 * Writes the rows of a COPY to disk and gives their SHA-256. If the file cannot be written, the remaining rows are
 * drained, as an aborted COPY leaves its connection stuck.
 */
async function writeRows(rows: Readable, file: string, progress: () => void): Promise<string> {
  const hash = createHash('sha256')
  const out = createWriteStream(file, { mode: 0o600, flush: true })
  let failure: Error | undefined
  out.on('error', (error) => {
    failure = error
    rows.resume()
  })
  out.on('drain', () => rows.resume())
  rows.on('data', (chunk: Buffer) => {
    progress()
    if (failure) return
    hash.update(chunk)
    if (!out.write(chunk)) rows.pause()
  })
  await finished(rows)
  if (!failure) await finished(out.end())
  if (failure) throw failure
  return hash.digest('hex')
}

async function serverTime(tx: postgres.Sql): Promise<string> {
  const [row] = await tx<{ at: string }[]>`select audit_time(now()) as at`
  return row?.at ?? ''
}

export async function listMigrations(tx: postgres.Sql): Promise<string[]> {
  const rows = await tx<{ hash: string }[]>`
    select hash from drizzle.__drizzle_migrations order by created_at`
  return rows.map(({ hash }) => hash)
}

async function listSequences(tx: postgres.Sql): Promise<Manifest['sequences']> {
  const rows = await tx<{ name: string; last: string | null }[]>`
    select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public'`
  return rows.flatMap(({ name, last }) => (last === null ? [] : [{ name, last: BigInt(last) }]))
}

/** @throws Error if the folder does not contain a finished backup of this version */
export function readManifest(folder: string): Manifest {
  const read = () => JSON.parse(readFileSync(manifestFile(folder), 'utf8'))
  try {
    return manifestSchema.parse(read())
  } catch (cause) {
    throw new Error(`${folder} holds no finished backup that this version of Oneway can read.`, {
      cause,
    })
  }
}
