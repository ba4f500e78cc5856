import { createHash } from 'node:crypto'
import {
  createReadStream,
  createWriteStream,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs'
import path from 'node:path'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import { z } from 'zod'
import { atOneMoment, findHead, walkChain } from './audit-log'
import { listStrayed } from './check-evidence'
import { clientOf } from './client-of'

/** Raised when a file of a backup comes to mean something else; an older one is refused, never guessed at. */
export const backupVersion = 1

const manifestSchema = z.object({
  format: z.literal('oneway-backup'),
  version: z.literal(backupVersion),
  /** The server's time of the one moment that is in it. ISO 8601, UTC. */
  madeAt: z.string(),
  /** Of the files in drizzle/ that this database had applied. */
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

const manifestFile = (folder: string) => path.join(folder, 'manifest.json')
const tableFile = (folder: string, name: string) => path.join(folder, `${name}.copy`)

/**
 * Writes all of the database, as it is at one moment, into a folder that is made: COPY's own text of each
 * table, and a manifest. The app may go on working. What the folder holds is as secret as the database.
 * @param sql one connection as the owner of the database
 * @throws Error where the folder is there already
 */
export async function writeBackup(sql: postgres.Sql, folder: string): Promise<Manifest> {
  mkdirSync(folder, { mode: 0o700 })
  const manifest = await atOneMoment(sql, async (tx): Promise<Manifest> => {
    const tables: Manifest['tables'] = []
    for (const { name, columns } of await listCopied(tx))
      tables.push({ name, columns, ...(await copyOut(tx, folder, name, columns)) })
    return {
      format: 'oneway-backup',
      version: backupVersion,
      madeAt: await serverTime(tx),
      migrations: await listMigrations(tx),
      head: await findHead(tx),
      tables,
      sequences: await listSequences(tx),
    }
  })
  // Last, so that a folder without it is known for one that was not finished.
  const text = JSON.stringify(
    manifest,
    (_, value) => (typeof value === 'bigint' ? `${value}` : value),
    2,
  )
  writeFileSync(manifestFile(folder), text, { mode: 0o600 })
  return manifest
}

/** The tables with the columns that are kept; what the database computes of the others it computes again. */
const listCopied = (tx: postgres.Sql) => tx<{ name: string; columns: string[] }[]>`
  select c.relname as name, array_agg(a.attname::text order by a.attnum) as columns
  from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
  where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace and a.attgenerated = ''
  group by c.relname order by c.relname`

const quoted = (columns: readonly string[]) => columns.map((column) => `"${column}"`).join(', ')

async function copyOut(tx: postgres.Sql, folder: string, name: string, columns: readonly string[]) {
  const [counted] = await tx<{ rows: number }[]>`select count(*)::int as rows from ${tx(name)}`
  const hash = createHash('sha256')
  const rows = await tx.unsafe(`copy "${name}" (${quoted(columns)}) to stdout`).readable()
  const hashed = createTap(hash)
  await pipeline(rows, hashed, createWriteStream(tableFile(folder, name), { mode: 0o600 }))
  return { rows: counted?.rows ?? 0, sha256: hash.digest('hex') }
}

const createTap = (hash: ReturnType<typeof createHash>) =>
  new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })

async function serverTime(tx: postgres.Sql): Promise<string> {
  const [row] = await tx<{ at: string }[]>`select audit_time(now()) as at`
  return row?.at ?? ''
}

async function listMigrations(tx: postgres.Sql): Promise<string[]> {
  const rows = await tx<{ hash: string }[]>`
    select hash from drizzle.__drizzle_migrations order by created_at`
  return rows.map(({ hash }) => hash)
}

async function listSequences(tx: postgres.Sql): Promise<Manifest['sequences']> {
  const rows = await tx<{ name: string; last: string | null }[]>`
    select sequencename as name, last_value::text as last from pg_sequences where schemaname = 'public'`
  return rows.flatMap(({ name, last }) => (last === null ? [] : [{ name, last: BigInt(last) }]))
}

/** @throws Error where the folder holds no finished backup of this version */
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

/**
 * Puts a backup into a database that is migrated and empty, in one transaction, and before it
 * commits counts every table and walks the chain. On any failure the database is as empty as it was.
 * @param sql one connection as a superuser: the promises of the database are set aside while the rows come
 * @throws Error where the database is in use, was migrated otherwise, or is not what was backed up afterwards
 */
export async function restoreBackup(sql: postgres.Sql, folder: string): Promise<Manifest> {
  const manifest = readManifest(folder)
  await sql.begin(async (begun) => {
    const tx = clientOf(begun)
    await refuseUnfit(tx, manifest)
    // No trigger and no reference is judged row by row: the rows were judged when they were made.
    await tx`set local session_replication_role = replica`
    const names = manifest.tables.map(({ name }) => `"${name}"`)
    await tx.unsafe(`truncate ${names.join(', ')}`)
    for (const table of manifest.tables) await copyIn(tx, folder, table)
    for (const { name, last } of manifest.sequences)
      await tx`select setval(${`public.${name}`}::regclass, ${String(last)}::bigint)`
    await refuseDifferent(tx, manifest)
  })
  return manifest
}

async function refuseUnfit(tx: postgres.Sql, manifest: Manifest): Promise<void> {
  const applied = await listMigrations(tx)
  if (applied.join() !== manifest.migrations.join())
    throw new Error(
      `The backup was made by a version of Oneway with ${manifest.migrations.length} migrations, and this one has ${applied.length}, or others. Restore it with the version that made it, and update afterwards.`,
    )
  const [used] = await tx<{ used: boolean }[]>`
    select exists (select from users) or exists (select from devices) or exists (select from mdm_servers)
      or exists (select from trials) as used`
  if (used?.used)
    throw new Error(
      'There is a lab in this database already. A backup goes into an empty one only.',
    )
}

async function copyIn(tx: postgres.Sql, folder: string, table: Manifest['tables'][number]) {
  const hash = createHash('sha256')
  const into = await tx
    .unsafe(`copy "${table.name}" (${quoted(table.columns)}) from stdin`)
    .writable()
  await pipeline(createReadStream(tableFile(folder, table.name)), createTap(hash), into)
  if (hash.digest('hex') !== table.sha256)
    throw new Error(`${table.name}.copy is not the file that was written: its hash differs.`)
}

async function refuseDifferent(tx: postgres.Sql, manifest: Manifest): Promise<void> {
  for (const { name, rows } of manifest.tables) {
    const [counted] = await tx<{ rows: number }[]>`select count(*)::int as rows from ${tx(name)}`
    if (counted?.rows !== rows)
      throw new Error(`${name} has ${counted?.rows} rows, and the backup had ${rows}.`)
  }
  const { head, broken } = await walkChain(tx, manifest.head)
  if (broken) throw new Error(`The trail is broken at entry ${broken.seq}: ${broken.because}.`)
  if (head.hash !== manifest.head.hash) throw new Error('The trail has another head.')
  const [strayed] = await listStrayed(tx)
  if (strayed) throw new Error(`${strayed.table} ${strayed.row}: ${strayed.because}.`)
}
