import { rmSync } from 'node:fs'
import path from 'node:path'
import postgres from 'postgres'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { provideSecretKey } from './secret-key'
import { signInFile } from './sign-in'

const othersOf = (sql: postgres.Sql, name: string) =>
  sql`select 1 from pg_stat_activity
    where datname = ${name} and backend_type = 'client backend' and pid <> pg_backend_pid()`

/**
 * Drops the bundled database and the virtual lab's state, and creates an empty, migrated database.
 * @throws Error while anything is connected, such as the running app
 */
export async function emptyDatabase(databaseUrl: string, dataDir: string): Promise<void> {
  const url = new URL(databaseUrl)
  const name = url.pathname.slice(1)
  url.pathname = '/postgres'
  const sql = postgres(url.href, { max: 1, onnotice: () => undefined })
  try {
    if ((await othersOf(sql, name)).length > 0) {
      throw new Error('Oneway is running on this database. Stop it first; nothing was changed.')
    }
    await sql`drop database if exists ${sql(name)}`
    await sql`create database ${sql(name)}`
  } finally {
    await sql.end({ timeout: 5 })
  }
  // Virtual devices would remember commands of the dropped database, and its passwords are invalid.
  rmSync(path.join(dataDir, 'virtual-lab'), { recursive: true, force: true })
  rmSync(signInFile(dataDir), { force: true })
  await migrateDatabase(databaseUrl)
  // A throw-away lab has its own key; an operator's key was provided before.
  if (!process.env.ONEWAY_SECRET_KEY) provideSecretKey({}, dataDir)
}
