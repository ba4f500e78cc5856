import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readMigrationFiles } from 'drizzle-orm/migrator'
import postgres from 'postgres'
import { type AppLogin, ensureAppRole } from '../app-role'
import { dropPastViews, setUpPastViews } from '../audit/past-views'
import { setUpTrail } from '../audit/set-up-trail'
import { prepareForMigrations, setUpSqlObjects } from '../sql/objects'
import { applyMigrations, listApplied, pendingOf } from './migration-history'
import { setUpLaterSessions, setUpSession } from './session'

/** The folder of the migrations, the same for every caller's working folder. */
export const migrationsFolder = path.resolve(
  path.dirname(fileURLToPath(import.meta.url)),
  '../../../drizzle',
)

// Any number would do; it must only be the same in every process.
const lockKey = 7_326_001

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
 * Brings the database to the schema of this code, one process at a time: all pending migrations with the
 * views, functions and guards of lib/db/sql in one transaction; then the triggers of the audit trail, the
 * grants of the app's role, and the views of the past.
 * @param databaseUrl as the owner of the database
 * @throws Error when the database is newer than the code, was made before the first migration or migrated
 *   by other files, or when a migration would be passed over
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
    // The lock goes with its connection.
    await sql.end({ timeout: 5 })
  }
}
