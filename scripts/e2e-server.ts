// The lab of the browser tests: the whole stack on a throw-away database, with a fast virtual lab.
// e2e/global-setup.ts starts it and receives its facts; it ends with that process.
import { rmSync } from 'node:fs'
import path from 'node:path'
import { labName } from '@/e2e/facts'
import { startProvider } from '@/e2e/sign-on/provider'
import { startEmbedded } from '@/lib/db/postgres/embedded'
import { readEnv } from '@/lib/env'
import { createClosing } from './closing'
import { emptyDatabase } from './empty-database'
import { acquire } from './lock.mjs'
import { openStack } from './stack'
import { throwAwayFolder } from './throw-away-folder'
import { findFreePort } from './virtual-lab-process'

const dataDir = throwAwayFolder(labName)
/** Virtual seconds per second. */
const speed = 60
const deadlineMs = 10 * 60_000

const lockFolder = async () => {
  const lock = await acquire(dataDir, {}, { waitMs: deadlineMs })
  if ('heldBy' in lock)
    throw new Error(`Other browser tests have been running in ${dataDir} for ten minutes.`)
  process.on('exit', () => lock.release())
}

/** Starts the OpenID Connect provider of the tests, and sets the app's environment for it. */
const startSignOn = async (port: number) => {
  const redirectUri = `http://127.0.0.1:${port}/api/auth/oidc/callback`
  const provider = await startProvider({ redirectUri })
  closing.add(provider.close)
  Object.assign(process.env, {
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_LABEL: 'Lab account',
    OIDC_EMAIL_DOMAINS: 'lab.example',
    OIDC_ROLES: 'leads=lead;staff=engineer',
    OIDC_SIGN_UP: '1',
  })
  return provider.issuer
}

const openEmpty = async (port: number) => {
  const server = await startEmbedded({ dataDir })
  closing.add(server.stop)
  await emptyDatabase(server.url, dataDir)
  rmSync(path.join(dataDir, 'secrets.json'), { force: true })
  return openStack({
    mode: 'production',
    env: readEnv({ PORT: String(port), ONEWAY_DEMO: '1', LOG_LEVEL: 'warn' }),
    dataDir,
    virtualLab: { speed, seed: 'browser-tests' },
    say: (line) => console.log(`· ${line}`),
    closing,
  })
}

const closing = createClosing()

const end = async () => {
  await closing.close()
  process.exit()
}
process.on('SIGTERM', () => void end())
process.on('disconnect', () => void end())
// Ctrl-C reaches Playwright too, which ends this process after its tests.
process.on('SIGINT', () => undefined)

try {
  await lockFolder()
  const port = await findFreePort()
  const providerUrl = await startSignOn(port)
  const { url, databaseUrl, virtualLabUrl, users } = await openEmpty(port)
  process.send?.({ baseUrl: url, databaseUrl, dataDir, virtualLabUrl, providerUrl, users })
} catch (error) {
  console.error(error)
  await closing.close()
  process.exit(1)
}
