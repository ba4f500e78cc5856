import { randomBytes } from 'node:crypto'
import { isSpeed, maxSpeed, minSpeed } from './clock'
import type { StorageKind } from './nanomdm-store'
import { storageKinds } from './nanomdm-store'

/** The settings of the process, read once. */
export type LabEnvironment = {
  port: number
  host: string
  stateFolder: string
  webhookUrl?: string | undefined
  apiKey: string
  hmacKey?: string | undefined
  speed: number
  seed: string
  /** The storage of a new lab; a scenario names its own. */
  storage: StorageKind
  /** The header in which visiting devices send their certificate; without it there is no /mdm. */
  certificateHeader?: string | undefined
  /** A scenario's file. */
  scenarioFile?: string | undefined
}

type Env = Record<string, string | undefined>

const isPort = (text: string) => /^\d{1,5}$/.test(text) && Number(text) <= 65_535

const isWebUrl = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)

const known = [
  'VIRTUAL_LAB_PORT',
  'VIRTUAL_LAB_HOST',
  'VIRTUAL_LAB_STATE',
  'VIRTUAL_LAB_WEBHOOK_URL',
  'VIRTUAL_LAB_API_KEY',
  'VIRTUAL_LAB_HMAC_KEY',
  'VIRTUAL_LAB_SPEED',
  'VIRTUAL_LAB_SEED',
  'VIRTUAL_LAB_STORAGE',
  'VIRTUAL_LAB_SCENARIO',
  'VIRTUAL_LAB_CERT_HEADER',
]

const storageIn = (env: Env): StorageKind | undefined =>
  storageKinds.find((kind) => kind === (env.VIRTUAL_LAB_STORAGE || 'pgsql'))

const complaints = (env: Env): string[] => {
  const wrong: string[] = []
  const { VIRTUAL_LAB_PORT: port, VIRTUAL_LAB_WEBHOOK_URL: url, VIRTUAL_LAB_SPEED: speed } = env
  const { VIRTUAL_LAB_CERT_HEADER: header } = env
  if (port && !isPort(port))
    wrong.push(`VIRTUAL_LAB_PORT is "${port}": give a port from 0 to 65535`)
  if (url && !isWebUrl(url))
    wrong.push(`VIRTUAL_LAB_WEBHOOK_URL is "${url}": give an http or https address`)
  if (speed && !isSpeed(Number(speed)))
    wrong.push(`VIRTUAL_LAB_SPEED is "${speed}": give a number from ${minSpeed} to ${maxSpeed}`)
  if (header && !/^[A-Za-z0-9-]+$/.test(header))
    wrong.push(`VIRTUAL_LAB_CERT_HEADER is "${header}": give a name such as X-Client-Cert`)
  if (!storageIn(env))
    wrong.push(
      `VIRTUAL_LAB_STORAGE is "${env.VIRTUAL_LAB_STORAGE}": give ${storageKinds.join(' or ')}`,
    )
  if (!env.VIRTUAL_LAB_STATE)
    wrong.push('VIRTUAL_LAB_STATE is missing: give the folder that keeps the virtual devices')
  if (!env.VIRTUAL_LAB_API_KEY)
    wrong.push('VIRTUAL_LAB_API_KEY is missing: give the password of the API user nanomdm')
  const strange = Object.keys(env).filter(
    (name) => name.startsWith('VIRTUAL_LAB_') && !known.includes(name),
  )
  return [...wrong, ...strange.map((name) => `${name} is not known; known are ${known.join(', ')}`)]
}

/**
 * Reads the environment; an empty variable counts as not set. Gives all complaints at once. `usual` has the seed and
 * speed of a scenario.
 */
export function readEnvironment(
  env: Env,
  usual: { seed?: string; speed?: number | undefined } = {},
): LabEnvironment | { complaints: string[] } {
  const wrong = complaints(env)
  if (wrong.length > 0) return { complaints: wrong }
  return {
    port: Number(env.VIRTUAL_LAB_PORT || '9001'),
    host: env.VIRTUAL_LAB_HOST || '127.0.0.1',
    stateFolder: env.VIRTUAL_LAB_STATE || '',
    webhookUrl: env.VIRTUAL_LAB_WEBHOOK_URL || undefined,
    apiKey: env.VIRTUAL_LAB_API_KEY || '',
    hmacKey: env.VIRTUAL_LAB_HMAC_KEY || undefined,
    speed: Number(env.VIRTUAL_LAB_SPEED || usual.speed || '1'),
    seed: env.VIRTUAL_LAB_SEED || usual.seed || randomBytes(4).toString('hex'),
    storage: storageIn(env) ?? 'pgsql',
    certificateHeader: env.VIRTUAL_LAB_CERT_HEADER || undefined,
    scenarioFile: env.VIRTUAL_LAB_SCENARIO || undefined,
  }
}
