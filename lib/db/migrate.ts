import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { type MigrationMeta, readMigrationFiles } from 'drizzle-orm/migrator'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { type AppLogin, ensureAppRole } from './app-role'
import { dropPastViews, setUpPastViews } from './past-views'
import { setUpLaterSessions, setUpSession } from './session'
import { setUpTrail } from './set-up-trail'
import { dropSqlViews, setUpSqlObjects } from './sql-objects'

/** The folder of the migrations, the same for every caller's working folder. */
export const migrationsFolder = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../drizzle',
)

// Any number would do; it must only be the same in every process.
const lockKey = 7_326_001

type Applied = { hash: string; createdAt: string }

const listApplied = async (sql: postgres.Sql): Promise<Applied[]> => {
  const [table] = await sql`select to_regclass('drizzle.__drizzle_migrations') as oid`
  if (!table?.oid) return []
  return sql<Applied[]>`
    select hash, created_at as "createdAt" from drizzle.__drizzle_migrations order by created_at`
}

// Drizzle looks only at the newest applied migration. Old code on a newer database would go on and
// write rows without the newer promises (fault F34), so what it does not know stops it here.
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
        `The migration of ${when} was edited after this database had applied it. Restore the file, or give up this database's content with npm run db:reset; nothing was changed.`,
      )
    }
  }
}

// Drizzle applies only what is newer than the newest applied one; an older one that was landed later would
// be passed over without a word, and its promises would be missing from this database for ever.
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

/** Gives up where another start holds it for long: behind a transaction pool that may be one that has ended. */
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

/** Whether the app works as its own role on this database; otherwise as the owner, whom no grant holds. */
export type Migrated = { hasAppRole: boolean }

/**
 * Brings the database to the schema of this code: all pending migrations in one transaction, by one
 * process at a time; then the views, functions and guards of lib/db/sql, the triggers of the audit trail,
 * the grants of the app's role, and the views of the past.
 * @param databaseUrl as the owner of the database
 * @throws Error when the database is newer than the code, was migrated by other files, or a migration
 *   would be passed over
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
    const applied = await listApplied(sql)
    const known = readMigrationFiles({ migrationsFolder: folder })
    refuseUnknown(applied, known)
    refuseSkipped(applied, known)
    if (applied.length < known.length) {
      await dropPastViews(sql)
      await dropSqlViews(sql)
    }
    await migrate(drizzle(sql), { migrationsFolder: folder })
    const hasAppRole = await ensureAppRole(sql, login)
    await setUpSqlObjects(sql)
    await setUpTrail(sql, hasAppRole)
    await setUpPastViews(sql, hasAppRole)
    return { hasAppRole }
  } finally {
    // The lock goes with its connection.
    await sql.end({ timeout: 5 })
  }
}
