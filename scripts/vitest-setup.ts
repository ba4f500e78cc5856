import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { isInMemory, throwAwayFolder } from './throw-away-folder'

const prefix = 'oneway_template_'
const staleAfterMs = 60 * 60 * 1000

/** A source file and all that it imports, directly or not, in a fixed order. */
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

/** Hash of what determines the template: the migrations, the SQL objects, and the code that applies them. */
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

// Created under another name and renamed when complete, so that no run copies an incomplete template.
const createTemplate = async (sql: postgres.Sql, adminUrl: string, name: string) => {
  const [found] = await sql`select 1 from pg_database where datname = ${name}`
  if (found) return
  // Imported on demand: it takes half a second, and most runs do not need it.
  const { migrateDatabase } = await import('@/lib/db/postgres/migrate')
  const draft = `${name}_draft`
  await sql`drop database if exists ${sql(draft)} with (force)`
  await sql`create database ${sql(draft)}`
  await migrateDatabase(at(adminUrl, draft))
  await sql`alter database ${sql(draft)} rename to ${sql(name)}`
}

/** When lib/db/testing.ts created a database; its name contains the seconds since 1970. */
const createdAtByName = (name: string) => {
  const seconds = /^oneway_test_(\d+)_/.exec(name)?.[1]
  return seconds === undefined ? undefined : new Date(Number(seconds) * 1000)
}

// Drops databases of crashed runs and templates of other migrations. No run takes an hour.
const dropStale = async (sql: postgres.Sql, template: string) => {
  const rows = await sql<{ name: string; madeAt: string | null }[]>`
    select datname as name, shobj_description(oid, 'pg_database') as "madeAt" from pg_database
    where datname like 'oneway\\_test\\_%' or datname like ${`${prefix.replaceAll('_', '\\_')}%`}`
  const old = Date.now() - staleAfterMs
  for (const { name, madeAt } of rows) {
    const made = createdAtByName(name) ?? new Date(madeAt ?? 0)
    if (name === template || made.getTime() > old) continue
    await sql`drop database if exists ${sql(name)} with (force)`
  }
}

/** `memory` is the server's folder, if that is in memory. */
type Server = { adminUrl: string; memory?: string; stopIfUnused?(): Promise<void> }

const findServer = async (): Promise<Server> => {
  // Never DATABASE_URL, which may have real trials.
  if (process.env.TEST_DATABASE_URL) return { adminUrl: process.env.TEST_DATABASE_URL }
  const dataDir = throwAwayFolder('test')
  const { url, stopIfUnused } = await startWithSettings(dataDir)
  const memory = isInMemory(dataDir) ? { memory: dataDir } : {}
  return { adminUrl: at(url, 'postgres'), stopIfUnused, ...memory }
}

/**
 * Connections for several suites at once, and a small write-ahead log, because it may be in memory. Each statement is
 * planned once per connection: planning anew for each value was a fifth of the server's work on tables of a few rows.
 */
const settings = {
  max_connections: '400',
  min_wal_size: '32MB',
  max_wal_size: '128MB',
  plan_cache_mode: 'force_generic_plan',
}

/** Starts the tests' server; a new one is restarted once, to apply `settings`. */
const startWithSettings = async (dataDir: string) => {
  const server = await startEmbedded({ dataDir })
  const sql = postgres(server.url, { max: 1 })
  const rows = await sql<{ name: keyof typeof settings; now: string }[]>`
    select name, current_setting(name) as now from pg_settings where name in ${sql(Object.keys(settings))}`
  const isNew = rows.some(({ name, now }) => now !== settings[name])
  if (isNew)
    for (const [name, value] of Object.entries(settings))
      await sql`alter system set ${sql(name)} = ${sql.unsafe(`'${value}'`)}`
  await sql.end()
  if (!isNew || server.reused) return server
  await server.stop()
  return startEmbedded({ dataDir })
}

const temporaryPrefix = 'oneway-run-'

/** Creates this run's folder for temporary files and removes stale ones. Returns the function that deletes it. */
const openTemporary = (parent: string) => {
  for (const name of readdirSync(parent).filter((one) => one.startsWith(temporaryPrefix))) {
    const left = path.join(parent, name)
    if (Date.now() - statSync(left).mtimeMs > staleAfterMs) rmSync(left, { recursive: true })
  }
  const folder = mkdtempSync(path.join(parent, temporaryPrefix))
  process.env.TMPDIR = folder
  return () => rmSync(folder, { recursive: true, force: true })
}

/**
 * Runs once per vitest run: prepares a PostgreSQL server (TEST_DATABASE_URL, or the bundled one, in memory if there
 * is space) with a migrated template, and sets the environment variables that name them.
 */
export async function setup(): Promise<() => Promise<void>> {
  const { adminUrl, memory, stopIfUnused } = await findServer()
  const template = `${prefix}${hashOfMigrations()}`
  // Stays open during the run, so that another run sees that the server is in use.
  const presence = postgres(adminUrl, { max: 1, onnotice: () => undefined, idle_timeout: 0 })
  await presence`select pg_advisory_lock(7326002)`
  await createTemplate(presence, adminUrl, template)
  await presence.unsafe(`comment on database ${template} is '${new Date().toISOString()}'`)
  await dropStale(presence, template)
  await presence`select pg_advisory_unlock(7326002)`
  process.env.ONEWAY_TEST_ADMIN_URL = adminUrl
  process.env.ONEWAY_TEST_TEMPLATE = template
  // file_copy needs two checkpoints, which are fast in memory and slow on a disk.
  process.env.ONEWAY_TEST_COPY = memory ? 'file_copy' : 'wal_log'
  const closeTemporary = openTemporary(memory ?? tmpdir())
  return async () => {
    await presence.end({ timeout: 5 })
    await stopIfUnused?.()
    closeTemporary()
  }
}
