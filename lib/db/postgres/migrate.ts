import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import postgres from 'postgres'
import { type AppLogin, ensureAppRole } from '../app-role'
import { dropPastViews, setUpPastViews } from '../audit/past-views'
import { setUpTrail } from '../audit/set-up-trail'
import { prepareForMigrations, setUpSqlObjects } from '../sql/objects'
import { setUpLaterSessions, setUpSession } from './session'

/** The folder of the migrations, independent of the working directory. */
export const migrationsFolder = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../../drizzle',
)

// An arbitrary number, the same in every process.
const lockKey = 7_326_001

/** Fails if another process holds the lock for long. With a transaction pooler that may be one that has ended. */
async function takeLock(sql: postgres.Sql): Promise<void> {
  const until = performance.now() + lockWithinMs
  for (;;) {
    const [row] = await sql<{ taken: boolean }[]>`select pg_try_advisory_lock(${lockKey}) as taken`
    if (row?.taken) return
    if (performance.now() > until)
      throw new Error(
        'another start of Oneway holds the lock of the migrations. Wait for it; where there is none, a transaction pooler keeps the session of one that has ended: name PostgreSQL itself in DATABASE_OWNER_URL',
      )
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

/** Longer than another start may take to migrate a large database. */
const lockWithinMs = 120_000

/** Whether the app works as its own role on this database; otherwise it works as the owner, whom no grant restricts. */
export type Migrated = { hasAppRole: boolean }

/**
 * Migrates the database to the schema of this code, one process at a time: all pending migrations with the views,
 * functions and guards of lib/db/sql in one transaction; then the triggers of the audit trail, the grants of the app's
 * role, and the views of the past.
 * @param databaseUrl with the owner of the database as user
 * @throws Error if the database is newer than the code, was created before the first migration or migrated by other
 *   files, or if a migration would be skipped
 */
export async function migrateDatabase(
  databaseUrl: string,
  folder = migrationsFolder,
  login: AppLogin = {},
): Promise<Migrated> {
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined })
  try {
    await setUpSession(sql)
    await takeLock(sql)
    await setUpLaterSessions(sql)
    const known = readMigrationFiles({ migrationsFolder: folder })
    const pending = pendingOf(await listApplied(sql), known)
    const hasAppRole = await ensureAppRole(sql, login)
    await sql.begin(async (tx) => {
      if (pending.length > 0) {
        await dropPastViews(tx)
        await prepareForMigrations(tx)
        await applyMigrations(tx, pending)
      }
      await setUpSqlObjects(tx)
    })
    await setUpTrail(sql, hasAppRole)
    await setUpPastViews(sql, hasAppRole)
    return { hasAppRole }
  } finally {
    // Closing the connection releases the lock.
    await sql.end({ timeout: 5 })
  }
}

type Applied = { hash: string; createdAt: string }

/** The migrations that were applied to a database, in order. */
const listApplied = async (sql: postgres.Sql): Promise<Applied[]> => {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as oid`
  if (!table?.oid) return []
  return sql<Applied[]>`
    select hash, created_at as "createdAt" from drizzle.__drizzle_migrations order by created_at`
}

// Nothing was released before the baseline, and there is no migration to it from an older database.
const refuseOlder = (applied: readonly Applied[], known: readonly MigrationMeta[]) => {
  const [baseline] = known
  if (!baseline || applied.length === 0) return
  if (applied.some(({ createdAt }) => Number(createdAt) === baseline.folderMillis)) return
  throw new Error(
    'This database was made by a development version of Oneway from before 0.1.0, and no migration leads from it to this version; nothing was changed. To keep what it holds, start the version that made it and export trials, observations and replies as CSV there (page Trials, or GET /api/exports/trials.csv, /api/exports/observations.csv and /api/exports/replies.csv). Then begin anew: stop Oneway, and move the folder of ONEWAY_DATA away or, with DATABASE_URL, name an empty database. npm run db:reset deletes the content of the bundled database instead.',
  )
}

// Old code on a newer database would write rows that break its newer rules (fault F34), so an unknown migration stops it.
const refuseUnknown = (applied: readonly Applied[], known: readonly MigrationMeta[]) => {
  for (const { hash, createdAt } of applied) {
    const migration = known.find(({ folderMillis }) => folderMillis === Number(createdAt))
    const when = new Date(Number(createdAt)).toISOString()
    if (!migration) {
      throw new Error(
        `The database has a migration of ${when} that this version of Oneway does not know: it was last used by a newer one. Start that version; nothing was changed.`,
      )
    }
    if (migration.hash !== hash) {
      throw new Error(
        `The migration of ${when} was edited after this database had applied it. Restore the file, or discard this database's content with npm run db:reset; nothing was changed.`,
      )
    }
  }
}

// Migrations are applied in the order of the journal: one that was added later with an earlier time would be skipped
// silently, and its rules would be missing from this database for good.
const refuseSkipped = (applied: readonly Applied[], known: readonly MigrationMeta[]) => {
  const newest = Math.max(...applied.map(({ createdAt }) => Number(createdAt)))
  const hashes = new Set(applied.map(({ hash }) => hash))
  const skipped = known.find(
    ({ folderMillis, hash }) => folderMillis <= newest && !hashes.has(hash),
  )
  if (!skipped) return
  const when = (millis: number) => new Date(millis).toISOString()
  throw new Error(
    `The migration of ${when(skipped.folderMillis)} was never applied to this database, which is at the one of ${when(newest)} already; it would be passed over in silence. Give it a number and a time after that one in drizzle/meta/_journal.json; nothing was changed.`,
  )
}

/**
 * The migrations that this database still needs.
 * @param known the migrations of this code, in order; the first is the baseline
 * @throws Error if they do not continue from what was applied, saying what to do
 */
function pendingOf(applied: readonly Applied[], known: readonly MigrationMeta[]): MigrationMeta[] {
  refuseOlder(applied, known)
  refuseUnknown(applied, known)
  refuseSkipped(applied, known)
  return known.slice(applied.length)
}

/**
 * Applies migrations in the caller's transaction, and records them in the table of drizzle-orm's migrator (which opens
 * a transaction of its own, so that the SQL objects could not be created in the same one).
 */
async function applyMigrations(
  tx: postgres.TransactionSql,
  pending: readonly MigrationMeta[],
): Promise<void> {
  await tx`create schema if not exists drizzle`
  await tx`create table if not exists drizzle.__drizzle_migrations (
    id serial primary key, hash text not null, created_at bigint)`
  for (const { sql, hash, folderMillis } of pending) {
    for (const statement of sql) await tx.unsafe(statement)
    await tx`insert into drizzle.__drizzle_migrations (hash, created_at) values (${hash}, ${folderMillis})`
  }
  // Pending deferred triggers of the trail would prevent later statements from altering their tables.
  await tx`set constraints all immediate`
  await tx`set constraints all deferred`
}
