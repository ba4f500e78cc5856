import { readFileSync } from 'node:fs'
import { weakKeyProblem } from '@/lib/domain/account/weak-key'
import type { Env } from '@/lib/env'
import { readSecretKeys, refuseShared } from './secrets'

type Sealing = Pick<Env, 'ONEWAY_SECRET_KEY' | 'ONEWAY_SECRET_KEY_FILE' | 'ONEWAY_SECRET_KEY_OLD'>

/** Whether the environment provides the sealing key, and not the data folder. */
export const isGivenByOperator = (env: Sealing): boolean =>
  env.ONEWAY_SECRET_KEY !== undefined || env.ONEWAY_SECRET_KEY_FILE !== undefined

const readKeyFile = (file: string): string => {
  refuseShared(file)
  const text = readFileSync(file, 'utf8').trim()
  if (text.length < 32) throw new Error(`${file} must hold a key of at least 32 characters.`)
  return text
}

/** The current and the earlier sealing keys: from the environment, its key file, or the data folder. */
function keysOf(env: Sealing, dataDir: string): { key: string; old: string[] } {
  const { ONEWAY_SECRET_KEY: given, ONEWAY_SECRET_KEY_FILE: file } = env
  const old = env.ONEWAY_SECRET_KEY_OLD ?? []
  if (given !== undefined) return { key: given, old }
  if (file !== undefined) return { key: readKeyFile(file), old }
  const own = readSecretKeys(dataDir)
  return { key: own.key, old: [...old, ...own.old] }
}

/**
 * Puts the sealing keys into the environment of this process and its children (lib/db/secrets/sealing.ts).
 * @throws Error if others can read the key file, or the key is weak
 */
export function provideSecretKey(env: Sealing, dataDir: string): void {
  const { key, old } = keysOf(env, dataDir)
  const problem = weakKeyProblem(key)
  if (problem !== undefined) throw new Error(`ONEWAY_SECRET_KEY protects nothing: ${problem}.`)
  process.env.ONEWAY_SECRET_KEY = key
  process.env.ONEWAY_SECRET_KEY_OLD = old.join(',')
}
