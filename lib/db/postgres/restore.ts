import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { Transform } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type postgres from 'postgres'
import type { Head } from '../audit/chain'
import { listMismatches } from '../audit/check-evidence'
import { walkChain } from '../audit/log'
import { clientOf } from '../driver/client-proxies'
import { listMigrations, type Manifest, quoted, readManifest, tableFile } from './backup'

/**
 * Restores a backup into a migrated, empty database in one transaction, which counts every table and verifies the
 * chain before it commits. On any failure the database stays empty.
 * @param sql one connection as a superuser, as triggers are disabled while the rows are copied
 * @param kept the newest head of the audit trail that was stored outside of the database and its backups. A backup
 *   without it is older, and the commands sent since would be forgotten
 * @throws Error if the database is in use or has other migrations, if the result differs from what was backed up, or
 *   if the backup does not contain the kept head
 */
export async function restoreBackup(
  sql: postgres.Sql,
  folder: string,
  kept?: Head,
): Promise<Manifest> {
  const manifest = readManifest(folder)
  await sql.begin(async (begun) => {
    const tx = clientOf(begun)
    await refuseUnfit(tx, manifest)
    // No triggers and no foreign keys: the rows were checked when they were created.
    await tx`set local session_replication_role = replica`
    const names = manifest.tables.map(({ name }) => `"${name}"`)
    await tx.unsafe(`truncate ${names.join(', ')}`)
    for (const table of manifest.tables) await copyIn(tx, folder, table)
    for (const { name, last } of manifest.sequences)
      await tx`select setval(${`public.${name}`}::regclass, ${String(last)}::bigint)`
    await tx`select begin_trial_lines()`
    await refuseDifferent(tx, manifest)
    if (kept) await refuseOlder(tx, manifest, kept)
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

const createTap = (hash: ReturnType<typeof createHash>) =>
  new Transform({
    transform(chunk, _encoding, done) {
      hash.update(chunk)
      done(null, chunk)
    },
  })

async function refuseDifferent(tx: postgres.Sql, manifest: Manifest): Promise<void> {
  for (const { name, rows } of manifest.tables) {
    const [counted] = await tx<{ rows: number }[]>`select count(*)::int as rows from ${tx(name)}`
    if (counted?.rows !== rows)
      throw new Error(`${name} has ${counted?.rows} rows, and the backup had ${rows}.`)
  }
  const { head, broken } = await walkChain(tx, manifest.head)
  if (broken) throw new Error(`The trail is broken at entry ${broken.seq}: ${broken.reason}.`)
  if (head.hash !== manifest.head.hash) throw new Error('The trail has another head.')
  const [mismatches] = await listMismatches(tx)
  if (mismatches) throw new Error(`${mismatches.table} ${mismatches.row}: ${mismatches.reason}.`)
}

async function refuseOlder(tx: postgres.Sql, manifest: Manifest, kept: Head): Promise<void> {
  const [entry] = await tx<{ hash: string }[]>`
    select hash from audit_log where seq = ${kept.seq} and hash = ${kept.hash}`
  if (entry) return
  const { seq } = manifest.head
  throw new Error(
    seq < kept.seq
      ? `The backup ends at entry ${seq} of the audit trail, and the head you kept is of entry ${kept.seq}: it is older than that. What was sent and answered since is not in it. Look for a newer backup.`
      : `Entry ${kept.seq} of the backup's audit trail is not the one whose head you kept: it is the trail of another lab, or was written anew.`,
  )
}
