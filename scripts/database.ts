import { existsSync } from 'node:fs'
import path from 'node:path'
import postgres from 'postgres'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { type Env, readEnv } from '@/lib/env'
import { root } from './children'
import { provideSecretKey } from './secret-key'

export type Place = { env: Env; dataDir: string }

/** Reads the environment and the clone's `.env`, as `npm start` does; `dataDir` is absolute. */
export function readPlace(): Place {
  const file = path.join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  const env = readEnv()
  return { env, dataDir: path.resolve(root, env.ONEWAY_DATA) }
}

/**
 * Runs `run` on the database as its owner: that of DATABASE_URL, or the bundled one. The bundled one may be
 * shared with a running app; otherwise it is stopped afterwards.
 */
export async function withDatabase<T>(
  { env, dataDir }: Place,
  run: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  provideSecretKey(env, dataDir)
  if (env.DATABASE_URL)
    return run(env.DATABASE_OWNER_URL ?? env.DATABASE_DIRECT_URL ?? env.DATABASE_URL)
  const server = await startEmbedded({ dataDir })
  try {
    return await run(server.url)
  } finally {
    if (!server.reused) await server.stopIfUnused()
  }
}

/**
 * The same, but only on a database with a lab. Without DATABASE_URL, or with another data folder, a job would
 * otherwise create an empty bundled database and read that one.
 * @throws Error that says where it looked and what to set
 */
export async function withLab<T>(
  place: Place,
  run: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  const { env, dataDir } = place
  if (!env.DATABASE_URL && !existsSync(path.join(dataDir, 'postgres', 'PG_VERSION')))
    throw new Error(
      `There is no bundled database in ${dataDir}, and DATABASE_URL is not set. Run this with the environment of the service: the same DATABASE_URL, or the same ONEWAY_DATA.`,
    )
  return withDatabase(place, async (databaseUrl) => {
    if (!(await hasLab(databaseUrl)))
      throw new Error(
        `The database ${env.DATABASE_URL ? 'that DATABASE_URL names' : `in ${dataDir}`} has no tables of Oneway. Run this with the environment of the service.`,
      )
    return run(databaseUrl)
  })
}

async function hasLab(databaseUrl: string): Promise<boolean> {
  const sql = postgres(databaseUrl, { max: 1, connect_timeout: 10, onnotice: () => undefined })
  try {
    const [row] = await sql`select to_regclass('public.audit_log') is not null as has`
    return row?.has === true
  } finally {
    await sql.end({ timeout: 5 })
  }
}

/** Runs a command-line script; an error is printed without a stack, with exit code 1. */
export async function runScript(script: () => Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
