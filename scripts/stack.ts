import path from 'node:path'
import { checkBucket } from '@/lib/attachment-store/check-bucket'
import { appRole, urlForApp } from '@/lib/db/app-role'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { migrateDatabase } from '@/lib/db/postgres/migrate'
import { describeStartError } from '@/lib/db/postgres/start-error'
import { type DemoUser, seedDemo } from '@/lib/demo/seed'
import { weakKeyProblem } from '@/lib/domain/account/weak-key'
import { type Env, localUrl } from '@/lib/env'
import { openStore } from './attached-files'
import type { Child } from './children'
import type { Closing } from './closing'
import { addStory } from './demo-story'
import { build, isBuilt } from './next-build'
import { demandShared, keep, keepRole, planWebSocket, type Role } from './processes'
import { provideSecretKey } from './secret-key'
import { sealDatabase, stopWeakServers } from './secret-store'
import { closeDataDir, readSecrets } from './secrets'
import { findSetupCode, keepSignIn } from './sign-in'
import { planVirtualLab, startVirtualLab, type VirtualLab } from './virtual-lab-process'
import { watchPostgres } from './watch-postgres'

export type StackOptions = {
  mode: 'production' | 'development'
  /** One process alone, for a lab whose processes are started apart. */
  only?: Role | undefined
  env: Env
  /** An absolute path. */
  dataDir: string
  /** Speed of the virtual lab's clock, and seed of its random choices. */
  virtualLab?: { speed?: number; seed?: string }
  say(line: string): void
  closing: Closing
}

export type Stack = {
  url: string
  /** Connects as the owner of the database. */
  databaseUrl: string
  /** The demo's people, only at the start that created them. */
  users: DemoUser[] | undefined
  setupCode: string | undefined
  virtualLabUrl: string | undefined
  /** Settles with the reason when the stack cannot go on. A process that ends is restarted, which is no failure. */
  failed: Promise<string>
}

/** The PostgreSQL of DATABASE_URL is not watched. */
const never = new Promise<string>(() => undefined)

const openDatabase = async ({ env, dataDir, say, closing }: StackOptions) => {
  if (env.DATABASE_URL) {
    say('Using the PostgreSQL of DATABASE_URL')
    const { DATABASE_URL: appUrl, DATABASE_DIRECT_URL: directUrl } = env
    if (directUrl)
      say('Pages go through its pooler; everything else connects by DATABASE_DIRECT_URL')
    const ownerUrl = env.DATABASE_OWNER_URL ?? directUrl
    const login = env.DATABASE_OWNER_URL
      ? { member: decodeURIComponent(new URL(appUrl).username) }
      : {}
    return { ownerUrl: ownerUrl ?? appUrl, appUrl, login, failed: never }
  }
  const server = await startEmbedded({ dataDir })
  const restart = (port: number) => startEmbedded({ dataDir, port })
  const watch = watchPostgres({ server, restart, say })
  closing.add(async () => {
    await watch.stop()
    await server.stop()
  })
  say(server.reused ? 'Found PostgreSQL already running' : 'Started PostgreSQL')
  const { url: ownerUrl, appUrl, appPassword: password } = server
  return { ownerUrl, appUrl, login: { password }, failed: watch.failed }
}

/** Migrates. Returns the URLs for app and worker, which use the restricted role if the owner can create it. */
const migrate = async (
  { env, say }: StackOptions,
  { ownerUrl, appUrl, login }: Awaited<ReturnType<typeof openDatabase>>,
) => {
  const variable =
    (['DATABASE_OWNER_URL', 'DATABASE_DIRECT_URL'] as const).find((name) => env[name]) ??
    'DATABASE_URL'
  const step = 'bringing the database to this version of Oneway'
  const migrated = await migrateDatabase(ownerUrl, undefined, login).catch((cause: unknown) => {
    if (!env.DATABASE_URL) throw cause
    throw new Error(describeStartError(cause, { variable, url: ownerUrl, step }), { cause })
  })
  if (!migrated.hasAppRole)
    say(
      `The owner of this database cannot create the role ${appRole}: the app works as the owner, and no grant protects the record from it`,
    )
  const direct = env.DATABASE_DIRECT_URL
  return {
    DATABASE_URL: urlForApp(appUrl, migrated),
    DATABASE_DIRECT_URL: direct ? urlForApp(direct, migrated) : '',
  }
}

/** The environment of the app, the worker and the virtual lab. */
const environmentOf = (
  options: StackOptions,
  urls: Awaited<ReturnType<typeof migrate>>,
  lab: VirtualLab | undefined,
) => {
  const { env, dataDir, mode } = options
  return {
    ...process.env,
    NODE_ENV: mode,
    PORT: String(env.PORT),
    HOST: env.HOST,
    ...urls,
    DATABASE_OWNER_URL: '',
    ONEWAY_DATA: dataDir,
    ONEWAY_BUNDLED_DATABASE: env.DATABASE_URL ? '' : path.join(dataDir, 'postgres'),
    ONEWAY_DEMO: env.ONEWAY_DEMO ? '1' : '0',
    ONEWAY_BASE_URL: env.ONEWAY_BASE_URL,
    LOG_LEVEL: env.LOG_LEVEL,
    BETTER_AUTH_SECRET: env.BETTER_AUTH_SECRET ?? readSecrets(dataDir).authSecret,
    ONEWAY_VIRTUAL_LAB_URL: lab?.url ?? '',
    ONEWAY_VIRTUAL_LAB_API_KEY: lab?.apiKey ?? '',
    ONEWAY_VIRTUAL_LAB_HMAC_KEY: lab?.hmacKey ?? '',
  }
}

const sealSecrets = async (databaseUrl: string, say: StackOptions['say']) => {
  const { sealed, unreadable } = await sealDatabase(databaseUrl)
  if (sealed > 0) say(`Sealed ${sealed} stored keys of MDM servers`)
  for (const name of unreadable)
    say(`WARNING: the keys of ${name} cannot be decrypted with this sealing key. Enter them again`)
  for (const name of await stopWeakServers(databaseUrl))
    say(`WARNING: sending through ${name} is stopped: its keys protect nothing. Enter new ones`)
}

/** Refuses a weak key for signing sessions, except in the demo. A generated key is never weak. */
const refuseWeakSecret = ({ env }: StackOptions) => {
  const { BETTER_AUTH_SECRET: given, ONEWAY_DEMO: demo } = env
  const problem = given === undefined || demo ? undefined : weakKeyProblem(given)
  if (problem !== undefined)
    throw new Error(`BETTER_AUTH_SECRET protects nothing: ${problem}. Set a random one.`)
}

/** Object storage that refuses its settings ends the start; one that is down does not: replies must be received. */
const checkObjectStorage = async ({ env, dataDir, say }: StackOptions) => {
  const { bucket } = openStore({ env, dataDir })
  const warning = bucket && (await checkBucket(bucket))
  if (warning !== undefined) say(`WARNING: ${warning}`)
}

const fillDatabase = async (
  { env, dataDir, virtualLab, say }: StackOptions,
  databaseUrl: string,
  lab: VirtualLab | undefined,
) => {
  if (!env.ONEWAY_DEMO || !lab) return undefined
  const { url, apiKey, hmacKey } = lab
  const filled = await seedDemo(databaseUrl, { url, apiKey, hmacKey })
  if (!filled) return undefined
  keepSignIn(dataDir, filled.users)
  const seed = virtualLab?.seed ?? process.env.VIRTUAL_LAB_SEED
  await addStory(databaseUrl, filled.users, { dataDir, seed, say })
  return filled.users
}

const labSettings = ({ virtualLab }: StackOptions) => ({
  ...(virtualLab?.speed === undefined ? {} : { VIRTUAL_LAB_SPEED: String(virtualLab.speed) }),
  ...(virtualLab?.seed === undefined ? {} : { VIRTUAL_LAB_SEED: virtualLab.seed }),
})

const buildIfChanged = async (
  { mode, only, say, closing }: StackOptions,
  begin: (child: Child) => void,
) => {
  const hasPages = only === undefined || only === 'web'
  if (!hasPages || mode === 'development' || isBuilt()) return
  const begun = Date.now()
  say('Building the app (when its sources changed; a minute or two) …')
  await build(begin)
  say(`Built in ${Math.round((Date.now() - begun) / 1000)} s`)
  closing.check()
}

/** Starts what was asked for: one process, or all of them with the virtual lab. Development has no listener. */
const startProcesses = async (
  options: StackOptions,
  appEnv: NodeJS.ProcessEnv,
  lab: VirtualLab | undefined,
) => {
  const { mode, only, env, dataDir, say, closing } = options
  if (only !== undefined) {
    say(`Starting the ${only === 'web' ? 'web server' : only} alone`)
    return keepRole(options, only, appEnv)
  }
  const isApart = mode === 'production'
  const socket = isApart ? { ONEWAY_WEB_SOCKET: planWebSocket(closing) } : {}
  // The listener comes first, to receive the check-ins of the virtual devices; the worker comes last, so that
  // the MDM server is ready for what it sends. They are stopped in reverse order.
  if (isApart) await keepRole(options, 'listener', { ...appEnv, ...socket })
  say('Starting the web server')
  await keepRole(options, 'web', { ...appEnv, ...socket })
  if (lab) {
    say('Starting the virtual lab')
    const labEnv = { ...process.env, ...labSettings(options) }
    const place = { dataDir, appUrl: localUrl(env), env: labEnv }
    await keep(options, (started) => startVirtualLab(lab, place, started))
  }
  await keepRole(options, 'worker', appEnv)
}

/**
 * Starts the stack: build, database, migrations, demo, listener, web server, virtual lab, worker. `npm start`,
 * `npm run dev` and the browser tests all use it.
 * @throws Error with the output of what failed; `closing` then stops what was started
 */
export async function openStack(options: StackOptions): Promise<Stack> {
  const { env, only, dataDir, say, closing } = options
  if (only !== undefined) demandShared(env)
  refuseWeakSecret(options)
  closeDataDir(dataDir)
  provideSecretKey(env, dataDir)
  const begin = (child: Child) => closing.add(() => child.stop())
  await buildIfChanged(options, begin)
  await checkObjectStorage(options)
  const database = await openDatabase(options)
  closing.check()
  const urls = await migrate(options, database)
  const databaseUrl = urls.DATABASE_DIRECT_URL || urls.DATABASE_URL
  await sealSecrets(database.ownerUrl, say)
  closing.check()
  const lab = env.ONEWAY_DEMO ? await planVirtualLab(dataDir) : undefined
  const childEnv = environmentOf(options, urls, lab)
  const users = await fillDatabase(options, databaseUrl, lab)
  const setupCode = await findSetupCode(databaseUrl, env.ONEWAY_SETUP_CODE)
  closing.check()
  await startProcesses(options, { ...childEnv, ONEWAY_SETUP_CODE: setupCode ?? '' }, lab)
  return {
    url: env.ONEWAY_BASE_URL,
    databaseUrl: database.ownerUrl,
    users,
    setupCode,
    virtualLabUrl: lab?.url,
    failed: database.failed,
  }
}
