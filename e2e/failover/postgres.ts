import { spawn } from 'node:child_process'
import { appendFileSync, cpSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import path from 'node:path'
import postgres from 'postgres'
import { type Connection, connect } from '@/lib/db/client'
import { findIdentity, type Identity } from '@/lib/db/postgres/binaries'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { findFreePort } from '@/scripts/virtual-lab-process'

// A primary and its standby, on the PostgreSQL of the machine: the bundled one has no pg_basebackup.

const installed = '/usr/lib/postgresql'

/** The folder with the programs of the newest installed PostgreSQL. */
export function findPrograms(): string | undefined {
  if (process.env.ONEWAY_POSTGRES_BIN) return process.env.ONEWAY_POSTGRES_BIN
  const versions = existsSync(installed) ? readdirSync(installed) : []
  return versions
    .toSorted((one, other) => Number(other) - Number(one))
    .map((version) => path.join(installed, version, 'bin'))
    .find((bin) => existsSync(path.join(bin, 'pg_basebackup')))
}

/** PgBouncer's program: Debian's, or the one that ONEWAY_PGBOUNCER names. */
export function findPgbouncer(): string | undefined {
  const program = process.env.ONEWAY_PGBOUNCER ?? '/usr/sbin/pgbouncer'
  return existsSync(program) ? program : undefined
}

export type Server = {
  folder: string
  url(): string
  start(): Promise<void>
  /** `immediate` is a crash: nothing is flushed, and clients are disconnected. */
  stop(mode?: 'fast' | 'immediate'): Promise<void>
  run(program: string, ...args: string[]): Promise<void>
  /** The same with a program that is not one of PostgreSQL's. */
  runProgram(file: string, ...args: string[]): Promise<void>
  asOwner<T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T>
  /** Connects as the app does. */
  connect(): Connection
}

/** Describes a server with a folder in `home` and a fixed port, without starting it. */
export async function serverIn(home: string, name: string, bin: string): Promise<Server> {
  const folder = path.join(home, name)
  const tool = (program: string) => path.join(bin, program)
  const binaries = { initdb: tool('initdb'), pg_ctl: tool('pg_ctl'), postgres: tool('postgres') }
  mkdirSync(home, { recursive: true })
  const identity = findIdentity(home, folder, binaries)
  const port = await findFreePort()
  const url = () => `postgres://oneway@127.0.0.1:${port}/postgres`
  const run = (program: string, ...args: string[]) => runAs(identity, tool(program), args)
  const log = path.join(home, `${name}.log`)
  return {
    folder,
    url,
    run,
    runProgram: (file, ...args) => runAs(identity, file, args),
    start: () => run('pg_ctl', 'start', '-D', folder, '-l', log, '-w', '-s', '-o', `-p ${port}`),
    stop: (mode = 'fast') => run('pg_ctl', 'stop', '-D', folder, '-m', mode, '-w', '-s'),
    asOwner: async (query) => {
      const sql = postgres(url(), { max: 1, onnotice: () => undefined })
      try {
        return await query(sql)
      } finally {
        await sql.end({ timeout: 5 })
      }
    },
    connect: () => connect(url(), { max: 6 }),
  }
}

function runAs({ wrap, uid, gid }: Identity, program: string, args: string[]): Promise<void> {
  const [command = program, ...rest] = [...wrap, program, ...args]
  return new Promise((resolve, reject) => {
    const env = { ...process.env, LC_ALL: 'C', PGDATA: undefined, PGPORT: undefined }
    // The server inherits stdio: a pipe would stay open as long as it runs.
    const child = spawn(command, rest, { uid, gid, env, cwd: '/', stdio: 'ignore' })
    child.on('error', reject)
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`${program} ${args[0] ?? ''} ended with ${code}`)),
    )
  })
}

/** Creates a migrated server and stops it: each test starts on a copy of its folder. */
export async function makeModel(home: string, bin: string): Promise<Server> {
  const model = await serverIn(home, 'model', bin)
  await model.run('initdb', '-D', model.folder, '-U', 'oneway', '--auth=trust', '-E', 'UTF8', '-k')
  const settings = ["listen_addresses = '127.0.0.1'", "unix_socket_directories = ''"]
  appendFileSync(path.join(model.folder, 'postgresql.conf'), `\n${settings.join('\n')}\n`)
  await model.start()
  await migrateDatabase(model.url())
  await model.stop()
  return model
}

export const copyFolder = (from: string, to: string): void => {
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, preserveTimestamps: true })
}

/** Copies a running primary and starts the copy as an asynchronous standby. */
export async function startStandby(standby: Server, primary: Server): Promise<void> {
  const { hostname, port } = new URL(primary.url())
  const from = ['-h', hostname, '-p', port, '-U', 'oneway']
  await standby.run(
    'pg_basebackup',
    '-D',
    standby.folder,
    ...from,
    '-R',
    '-X',
    'stream',
    '-c',
    'fast',
  )
  await standby.start()
}

/** Waits until the standby has all commits of the primary. */
export async function catchUp(standby: Server, primary: Server): Promise<void> {
  const [at] = await primary.asOwner(
    (sql) => sql<{ lsn: string }[]>`select pg_current_wal_lsn() as lsn`,
  )
  const lsn = at?.lsn ?? ''
  await standby.asOwner(async (sql) => {
    for (;;) {
      const [has] = await sql<
        { all: boolean }[]
      >`select pg_last_wal_replay_lsn() >= ${lsn}::pg_lsn as all`
      if (has?.all) return
      await sql`select pg_sleep(0.05)`
    }
  })
}

/** Stops replication, as a network failure does; resolves once the receiver has ended. */
export const cutReplication = (standby: Server): Promise<unknown> =>
  standby.asOwner(async (sql) => {
    await sql`alter system set primary_conninfo = ''`
    await sql`select pg_reload_conf()`
    for (;;) {
      const [row] = await sql`select count(*)::int as count from pg_stat_wal_receiver`
      if (row?.count === 0) return
      await sql`select pg_sleep(0.05)`
    }
  })
