// Second half of `npm start` and `npm run dev`, on the pinned Node; the first half is scripts/start.mjs.
import path from 'node:path'
import { type Env, readEnv } from '@/lib/env'
import {
  type Certificate,
  checkCertificate,
  httpsOptions,
  selfMadeCertificate,
} from './certificate'
import { root } from './children'
import { createClosing } from './closing'
import { bundledPostgres, postgresAge } from './postgres-age'
import { onlyRole, type Role } from './processes'
import { describeUsers, hasSignInFile, signInFile } from './sign-in'
import { openStack, type Stack } from './stack'

const mode = process.argv.includes('dev') ? 'development' : 'production'
const begunAt = Date.now()
const closing = createClosing()

const say = (line: string) => {
  const seconds = ((Date.now() - begunAt) / 1000).toFixed(1)
  console.log(`· ${line}  (${seconds} s)`)
}

const end = (message: string): never => {
  console.error(`\n${message}\n`)
  process.exit(1)
}

/** Settings of the environment, and a certificate where https is wanted: the web server finds its files there too. */
const readSettings = async (): Promise<{ env: Env; certificate: Certificate | undefined }> => {
  const { https, files } = httpsOptions(process.argv.slice(2))
  if (files) setFiles(files)
  const env = readEnv()
  const { ONEWAY_TLS_CERT_FILE: certFile, ONEWAY_TLS_KEY_FILE: keyFile } = env
  const isGiven = certFile !== undefined && keyFile !== undefined
  if (!https && !isGiven) return { env, certificate: undefined }
  if (mode === 'development')
    throw new Error('The development server speaks no https; start with npm start.')
  if (isGiven) {
    const own = { certFile: path.resolve(root, certFile), keyFile: path.resolve(root, keyFile) }
    setFiles(own)
    const withHttps = readHttps()
    const certificate = checkCertificate(own, withHttps.ONEWAY_BASE_URL, new Date())
    return { env: withHttps, certificate }
  }
  const given = process.env.ONEWAY_BASE_URL || env.ONEWAY_BASE_URL.replace('http:', 'https:')
  const dataDir = path.resolve(root, env.ONEWAY_DATA)
  const certificate = await selfMadeCertificate(dataDir, given, new Date())
  setFiles(certificate)
  return { env: readHttps(), certificate }
}

const setFiles = ({ certFile, keyFile }: { certFile: string; keyFile: string }) =>
  Object.assign(process.env, { ONEWAY_TLS_CERT_FILE: certFile, ONEWAY_TLS_KEY_FILE: keyFile })

const readHttps = (): Env => {
  const env = readEnv()
  if (env.ONEWAY_BASE_URL.startsWith('https:')) return env
  throw new Error(
    `ONEWAY_BASE_URL is "${env.ONEWAY_BASE_URL}"; with https it must begin with https://.`,
  )
}

const readSettingsOrEnd = async () => {
  try {
    const only = onlyRole(process.argv.slice(2))
    if (only !== undefined && mode === 'development')
      throw new Error('The development server is one process; --only belongs to npm start.')
    return { ...(await readSettings()), only }
  } catch (error) {
    return end(error instanceof Error ? error.message : String(error))
  }
}

const httpsLines = ({ selfMade, certFile, fingerprint, validTo }: Certificate): string[] => [
  `${selfMade ? 'a certificate made by Oneway' : certFile}, until ${validTo.toISOString().slice(0, 10)}`,
  `SHA-256 ${fingerprint}`,
  ...(selfMade
    ? ['browsers warn, and keep nothing offline, until they trust it: docs/operations.md']
    : []),
]

const signInLines = ({ users, setupCode, url }: Stack, dataDir: string): string[] => {
  if (users) return [...describeUsers(users), `stored in ${signInFile(dataDir)}`]
  if (setupCode) return [`open ${url}/set-up and create the admin with the code ${setupCode}`]
  if (hasSignInFile(dataDir)) return [`the demo's passwords are in ${signInFile(dataDir)}`]
  return ['with your email and password; an admin can reset a password']
}

const announce = (stack: Stack, env: Env, dataDir: string, baseUrlGiven: boolean) => {
  const rows: [string, string[]][] = [
    ['Address', [stack.url]],
    ['Sign in', signInLines(stack, dataDir)],
    ['Data', [env.DATABASE_URL ? `the PostgreSQL of DATABASE_URL, and ${dataDir}` : dataDir]],
    ...(certificate ? [['HTTPS', httpsLines(certificate)] satisfies [string, string[]]] : []),
    ...(env.DATABASE_URL
      ? []
      : [['Database', [postgresAge(bundledPostgres(), new Date())]] satisfies [string, string[]]]),
    ['Lab', [stack.virtualLabUrl ? 'virtual: every device is SIMULATED' : 'real MDM servers only']],
    ['Stop', ['Ctrl-C']],
  ]
  if (!baseUrlGiven && ['0.0.0.0', '::'].includes(env.HOST)) {
    rows.push(['Note', ['other machines can open it only once ONEWAY_BASE_URL names this one']])
  }
  const lines = rows.flatMap(([title, texts]) =>
    texts.map((text, index) => `  ${(index === 0 ? title : '').padEnd(10)}${text}`),
  )
  console.log(`\n  Oneway is running.\n\n${lines.join('\n')}\n`)
}

/** One process of several: where it listens, and how the first admin signs in. */
const announceOne = (only: Role, stack: Stack, { HOST, PORT }: Env, dataDir: string) => {
  const place = only === 'worker' ? '' : ` on ${HOST}:${PORT}, for ${stack.url}`
  const signIn = only === 'web' ? `\n  Sign in   ${signInLines(stack, dataDir).join('; ')}\n` : ''
  const name = only === 'web' ? 'web server' : only
  console.log(`\n  The ${name} of Oneway is running${place}.\n${signIn}`)
}

const { env, certificate, only } = await readSettingsOrEnd()
const dataDir = path.resolve(root, env.ONEWAY_DATA)
const baseUrlGiven = Boolean(process.env.ONEWAY_BASE_URL)
const opening = openStack({ mode, only, env, dataDir, say, closing })

let stopping = false
const stop = async (exitCode: number) => {
  if (stopping) return
  stopping = true
  if (exitCode === 0) console.log('\n· Stopping')
  await closing.close()
  // A step that was under way may have started another process meanwhile.
  await opening.catch(() => undefined)
  await closing.close()
  if (exitCode === 0) console.log('· Stopped; all data is kept')
  process.exit(exitCode)
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0))
// scripts/start.mjs was killed: the servers end with this process, by their IPC channels, so that the port is
// free at once. PostgreSQL keeps running, and the next start finds it.
process.on('disconnect', () => process.exit(1))

try {
  const stack = await opening
  if (only === undefined) announce(stack, env, dataDir, baseUrlGiven)
  else announceOne(only, stack, env, dataDir)
  const reason = await stack.failed
  if (!stopping) {
    console.error(`\n${reason}. See its output above.\n`)
    await stop(1)
  }
} catch (error) {
  if (!stopping) {
    console.error(`\n${error instanceof Error ? error.message : String(error)}\n`)
    await stop(1)
  }
}
