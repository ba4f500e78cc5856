import { existsSync } from 'node:fs'
import path from 'node:path'
import { startEmbedded } from '@/lib/db/embedded'
import { type Env, readEnv } from '@/lib/env'
import { root } from './children'
import { provideSecretKey } from './secret-key'

export type Place = { env: Env; dataDir: string }

/** The environment with `.env` of the clone, as `npm start` reads it, and the data folder's absolute path. */
export function readPlace(): Place {
  const file = path.join(root, '.env')
  if (existsSync(file)) process.loadEnvFile(file)
  const env = readEnv()
  return { env, dataDir: path.resolve(root, env.ONEWAY_DATA) }
}

/**
 * Runs something on the database, as its owner: DATABASE_URL's, or the bundled one, which is shared with a running
 * app, and stopped afterwards where nobody else uses it.
 */
export async function withDatabase<T>(
  { env, dataDir }: Place,
  run: (databaseUrl: string) => Promise<T>,
): Promise<T> {
  provideSecretKey(env, dataDir)
  if (env.DATABASE_URL) return run(env.DATABASE_OWNER_URL ?? env.DATABASE_URL)
  const server = await startEmbedded({ dataDir })
  try {
    return await run(server.url)
  } finally {
    if (!server.reused) await server.stopIfUnused()
  }
}

/** Runs a command-line script; what the user can mend is told without a stack. */
export async function runScript(script: () => Promise<void>): Promise<void> {
  try {
    await script()
  } catch (error) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  }
}
