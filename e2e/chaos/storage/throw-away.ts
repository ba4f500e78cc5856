import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { type Connection, connect } from '@/lib/db/client'
import { readPostmaster } from '@/lib/db/postgres/cluster'
import { type Embedded, startEmbedded } from '@/lib/db/postgres/embedded'
import { migrateDatabase } from '@/lib/db/postgres/migrate'

/** A database server that a test may damage. */
export type ThrowAway = {
  dataDir: string
  /** PostgreSQL's folder in `dataDir`. */
  clusterDir: string
  /** Starts the server, unless it is running. */
  start(): Promise<Embedded>
  connect(): Promise<Connection>
  /** Connects as the owner of the database, who has every privilege. */
  asOwner<T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T>
  /** Kills all processes at once, without a flush, as a power cut does. */
  cutPower(): void
  isRunning(): boolean
  remove(): Promise<void>
}

/** Creates and starts a server; default folder: a new temporary one. */
export async function createThrowAway(folder?: string): Promise<ThrowAway> {
  const home = folder ?? mkdtempSync(path.join(tmpdir(), 'oneway-storage-'))
  const dataDir = path.join(home, 'data')
  const clusterDir = path.join(dataDir, 'postgres')
  const connections: Connection[] = []
  const start = () => startEmbedded({ dataDir })
  const first = await start()
  await migrateDatabase(first.url)
  const pid = () => readPostmaster(clusterDir)?.pid
  const isRunning = () => {
    const postmaster = pid()
    if (postmaster === undefined) return false
    try {
      return process.kill(postmaster, 0)
    } catch {
      return false
    }
  }
  return {
    dataDir,
    clusterDir,
    start,
    connect: async () => {
      const connection = connect((await start()).url, { max: 8 })
      connections.push(connection)
      return connection
    },
    asOwner: async (run) => {
      const sql = postgres((await start()).url, { max: 1 })
      try {
        return await run(sql)
      } finally {
        await sql.end({ timeout: 5 })
      }
    },
    cutPower: () => {
      const postmaster = pid()
      // Its child processes notice and end at once, without a checkpoint.
      if (postmaster !== undefined) process.kill(postmaster, 'SIGKILL')
    },
    isRunning,
    remove: async () => {
      await Promise.allSettled(connections.map(({ end }) => end()))
      if (isRunning()) await start().then(({ stop }) => stop())
      if (folder === undefined) rmSync(home, { recursive: true, force: true })
    },
  }
}
