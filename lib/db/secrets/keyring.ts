import { readEnv } from '@/lib/env'
import { type Keyring, sealingKey } from './sealing'

let made: { from: string; ring: Keyring } | undefined

/**
 * The keys that seal secrets in the database, from the environment; scripts set it from the data folder
 * (scripts/secret-key.ts) where an operator has not.
 * @throws Error without ONEWAY_SECRET_KEY
 */
export function keyring(): Keyring {
  const { ONEWAY_SECRET_KEY = '', ONEWAY_SECRET_KEY_OLD = '' } = process.env
  const from = `${ONEWAY_SECRET_KEY}\n${ONEWAY_SECRET_KEY_OLD}`
  if (made?.from === from) return made.ring
  const { ONEWAY_SECRET_KEY: text, ONEWAY_SECRET_KEY_OLD: old = [] } = readEnv()
  if (text === undefined)
    throw new Error('ONEWAY_SECRET_KEY not set; npm start and the scripts set it.')
  const ring: Keyring = [sealingKey(text), ...old.map(sealingKey)]
  made = { from, ring }
  return ring
}
