import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { isInMemory, throwAwayFolder } from './throw-away-folder'

const prefix = 'oneway_template_'
const forgetAfterMs = 60 * 60 * 1000

/** A file of ours and every one it reaches by imports, in a fixed order. */
const withImports = (file: string, found = new Set<string>()): Set<string> => {
  if (found.has(file)) return found
  found.add(file)
  for (const [, from = ''] of readFileSync(file, 'utf8').matchAll(
    / from '((?:\.{1,2}|@)\/[^']+)'/g,
  )) {
    const within = from.startsWith('@/')
      ? from.replace('@/', './')
      : path.join(path.dirname(file), from)
    withImports(`${path.resolve(within)}.ts`, found)
  }
  return found
}

const migrate = path.resolve('lib/db/postgres/migrate.ts')

/** Of everything that makes the template: the migrations, the SQL objects, and the code that renders and applies them. */
const hashOfMigrations = () => {
  const hash = createHash('sha256')
  for (const folder of ['drizzle', 'lib/db/sql'])
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(sql|json)$/.test(file))
        hash.update(file).update(readFileSync(path.join(folder, file)))
  for (const file of withImports(migrate)) hash.update(readFileSync(file))
  return hash.digest('hex').slice(0, 12)
}

const at = (adminUrl: string, name: string) => {
  const url = new URL(adminUrl)
  url.pathname = `/${name}`
  return url.href
}

// Built under another name and renamed when whole, so that no run ever copies half a template.
const createTemplate = async (sql: postgres.Sql, adminUrl: string, name: string) => {
  const [found] = await sql`select 1 from pg_database where datname = ${name}`
  if (found) return
  // Half a second of imports, which most runs do without.
  const { migrateDatabase } = await import('@/lib/db/postgres/migrate')
  const draft = `${name}_draft`
  await sql`drop database if exists ${sql(draft)} with (force)`
  await sql`create database ${sql(draft)}`
  await migrateDatabase(at(adminUrl, draft))
  await sql`alter database ${sql(draft)} rename to ${sql(name)}`
}

/** When `createTestDb` of lib/db/testing.ts made a database: the seconds since 1970 in its name. */
const madeAtByName = (name: string) => {
  const seconds = /^oneway_test_(\d+)_/.exec(name)?.[1]
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000)
}

// What a crashed run left behind, and templates of older migrations. An hour is longer than any run.
const dropForgotten = async (sql: postgres.Sql, template: string) => {
  const rows = await sql<{ name: string; madeAt: string | null }[]>`
    select datname as name, shobj_description(oid, 'pg_database') as "madeAt" from pg_database
    where datname like 'oneway\\_test\\_%' or datname like ${`${prefix.replaceAll('_', '\\_')}%`}`
  const old = Date.now() - forgetAfterMs
  for (const { name, madeAt } of rows) {
    const made = madeAtByName(name) ?? new Date(madeAt ?? 0)
    if (name === template || made.getTime() > old) continue
    await sql`drop database if exists ${sql(name)} with (force)`
  }
}

/** `memory` is the folder it lies in where that is memory. */
type Server = { adminUrl: string; memory?: string; stopIfUnused?(): Promise<void> }

const findServer = async (): Promise<Server> => {
  // Never DATABASE_URL: that may name the database of real trials.
  if (process.env.TEST_DATABASE_URL) return { adminUrl: process.env.TEST_DATABASE_URL }
  const dataDir = throwAwayFolder('test')
  const { url, stopIfUnused } = await startRoomy(dataDir)
  const memory = isInMemory(dataDir) ? { memory: dataDir } : {}
  return { adminUrl: at(url, 'postgres'), stopIfUnused, ...memory }
}

/** Several suites may run on this server at once; and what of its log lies in memory stays small. */
const settings = { max_connections: '400', min_wal_size: '32MB', max_wal_size: '128MB' }

/** The server of the tests, which was started anew with its settings when it had just been made. */
const startRoomy = async (dataDir: string) => {
  const server = await startEmbedded({ dataDir })
  const sql = postgres(server.url, { max: 1 })
  const [row] = await sql`select current_setting('max_connections') as now`
  const asMade = row?.now !== settings.max_connections
  if (asMade)
    for (const [name, value] of Object.entries(settings))
      await sql`alter system set ${sql(name)} = ${sql.unsafe(`'${value}'`)}`
  await sql.end()
  if (!asMade || server.reused) return server
  await server.stop()
  return startEmbedded({ dataDir })
}

const temporaryPrefix = 'oneway-run-'

/** A folder for the temporary files of this run, gone when it ends; what a crashed run left behind goes now. */
const openTemporary = (parent: string) => {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(temporaryPrefix))) {
    const left = path.join(parent, name)
    if (Date.now() - statSync(left).mtimeMs > forgetAfterMs) rmSync(left, { recursive: true })
  }
  const folder = mkdtempSync(path.join(parent, temporaryPrefix))
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/**
 * Once per run of vitest: a PostgreSQL server (TEST_DATABASE_URL, or the bundled one, in memory where
 * there is room) and a migrated template in it, told to the tests by the environment.
 */
export async function setup(): Promise<() => Promise<void>> {
  const { adminUrl, memory, stopIfUnused } = await findServer()
  const template = `${prefix}${hashOfMigrations()}`
  // Open for the whole run, so that another run on the same server sees that it is in use.
  const presence = postgres(adminUrl, { max: 1, onnotice: () => undefined, idle_timeout: 0 })
  await presence`select pg_advisory_lock(7326002)`
  await createTemplate(presence, adminUrl, template)
  await presence.unsafe(`comment on database ${template} is '${new Date().toISOString()}'`)
  await dropForgotten(presence, template)
  await presence`select pg_advisory_unlock(7326002)`
  process.env.ONEWAY_TEST_ADMIN_URL = adminUrl
  process.env.ONEWAY_TEST_TEMPLATE = template
  // Copying files waits for two checkpoints, which cost nothing in memory and much on a disk.
  process.env.ONEWAY_TEST_COPY = memory ? 'file_copy' : 'wal_log'
  const closeTemporary = openTemporary(memory ?? tmpdir())
  return async () => {
    await presence.end({ timeout: 5 })
    await stopIfUnused?.()
    closeTemporary()
  }
}
