import { existsSync, mkdirSync, realpathSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import postgres from 'postgres'
import { appRole } from '../app-role'
import { findBinaries, findIdentity } from './binaries'
import {
  type Cluster,
  clearStalePid,
  createCluster,
  isPostmasterAlive,
  readPassword,
  readPostmaster,
  runTool,
  runToolOrThrow,
  user,
} from './cluster'
import { brokenStorageMessage, endOfLog, findBrokenStorage } from './start-error'

export type Embedded = {
  /** The URL of the database `oneway`, with the password. */
  url: string
  /** The URL for the app's role, which can sign in once the migrations have set `appPassword` for it. */
  appUrl: string
  appPassword: string
  /** Whether the server was already running, started by another process. */
  reused: boolean
  port: number
  /** False once it has been killed or has ended by itself. */
  isAlive(): boolean
  /** Stops the server, whichever process started it, by a fast shutdown, which keeps committed work. */
  stop(): Promise<void>
  /** Stops the server unless another client is connected. */
  stopIfUnused(): Promise<void>
}

const database = 'oneway'
// After a kill, backends that have outlived their postmaster may keep the shared memory for up to ten seconds.
const usualAttempts = 20

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.on('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address
          ? resolve(address.port)
          : reject(new Error('no free port on 127.0.0.1')),
      )
    })
  })

const urlOf = (port: number, password: string, name: string, who = user) =>
  `postgres://${who}:${password}@127.0.0.1:${port}/${name}`

const asking = async <T>(url: string, ask: (sql: postgres.Sql) => Promise<T>): Promise<T> => {
  const sql = postgres(url, { max: 1, connect_timeout: 5, onnotice: () => undefined })
  try {
    return await ask(sql)
  } finally {
    await sql.end({ timeout: 5 })
  }
}

// The server is asked for its folder, as the port in a stale file or a copied folder may belong to another server now.
const findLive = async (cluster: Cluster, password: string) => {
  const postmaster = readPostmaster(cluster.dir)
  if (!postmaster?.ready) return undefined
  try {
    const url = urlOf(postmaster.port, password, 'postgres')
    const [row] = await asking(url, (sql) => sql`select current_setting('data_directory') as dir`)
    return row && realpathSync(row.dir) === cluster.dir ? postmaster.port : undefined
  } catch {
    return undefined // No server answers there, or another one does.
  }
}

const refuseBroken = (dir: string, log: string, from: number) => {
  const reason = findBrokenStorage(dir, log, from)
  if (reason !== undefined) throw new Error(brokenStorageMessage(dir, reason))
}

const startOrFind = async (
  cluster: Cluster,
  password: string,
  { port: wanted, attempts = usualAttempts }: { port?: number; attempts?: number },
) => {
  let output = ''
  const log = path.join(cluster.dir, 'server.log')
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const live = await findLive(cluster, password)
    if (live) return { port: live, reused: true }
    const from = endOfLog(log)
    refuseBroken(cluster.dir, log, from)
    clearStalePid(cluster.dir)
    const port = wanted ?? (await freePort())
    const args = [
      'start',
      '-D',
      cluster.dir,
      '-l',
      log,
      '-w',
      '-t',
      '300',
      '-s',
      '-o',
      `-p ${port}`,
    ]
    const started = await runTool(cluster, 'pg_ctl', args)
    if (started.code === 0) return { port, reused: false }
    output = started.output
    refuseBroken(cluster.dir, log, from)
    // Another process may have started it a moment earlier, or taken the port meanwhile.
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  throw new Error(
    [
      `The bundled PostgreSQL in ${cluster.dir} does not start. ${output.trim()}`,
      `Its log: ${path.join(cluster.dir, 'server.log')}`,
      'If this folder was copied from a running one, stop the other first, then delete postmaster.pid here.',
    ].join('\n'),
  )
}

const createDatabase = (adminUrl: string) =>
  asking(adminUrl, async (sql) => {
    const found = await sql`select 1 from pg_database where datname = ${database}`
    if (found.length > 0) return
    await sql`create database ${sql(database)}`.catch((error: unknown) => {
      // 42P04 (duplicate_database), or 23505 if two create it at once: another process has created it.
      const code = error instanceof postgres.PostgresError ? error.code : undefined
      if (code !== '42P04' && code !== '23505') throw error
    })
  })

const isUnused = (adminUrl: string) =>
  asking(adminUrl, async (sql) => {
    const others = await sql`select 1 from pg_stat_activity
      where backend_type = 'client backend' and pid <> pg_backend_pid() limit 1`
    return others.length === 0
  })

/**
 * Starts the bundled PostgreSQL of a data folder, or finds the one that is running there. It keeps running when the
 * process that started it dies, and the next start finds it.
 * @param options.dataDir the data folder; created with mode 0700 if it does not exist
 * @param options.port the port to use, if other programs know it already; a free one by default
 * @param options.attempts how often to try, half a second apart; 20 by default
 * @throws Error with PostgreSQL's output, saying what to do
 */
export async function startEmbedded(options: {
  dataDir: string
  port?: number
  attempts?: number
}): Promise<Embedded> {
  mkdirSync(options.dataDir, { recursive: true, mode: 0o700 })
  const dataDir = realpathSync(options.dataDir)
  const dir = path.join(dataDir, 'postgres')
  const binaries = findBinaries()
  const cluster = { dataDir, dir, binaries, identity: findIdentity(dataDir, dir, binaries) }
  const password = readPassword(dataDir)
  if (!existsSync(dir)) await createCluster(cluster, password)
  const appPassword = readPassword(dataDir, 'postgres-app-password')
  const { port, reused } = await startOrFind(cluster, password, options)
  const adminUrl = urlOf(port, password, 'postgres')
  await createDatabase(adminUrl)
  const stop = async () => {
    // Another process that shares the server may have stopped it already.
    if (!isPostmasterAlive(dir)) return
    await runToolOrThrow(cluster, 'pg_ctl', ['stop', '-D', dir, '-m', 'fast', '-w', '-s'])
  }
  const stopIfUnused = async () => {
    if (await isUnused(adminUrl)) await stop()
  }
  const appUrl = urlOf(port, appPassword, database, appRole)
  const url = urlOf(port, password, database)
  const isAlive = () => isPostmasterAlive(dir)
  return { url, appUrl, appPassword, reused, port, isAlive, stop, stopIfUnused }
}
