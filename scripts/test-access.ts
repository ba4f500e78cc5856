// `npm run test:access -- [--only services|http]`: every service, action, route and page tried as
// everybody, against e2e/access/matrix.ts. What goes over HTTP goes to a production build, once as it is
// and once without the proxy, on which nothing may depend (CVE-2025-29927).
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@/lib/db/embedded'
import type { DemoUser } from '@/lib/demo/seed'
import { readEnv } from '@/lib/env'
import { root } from './children'
import { createClosing } from './closing'
import { emptyDatabase } from './empty-database'
import { type House, openHouse } from './house'
import { acquire } from './lock.mjs'
import { isBuilt } from './next-build'
import { findFreePort } from './virtual-lab-process'

const dataDir = path.join(root, '.oneway-access')
const withoutProxy = '.next-without-proxy'
const factsFile = path.join(dataDir, 'facts.json')
const say = (line: string) => console.log(`· ${line}`)

/** True where vitest found nothing wrong. */
function runTests(files: string[], distDir?: string): boolean {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--config', 'vitest.access.config.ts', ...files]
  const env = { ...process.env, ONEWAY_ACCESS_FACTS: distDir === undefined ? '' : factsFile }
  return spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit', env }).status === 0
}

async function open(distDir: string, fresh: boolean): Promise<House & { close(): Promise<void> }> {
  const closing = createClosing()
  process.env.NEXT_DIST_DIR = distDir
  if (fresh) {
    const server = await startEmbedded({ dataDir })
    await emptyDatabase(server.url, dataDir)
    await server.stop()
    rmSync(path.join(dataDir, 'secrets.json'), { force: true })
  }
  const env = readEnv({
    PORT: String(await findFreePort()),
    ONEWAY_DEMO: '1',
    LOG_LEVEL: 'error',
  })
  const house = await openHouse({ mode: 'production', env, dataDir, say, closing })
  return { ...house, close: () => closing.close() }
}

/** The build as it would be without proxy.ts: Next finds a proxy by its manifest and by this file. */
function takeProxyOut(): void {
  if (!isBuilt()) throw new Error('the sources were changed while the tests ran: run them again')
  const [from, to] = [path.join(root, '.next'), path.join(root, withoutProxy)]
  rmSync(to, { recursive: true, force: true })
  cpSync(from, to, { recursive: true, filter: (file) => !/\.next[\\/](cache|dev)\b/.test(file) })
  const manifest = path.join(to, 'server', 'functions-config-manifest.json')
  const { functions, ...others } = JSON.parse(readFileSync(manifest, 'utf8'))
  const { '/_middleware': proxy, ...left } = functions
  if (proxy === undefined) throw new Error('the build has no proxy to take out')
  writeFileSync(manifest, JSON.stringify({ ...others, functions: left }))
  rmSync(path.join(to, 'server', 'middleware.js'), { force: true })
}

async function tryOverHttp(distDir: string, known?: DemoUser[]): Promise<[boolean, DemoUser[]]> {
  const house = await open(distDir, known === undefined)
  try {
    const users = known ?? house.users
    if (!users) throw new Error('the demo was filled before this run')
    const { url: baseUrl, databaseUrl } = house
    const facts = { baseUrl, databaseUrl, users, distDir, proxy: distDir === '.next' }
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(factsFile, JSON.stringify(facts), { mode: 0o600 })
    return [runTests(['e2e/access/http'], distDir), users]
  } finally {
    await house.close()
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { only: { type: 'string' } } })
  const failures: string[] = []
  if (values.only !== 'http' && !runTests(['matrix.access', 'services.access']))
    failures.push('the services')
  if (values.only !== 'services') {
    const lock = await acquire(dataDir, {}, { waitMs: 600_000 })
    if ('heldBy' in lock) throw new Error(`Another run holds ${dataDir}.`)
    process.on('exit', () => lock.release())
    const [good, users] = await tryOverHttp('.next')
    if (!good) failures.push('actions, routes and pages')
    say('Once more without the proxy')
    takeProxyOut()
    const [goodWithout] = await tryOverHttp(withoutProxy, users)
    if (!goodWithout) failures.push('actions, routes and pages without the proxy')
  }
  for (const failure of failures) console.error(`wrong: ${failure}`)
  process.exit(failures.length === 0 ? 0 : 1)
}

await main()
