// `npm run test:access -- [--only services|http] [files of the HTTP part]`: calls every service, action, route
// and page in every role and compares the result with e2e/access/matrix.ts. The HTTP part uses a production
// build without a proxy, because no authorization may depend on one (CVE-2025-29927).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { readEnv } from '@/lib/env'
import { root } from './children'
import { createClosing } from './closing'
import { emptyDatabase } from './empty-database'
import { acquire } from './lock.mjs'
import { openStack, type Stack } from './stack'
import { throwAwayFolder } from './throw-away-folder'
import { findFreePort } from './virtual-lab-process'

const dataDir = throwAwayFolder('access')
const factsFile = path.join(dataDir, 'facts.json')
const say = (line: string) => console.log(`· ${line}`)

/**
 * Runs vitest; true if all tests pass. This process reads what the web server prints meanwhile: a server whose pipe is
 * full waits, with every page of it.
 */
async function runTests(files: string[]): Promise<boolean> {
  const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs')
  const args = [vitest, 'run', '--config', 'vitest.access.config.ts', ...files]
  const env = { ...process.env, ONEWAY_ACCESS_FACTS: factsFile }
  const child = spawn(process.execPath, args, { cwd: root, stdio: 'inherit', env })
  const [code] = await once(child, 'exit')
  return code === 0
}

async function open(): Promise<Stack & { close(): Promise<void> }> {
  const closing = createClosing()
  const server = await startEmbedded({ dataDir })
  await emptyDatabase(server.url, dataDir)
  await server.stop()
  rmSync(path.join(dataDir, 'secrets.json'), { force: true })
  const env = readEnv({
    PORT: String(await findFreePort()),
    ONEWAY_DEMO: '1',
    LOG_LEVEL: 'error',
  })
  const stack = await openStack({ mode: 'production', env, dataDir, say, closing })
  return { ...stack, close: () => closing.close() }
}

async function testOverHttp(files: string[]): Promise<boolean> {
  const stack = await open()
  try {
    const { url: baseUrl, databaseUrl, users } = stack
    mkdirSync(dataDir, { recursive: true, mode: 0o700 })
    writeFileSync(factsFile, JSON.stringify({ baseUrl, databaseUrl, users }), { mode: 0o600 })
    return await runTests(files.length > 0 ? files : ['e2e/access/http'])
  } finally {
    await stack.close()
  }
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    options: { only: { type: 'string' } },
    allowPositionals: true,
  })
  const failures: string[] = []
  if (values.only !== 'http' && !(await runTests(['e2e/access/services.access'])))
    failures.push('the services')
  if (values.only !== 'services') {
    const lock = await acquire(dataDir, {}, { waitMs: 600_000 })
    if ('heldBy' in lock) throw new Error(`Another run is using ${dataDir}.`)
    process.on('exit', () => lock.release())
    if (!(await testOverHttp(positionals))) failures.push('actions, routes and pages')
  }
  for (const failure of failures) console.error(`failed: ${failure}`)
  process.exit(failures.length === 0 ? 0 : 1)
}

await main()
