import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import postgres from 'postgres'
import { type Connection, connect } from '@/lib/db/client'
import { readPostmaster } from '@/lib/db/postgres/cluster'
import { type Embedded, startEmbedded } from '@/lib/db/postgres/embedded'
import { migrateDatabase } from '@/lib/db/postgres/migrate'

/** A database server of its own that a test may ruin. */
export type ThrowAway = {
  dataDir: string
  /** PostgreSQL's own folder in it. */
  clusterDir: string
  /** Starts it, or finds it running. */
  start(): Promise<Embedded>
  connect(): Promise<Connection>
  /** As the owner of the database, whom nothing is forbidden. */
  asOwner<T>(run: (sql: postgres.Sql) => Promise<T>): Promise<T>
  /** As a power cut takes the processes: all of them at once, nothing is flushed or said. */
  cutPower(): void
  isRunning(): boolean
  remove(): Promise<void>
}

/** Makes one in a folder, which is a new one of the system's temporary folder unless given. */
export async function throwAway(folder?: string): Promise<ThrowAway> {
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
      // Its children see that it is gone and end at once, without a checkpoint.
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
