import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { type Connection, connect } from './client'

/** `db` works as the app's role, as the services do; `owner` and `sql` as the owner, to set up and to check. */
export type TestDb = Omit<Connection, 'end'> & {
  owner: Connection['db']
  url: string
  drop(): Promise<void>
}

const given = (name: string): string => {
  const text = process.env[name]
  if (!text) throw new Error(`${name} is not set: tests of the database run under vitest only`)
  return text
}

const asAdmin = async (url: string, run: (sql: postgres.Sql) => Promise<unknown>) => {
  const sql = postgres(url, { max: 1, onnotice: () => undefined })
  try {
    await run(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Long, as a transaction may take minutes on a busy machine; tests of the deadline set their own. */
const deadlineMs = 600_000

/**
 * A database of its own for one test file: fully migrated, empty, a copy of the template that
 * scripts/vitest-setup.ts has made. Drop it in `afterAll`.
 */
export async function createTestDb(): Promise<TestDb> {
  const adminUrl = given('ONEWAY_TEST_ADMIN_URL')
  const template = given('ONEWAY_TEST_TEMPLATE')
  // The next run drops what a crashed one left behind, by the time in its name.
  const name = `oneway_test_${Math.floor(Date.now() / 1000)}_${randomBytes(6).toString('hex')}`
  const strategy = given('ONEWAY_TEST_COPY')
  await asAdmin(
    adminUrl,
    (sql) => sql`create database ${sql(name)} template ${sql(template)} strategy ${sql(strategy)}`,
  )
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  // Prepared, as in the worker: a test file repeats its statements hundreds of times.
  const app = connect(url.href, { deadlineMs, prepared: true })
  const owner = connect(url.href, { deadlineMs, asOwner: true, prepared: true })
  const drop = async () => {
    await app.end()
    await owner.end()
    // A pool of the code under test may still be open; it must not keep the database.
    await asAdmin(adminUrl, (admin) => admin`drop database if exists ${admin(name)} with (force)`)
  }
  return { db: app.db, owner: owner.db, sql: owner.sql, url: url.href, drop }
}

/** Writes rows past all triggers and guards, as a superuser or a restored table could. */
export const pastTriggers = (
  sql: postgres.Sql,
  run: (tx: postgres.TransactionSql) => Promise<unknown>,
): Promise<unknown> =>
  sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await run(tx)
  })
