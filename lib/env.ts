import { isIP } from 'node:net'
import { z } from 'zod'
import { withoutTrailing } from './domain/text/typed-text'
import {
  databaseProblems,
  flag,
  oidcProblems,
  oidcVariables,
  portProblems,
  s3Problems,
  s3Variables,
  smtpProblems,
  smtpVariables,
  tlsProblems,
  tlsVariables,
  variable,
} from './env-variables'

// No `import 'server-only'` here: the scripts, which run outside React's server condition, read the
// environment through this file too, and that package throws there. Nothing in `components` may
// import this file at run time; lib/architecture.test.ts checks that.

const secret = z.string().min(32)
const port = z.string().regex(/^\d+$/).transform(Number).pipe(z.int().min(1).max(65535))
const isHttp = (text: string) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol)
const isPostgres = (text: string) =>
  URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
const httpUrl = z
  .string()
  .refine(isHttp)
  .transform((text) => withoutTrailing(text, '/'))

const isNetwork = (text: string) => {
  const [address = '', bits, ...more] = text.split('/')
  const max = { 0: -1, 4: 32, 6: 128 }[isIP(address)] ?? -1
  if (max < 0 || more.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= max)
}
const addresses = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(z.string().refine(isNetwork)))

const secrets = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()))
  .pipe(z.array(secret))

const setByStart = 'set by npm start'

/** Every environment variable Oneway reads, in the order in which they are documented. */
const variables = {
  PORT: variable(port, {
    absent: '3000',
    form: 'a number from 1 to 65535',
    meaning: 'Port at which Oneway is reached.',
  }),
  HOST: variable(z.string().regex(/^[\w.:%-]+$/), {
    absent: '127.0.0.1',
    form: 'an address or host name of this machine, such as 127.0.0.1 or 0.0.0.0',
    meaning: 'Address at which Oneway listens. Anything but loopback opens Oneway to the network.',
  }),
  DATABASE_URL: variable(z.string().refine(isPostgres), {
    absent: 'a bundled PostgreSQL under `ONEWAY_DATA`',
    form: 'a URL such as postgres://user:password@host:5432/database',
    meaning: 'PostgreSQL server and database to use instead of the bundled one.',
  }),
  DATABASE_DIRECT_URL: variable(z.string().refine(isPostgres), {
    absent: '`DATABASE_URL`, which must then keep a session for each client',
    form: 'a URL such as postgres://oneway_app:password@host:5432/database',
    meaning:
      'The same database without a pooler, if `DATABASE_URL` leads to one that keeps no sessions: pages use the pooler, everything else this.',
  }),
  DATABASE_OWNER_URL: variable(z.string().refine(isPostgres), {
    absent: '`DATABASE_URL`',
    form: 'a URL such as postgres://owner:password@host:5432/database',
    meaning:
      'The same database as its owner, used only for migrations, if `DATABASE_URL` names a user with fewer rights.',
  }),
  ONEWAY_DATA: variable(z.string().min(1), {
    absent: '.oneway',
    form: 'a folder, absolute or relative to the clone',
    meaning:
      'Folder for all data: bundled database, secrets, witness, virtual lab, files of attachments.',
  }),
  ONEWAY_WITNESS: variable(z.string().min(1), {
    absent: '`ONEWAY_DATA`/witness',
    form: 'a folder, absolute or relative to the clone',
    meaning:
      'Folder in which a worker remembers what it sent. Each worker started apart needs its own.',
  }),
  ONEWAY_BUNDLED_DATABASE: variable(z.string().min(1), {
    absent: `${setByStart} with the bundled PostgreSQL`,
    form: 'a folder',
    meaning:
      'Folder of the bundled PostgreSQL, whose free space is checked. Without it the free space is unknown and locks nothing.',
  }),
  ONEWAY_DEMO: variable(flag, {
    absent: '1 with the bundled PostgreSQL, 0 with `DATABASE_URL`',
    form: '0 or 1',
    meaning:
      'Whether an empty lab is filled with the demo and the virtual lab runs beside the app.',
  }),
  ONEWAY_BASE_URL: variable(httpUrl, {
    absent: 'http://`HOST`:`PORT`, with loopback for 0.0.0.0; https with a certificate',
    form: 'an address such as https://oneway.example.org',
    meaning:
      'Address under which browsers reach Oneway; under any other name, and from a page of any other address, the answer is 403.',
  }),
  ONEWAY_TRUSTED_PROXIES: variable(addresses, {
    absent: 'no proxy is trusted, and X-Forwarded-… headers are ignored',
    form: 'addresses or networks such as 10.0.0.2, 192.168.7.0/24',
    meaning: 'Proxies in front of Oneway whose X-Forwarded-… headers are trusted.',
  }),
  ONEWAY_METRICS_PORT: variable(port.pipe(z.int().max(65533)), {
    absent: 'no metrics',
    form: 'a number from 1 to 65533; PORT is not among it and the two after it',
    meaning:
      'Port at which Prometheus reads the metrics of the web server; the listener has the next one, the worker the one after. With `--only` the one process has it.',
  }),
  LOG_LEVEL: variable(z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']), {
    absent: 'info',
    form: 'fatal, error, warn, info, debug, trace or silent',
    meaning: 'Lowest severity that is logged.',
  }),
  BETTER_AUTH_SECRET: variable(secret, {
    absent: 'generated once, stored in `ONEWAY_DATA`/secrets.json',
    form: 'at least 32 characters',
    meaning:
      'Key that signs session cookies and encrypts the secrets of authenticator apps. A new one signs everybody out, and authenticator apps must be set up again.',
  }),
  ONEWAY_SECRET_KEY: variable(secret, {
    absent:
      'read from `ONEWAY_SECRET_KEY_FILE`, else generated once, stored in `ONEWAY_DATA`/secrets.json',
    form: 'at least 32 characters',
    meaning:
      "Key that seals the MDM servers' keys in the database. If it is lost they must be entered again.",
  }),
  ONEWAY_SECRET_KEY_FILE: variable(z.string().min(1), {
    absent: 'no such file',
    form: 'a file that only its owner can read (mode 0600)',
    meaning: 'File that holds `ONEWAY_SECRET_KEY`, such as a mounted secret.',
  }),
  ONEWAY_SECRET_KEY_OLD: variable(secrets, {
    absent: 'no old key',
    form: 'keys of at least 32 characters, separated by commas',
    meaning:
      'Earlier values of `ONEWAY_SECRET_KEY`: secrets sealed with them are sealed with the current key at the next start.',
  }),
  ONEWAY_SETUP_CODE: variable(z.string().min(8), {
    absent: 'generated and printed while nobody can sign in yet',
    form: 'at least 8 characters',
    meaning: 'One-time code with which the first visitor becomes the admin.',
  }),
  ONEWAY_WEB_SOCKET: variable(z.string().min(1), {
    absent: `${setByStart} where the listener runs beside the web server`,
    form: 'the path of a socket',
    meaning: 'Socket by which the listener hands requests for pages to the web server.',
  }),
  ONEWAY_VIRTUAL_LAB_URL: variable(httpUrl, {
    absent: `${setByStart} when the virtual lab runs`,
    form: 'an address such as http://127.0.0.1:9000',
    meaning: 'Address of the virtual lab.',
  }),
  ONEWAY_VIRTUAL_LAB_API_KEY: variable(z.string().min(16), {
    absent: 'generated once, stored in `ONEWAY_DATA`/secrets.json',
    form: 'at least 16 characters',
    meaning: "API key of the virtual lab's NanoMDM.",
  }),
  ONEWAY_VIRTUAL_LAB_HMAC_KEY: variable(z.string().min(16), {
    absent: 'generated once, stored in `ONEWAY_DATA`/secrets.json',
    form: 'at least 16 characters',
    meaning: 'Key with which the virtual lab signs its webhook bodies.',
  }),
  ONEWAY_FEEDS_CA_FILE: variable(z.string().min(1), {
    absent: 'the certificates of the system alone, by which Apple’s list is refused',
    form: 'a file of certificates in PEM',
    meaning:
      'Certificates that are trusted for the feeds of the OS catalogue beside those of the system: Apple’s root for gdmf.apple.com.',
  }),
  ...s3Variables,
  ...tlsVariables,
  ...oidcVariables,
  ...smtpVariables,
} as const

type Source = Readonly<Record<string, string | undefined>>
type Name = keyof typeof variables
type Parsed = { [N in Name]?: z.output<(typeof variables)[N]['schema']> }
type Defaulted = 'PORT' | 'HOST' | 'ONEWAY_DATA' | 'ONEWAY_DEMO' | 'ONEWAY_BASE_URL' | 'LOG_LEVEL'
type Given = { [N in Name]: NonNullable<Parsed[N]> }

/** The environment as read; variables with a default are always set. */
export type Env = Pick<Given, Defaulted> & Omit<Parsed, Defaulted>

const neededByApp = ['DATABASE_URL', 'BETTER_AUTH_SECRET'] as const

/** The environment of the running app, including the variables that `npm start` sets. */
export type AppEnv = Env & Pick<Given, (typeof neededByApp)[number]>

const names = Object.keys(variables) as Name[] // Object.keys forgets the key type.

// A secret must not be repeated in an error message, which ends up in logs (fault F46). A database URL
// contains a password, so only its beginning is repeated.
const shown = (name: Name, text: string) => {
  if (/SECRET|KEY|CODE/.test(name)) return `${text.length} characters long`
  return /^(DATABASE_|SMTP_URL$)/.test(name) ? `"${text.slice(0, 8)}…"` : `"${text.slice(0, 200)}"`
}

/** One line per wrong variable: its name, its value, the accepted form. */
function problemsOf(source: Source): string[] {
  const wrong = names.flatMap((name) => {
    const text = source[name]
    const { schema, form } = variables[name]
    if (!text || schema.safeParse(text).success) return []
    return [`${name} is ${shown(name, text)}; it must be ${form}.`]
  })
  const isSet = (name: Name) => Boolean(source[name])
  return [
    ...wrong,
    ...portProblems(source),
    ...databaseProblems(isSet),
    ...s3Problems(isSet),
    ...tlsProblems(isSet),
    ...oidcProblems(isSet),
    ...smtpProblems(isSet),
  ]
}

// A browser cannot open an address that means "every address of this machine".
const loopbackOf: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }

/** The URL at which this machine reaches a server that listens on `HOST` and `PORT`. */
export function localUrl({ HOST, PORT }: { HOST: string; PORT: number }): string {
  const host = loopbackOf[HOST] ?? HOST
  return `http://${host.includes(':') ? `[${host}]` : host}:${PORT}`
}

/**
 * Reads and checks the environment. An empty variable counts as not set, as shells and compose files
 * do not distinguish the two.
 * @throws Error naming every wrong variable, its value and the accepted form
 */
export function readEnv(source: Source = process.env): Env {
  const problems = problemsOf(source)
  if (problems.length > 0) throw new Error(problems.join('\n'))
  const entries = names
    .filter((name) => source[name])
    .map((name) => [name, variables[name].schema.parse(source[name])])
  const given = Object.fromEntries(entries) as Parsed // fromEntries loses which key has which type.
  const { PORT = 3000, HOST = '127.0.0.1', ONEWAY_DATA = '.oneway' } = given
  const { LOG_LEVEL = 'info' } = given
  const plainUrl = localUrl({ HOST, PORT })
  const ownUrl = given.ONEWAY_TLS_CERT_FILE ? plainUrl.replace('http:', 'https:') : plainUrl
  return {
    ...given,
    PORT,
    HOST,
    ONEWAY_DATA,
    LOG_LEVEL,
    ONEWAY_DEMO: given.ONEWAY_DEMO ?? given.DATABASE_URL === undefined,
    ONEWAY_BASE_URL: given.ONEWAY_BASE_URL ?? ownUrl,
  }
}

/** The URL for what needs a session of its own: LISTEN, prepared statements, everything that sends or receives. */
export const sessionUrl = ({ DATABASE_DIRECT_URL, DATABASE_URL }: AppEnv): string =>
  DATABASE_DIRECT_URL ?? DATABASE_URL

let app: AppEnv | undefined

/**
 * The app's environment, parsed at first use and not at import, so that `next build` needs none.
 * @throws Error if a variable is wrong, or one that `npm start` sets is missing
 */
export function env(): AppEnv {
  if (app) return app
  const read = readEnv()
  const missing = neededByApp.filter((name) => read[name] === undefined)
  if (missing.length > 0) {
    throw new Error(
      `${missing.join(' and ')} not set; npm start and npm run dev set what is missing.`,
    )
  }
  app = read as AppEnv // The line above has just looked for every missing name.
  return app
}

/** The table of docs/environment.md. */
export function environmentTable(): string {
  const rows = names.map((name) => {
    const { absent, form, meaning } = variables[name]
    return `| \`${name}\` | ${absent} | ${form} | ${meaning} |`
  })
  return ['| Variable | When absent | Form | Meaning |', '|---|---|---|---|', ...rows, ''].join(
    '\n',
  )
}
