import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { expect, test } from 'vitest'
import { trailTables } from './db/audit/trail-tables'

type Layer = { may: string[]; never: RegExp }

const ofTheWire = /^(next|react|drizzle-orm|postgres)/
const ofPages = /^(next|react)/
const ofTheDatabase = /^(drizzle-orm|postgres|node:)/
/** What a use case needs of the database: queries, and a transaction around them. */
const database = ['lib/db/client', 'lib/db/transact', 'lib/db/errors', 'lib/db/queries']
const core = (...folders: string[]) => folders.map((folder) => `lib/core/${folder}`)

/**
 * What the files of each folder may import of this repository beside their own folder, at run time or as a
 * type, and the packages they must not know of. The longest row that fits a file is its row.
 * docs/decisions/001-layers.md says why.
 */
const layers: Record<string, Layer> = {
  lib: { may: ['lib/domain'], never: ofTheWire },
  'lib/domain': { may: [], never: /^[^/]/ },
  // Distributions come from packages of pure functions: docs/decisions/056-distributions-from-packages.md.
  'lib/domain/statistics': { may: ['lib/domain'], never: /^(?!\/|@stdlib\/)/ },
  'lib/mdm': { may: ['lib/domain'], never: ofTheWire },
  'lib/virtual-lab': { may: ['lib/domain', 'lib/mdm'], never: ofTheWire },
  // Bytes of a file into a table: it knows encodings and separators, and no database.
  'lib/import-file': { may: ['lib/domain', 'lib/mdm/plist', 'lib/one-thread'], never: ofTheWire },
  // A report in words into a PDF: it knows fonts, and nothing of trials.
  'lib/report-pdf': { may: ['lib/domain', 'lib/one-thread'], never: ofTheWire },
  // Entries of a calendar into a file: it knows iCalendar, and no database.
  'lib/calendar-file': { may: ['lib/domain'], never: ofTheWire },
  // Files of the data folder or of object storage, and how they arrive: bytes, and no database.
  'lib/attachment-store': { may: ['lib/domain', 'lib/mdm/server-url'], never: ofTheWire },
  'lib/witness': { may: ['lib/domain'], never: ofTheWire },

  'lib/db': { may: ['lib/db/schema', 'lib/domain', 'lib/env', 'lib/log'], never: ofPages },
  // How kinds of MDM servers differ is data of lib/mdm that knows nothing of the wire; a check is made of it.
  'lib/db/schema': { may: ['lib/domain', 'lib/mdm/server-kinds'], never: ofPages },
  // The texts of views, functions and guards, and what is written into them.
  'lib/db/sql': { may: ['lib/db/schema', 'lib/domain'], never: ofPages },
  'lib/db/driver': { may: ['lib/db/errors'], never: ofPages },
  'lib/db/secrets': { may: ['lib/env'], never: ofPages },
  'lib/db/audit': { may: ['lib/db', 'lib/domain'], never: ofPages },
  'lib/db/postgres': { may: ['lib/db', 'lib/env'], never: ofPages },
  'lib/db/queries': {
    may: ['lib/db', 'lib/domain', 'lib/mdm/destination', 'lib/env'],
    never: ofPages,
  },

  'lib/credentials': {
    may: [...database, 'lib/db/schema', 'lib/domain'],
    never: /^(next|react|postgres)/,
  },
  'lib/core/shared': { may: [...database, 'lib/domain', 'lib/mdm/server'], never: ofTheWire },
  'lib/core/kernel': {
    may: [...core('shared'), ...database, 'lib/db/audit/check-folds', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/release': {
    may: [...core('shared', 'kernel'), ...database, 'lib/mdm', 'lib/domain', 'lib/witness'],
    never: ofTheWire,
  },
  'lib/core/trials': {
    may: [...core('shared', 'kernel'), ...database, 'lib/mdm', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/ingest': {
    may: [...core('shared', 'kernel', 'release', 'trials'), ...database, 'lib/mdm', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/record': {
    may: [
      ...core('shared', 'kernel', 'trials'),
      ...database,
      'lib/db/audit/page',
      'lib/db/audit/past',
      'lib/mdm',
      'lib/domain',
    ],
    never: ofTheWire,
  },
  'lib/core/devices': {
    may: [...core('shared', 'kernel', 'ingest'), ...database, 'lib/import-file', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/home': {
    may: [...core('shared', 'release'), ...database, 'lib/mdm/errors', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/catalogue': {
    may: [...core('shared'), ...database, 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/notices': {
    may: [
      ...core('shared'),
      ...database,
      ...['lib/db/audit/record-action', 'lib/mdm', 'lib/domain', 'lib/paths'],
    ],
    never: ofTheWire,
  },
  'lib/core/accounts': {
    may: [...core('shared'), ...database, 'lib/credentials', 'lib/domain'],
    never: ofTheWire,
  },
  'lib/core/lab': {
    may: [...core('shared'), ...database, 'lib/mdm', 'lib/domain', 'lib/virtual-lab'],
    never: ofTheWire,
  },
  // The guard of pages and routes: above the core, which never imports it.
  'lib/auth': {
    may: [
      ...core('shared', 'kernel', 'accounts'),
      'lib/credentials',
      'lib/db',
      'lib/domain',
      'lib/env',
      'lib/env-variables',
      'lib/log',
      'lib/paths',
      'lib/text-answers',
    ],
    never: /^postgres/,
  },
  // What the API answers, for the web server and for the route handlers: it knows no request and no key.
  'lib/api': {
    may: ['lib/db/client', 'lib/db/queries', 'lib/domain', 'lib/text-answers'],
    never: ofTheWire,
  },
  'lib/mail': {
    may: ['lib/db/audit/chain', 'lib/domain', 'lib/env', 'lib/env-variables'],
    never: ofTheWire,
  },
  'lib/demo': {
    may: [
      'lib/core',
      'lib/credentials',
      ...database,
      'lib/domain',
      ...['lib/mdm/server-kinds', 'lib/mdm/nanomdm', 'lib/mdm/declarations/client'],
      'lib/mdm/server-call',
      'lib/virtual-lab',
      'lib/witness',
      'lib/worker/carry-on',
    ],
    never: ofTheWire,
  },
  'lib/worker': {
    may: [
      ...['lib/core', 'lib/db', 'lib/mail/smtp', 'lib/mdm', 'lib/domain', 'lib/witness'],
      ...['lib/env', 'lib/log', 'lib/attachment-store', 'lib/operations'],
    ],
    never: /^(next|react|drizzle-orm)/,
  },
  // How a process shows to others that it works: knows of the lab no more than numbers.
  'lib/operations': { may: ['lib/db/queries/lab-metrics', 'lib/domain'], never: ofTheWire },
  'lib/listener': {
    may: [
      'lib/web',
      'lib/operations',
      'lib/auth/origins',
      'lib/db',
      'lib/env',
      'lib/log',
      'lib/request-id',
    ],
    never: /^(next|react|drizzle-orm)/,
  },
  'lib/web': {
    may: [
      'lib/paths',
      ...core('shared', 'ingest'),
      'lib/api',
      'lib/auth/api-key-request',
      'lib/auth/origins',
      'lib/auth/refusal-answers',
      'lib/auth/security-events',
      'lib/db',
      'lib/mdm',
      'lib/domain',
      'lib/env',
      'lib/log',
      'lib/operations',
      'lib/text-answers',
      'lib/request-id',
    ],
    never: /^(next\/|react|drizzle-orm)/,
  },

  'components/data': {
    may: ['components/forms', 'lib/domain', 'lib/paths', 'lib/core/record'],
    never: ofTheDatabase,
  },
  'components/charts': { may: ['lib/domain', 'lib/paths'], never: ofTheDatabase },
  'components/report': { may: ['components/data', 'lib/domain'], never: ofTheDatabase },
  'components/forms': { may: ['lib/domain', 'lib/core/shared'], never: ofTheDatabase },
  'components/device': {
    may: ['components/data', 'lib/domain', 'lib/db/queries'],
    never: ofTheDatabase,
  },
  'components/trial': {
    may: ['components/data', 'lib/domain', 'lib/paths', 'lib/db/queries'],
    never: ofTheDatabase,
  },
  'components/lab': {
    may: ['components/data', 'lib/domain', 'lib/paths', 'lib/virtual-lab'],
    never: ofTheDatabase,
  },
  'components/shell': {
    may: [
      'components/data',
      'components/forms',
      'components/lab',
      'lib/domain',
      'lib/paths',
      'lib/core/shared',
      'lib/db/queries',
    ],
    never: ofTheDatabase,
  },
  app: { may: ['components', 'lib'], never: /^drizzle-orm|^\/lib\/db\/schema/ },
}

/** What a browser loads of these is their types only. */
const onlyAsTypes: Record<string, RegExp> = {
  components: /^\/lib\/(?:core|db|virtual-lab)\//,
  'lib/core/lab': /^\/lib\/virtual-lab\//,
}

const isSource = (file: string) => /\.(tsx?|js)$/.test(file) && !/\btest(ing)?\b/.test(file)

type Import = { from: string; type: boolean }

/** What a file imports, packages by name and our own files as `/lib/…`. */
function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8')
  const pattern = /^(?:import|export)\s+(type\s+)?(?:[^'";]*?\sfrom\s+)?'([^']+)'/gms
  return [...text.matchAll(pattern)].map(([whole, type, from = '']) => ({
    from: placeOf(file, from),
    type: type !== undefined || onlyTypes(whole),
  }))
}

function placeOf(file: string, from: string): string {
  if (from.startsWith('@/')) return from.slice(1)
  return from.startsWith('.') ? `/${join(dirname(file), from)}` : from
}

/** What it brings in at run time; a type costs nothing there. */
const loadedBy = (file: string) =>
  importsOf(file)
    .filter(({ type }) => !type)
    .map(({ from }) => from)

/** `import { type A, type B } from` brings nothing at run time. */
function onlyTypes(statement: string): boolean {
  const names = /^import\s*\{([^}]*)\}/s.exec(statement)?.[1]
  if (names === undefined) return false
  const parts = names
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  return parts.length > 0 && parts.every((name) => name.startsWith('type '))
}

const filesOf = (layer: string) =>
  readdirSync(layer, { recursive: true, encoding: 'utf8' })
    .map((file) => join(layer, file))
    .filter(isSource)

const rowOf = (file: string) =>
  Object.keys(layers)
    .filter((layer) => file.startsWith(`${layer}/`))
    .sort((one, other) => other.length - one.length)[0]

const isIn = (from: string, folder: string) => `${from}/`.startsWith(`/${folder}/`)

test('every folder under lib and components has a row of its own', () => {
  const folders = ['lib', 'lib/core', 'lib/db', 'components'].flatMap((parent) =>
    readdirSync(parent, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && filesOf(join(parent, entry.name)).length > 0)
      .map((entry) => join(parent, entry.name)),
  )
  expect(folders.length).toBeGreaterThan(30)
  expect(folders.filter((folder) => folder !== 'lib/core' && !layers[folder])).toEqual([])
  expect(filesOf('components').filter((file) => rowOf(file) === undefined)).toEqual([])
})

test.each(Object.entries(layers))('%s imports only what it may', (layer, { may, never }) => {
  const files = filesOf(layer).filter((file) => rowOf(file) === layer)
  expect(files.length).toBeGreaterThan(0)
  const typesOf = Object.entries(onlyAsTypes).find(([place]) => `${layer}/`.startsWith(`${place}/`))
  const allowed = ({ from, type }: Import) =>
    (type || (!never.test(from) && !typesOf?.[1].test(from))) &&
    (!from.startsWith('/') || [layer, ...may].some((folder) => isIn(from, folder)))
  const strays = files.flatMap((file) =>
    importsOf(file)
      .filter((one) => !allowed(one))
      .map(({ from }) => `${file} -> ${from}`),
  )
  expect(strays).toEqual([])
})

/** Groups of files that reach one another, by Tarjan's algorithm. */
function circlesOf(files: string[], reached: (file: string) => string[]): string[][] {
  const found: string[][] = []
  const state = new Map<string, { index: number; low: number; open: boolean }>()
  const stack: string[] = []
  const visit = (file: string) => {
    const own = { index: state.size, low: state.size, open: true }
    state.set(file, own)
    stack.push(file)
    for (const next of reached(file)) {
      const seen = state.get(next) ?? visit(next)
      if (seen.open) own.low = Math.min(own.low, seen.low)
    }
    if (own.low === own.index) {
      const group = stack.splice(stack.indexOf(file))
      for (const member of group) Object.assign(state.get(member) ?? {}, { open: false })
      if (group.length > 1) found.push(group.sort())
    }
    return own
  }
  for (const file of files) if (!state.has(file)) visit(file)
  return found
}

test('no files import one another in a circle, not even types', () => {
  const files = ['app', 'components', 'lib'].flatMap(filesOf)
  const known = new Set(files)
  const fileOf = (from: string) =>
    [`${from.slice(1)}.ts`, `${from.slice(1)}.tsx`].filter((file) => known.has(file))
  const reached = (file: string) => importsOf(file).flatMap(({ from }) => fileOf(from))
  expect(circlesOf(files, reached)).toEqual([])
  const ring: Record<string, string[]> = { a: ['b'], b: ['c'], c: ['b'] }
  expect(circlesOf(['a', 'b', 'c'], (file) => ring[file] ?? [])).toEqual([['b', 'c']])
})

const ownFiles = ['app', 'components', 'lib'].flatMap(filesOf)
const is = (directive: 'client' | 'server') => (file: string) =>
  new RegExp(`^'use ${directive}'`).test(readFileSync(file, 'utf8'))

/** The files themselves and what they bring in, further and further, up to those that `ends` names. */
function reachedFrom(starts: readonly string[], ends: (file: string) => boolean): string[] {
  const known = new Set(ownFiles)
  const seen = new Set(starts)
  // A set that grows while it is walked: each file is visited once.
  for (const file of seen)
    if (!ends(file))
      for (const from of loadedBy(file))
        for (const one of [`${from.slice(1)}.ts`, `${from.slice(1)}.tsx`])
          if (known.has(one)) seen.add(one)
  return [...seen]
}

// The actions of a page stay on the server.
const browserFilesOf = (starts: readonly string[]) => reachedFrom(starts, is('server'))

// The packages of distributions compile functions from texts, which the Content Security Policy refuses in a browser.
test('nothing that a browser loads computes with the packages of distributions', () => {
  const browser = ownFiles.filter(is('client'))
  expect(browser.length).toBeGreaterThan(50)
  const compiling = browserFilesOf(browser).filter((file) =>
    loadedBy(file).some((from) => from.startsWith('@stdlib')),
  )
  expect(compiling).toEqual([])
})

test('a phone at the bench loads no schemas, no form library, no search dialog and none of Apple’s documents', () => {
  const shown = reachedFrom(['app/layout.tsx', 'app/trials/[id]/page.tsx'], is('client'))
  const loaded = browserFilesOf(shown.filter(is('client')))
  expect(loaded).toContain('app/trials/[id]/observe/bench.tsx')
  const heavy =
    /^(zod|react-hook-form|@simplewebauthn|@mantine\/spotlight|recharts|\/lib\/domain\/documentation\/)/
  const strays = loaded.flatMap((file) =>
    is('server')(file) ? [] : loadedBy(file).filter((from) => heavy.test(from)),
  )
  expect(strays).toEqual([])
})

/** What only dialogs, menus and the fields of an entry are made of. */
const ofPresses =
  /\b(Modal|Drawer|Menu|Popover|Select|Combobox|Autocomplete|Textarea|PasswordInput|Radio|Checkbox)\b/
const mantineNames = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/^import \{([^}]*)\} from '@mantine\/core'/gm)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) => name.trim())

test('what opens at a press is not loaded with the page of a trial', () => {
  const shown = reachedFrom(['app/layout.tsx', 'app/trials/[id]/page.tsx'], is('client'))
  const loaded = [...new Set([...shown, ...browserFilesOf(shown.filter(is('client')))])]
  const strays = loaded.flatMap((file) =>
    mantineNames(file)
      .filter((name) => ofPresses.test(name))
      .map((name) => `${file}: ${name}`),
  )
  expect(strays).toEqual([])
  expect(mantineNames('app/trials/[id]/release/sign-modal.tsx')).toContain('Modal')
})

// Its worker keeps what its HTML names: docs/decisions/110-what-a-press-opens-comes-later.md.
test('the bench without a connection brings with it what its presses open', () => {
  const loaded = browserFilesOf(['app/trials/offline/offline-bench.tsx'])
  const later = loaded.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bimport\('([./@][^']+)'\)/g)].map(
      ([, from = '']) => `${placeOf(file, from).slice(1)}.tsx`,
    ),
  )
  expect(later).toContain('app/trials/[id]/observe/entry.tsx')
  expect(later.filter((file) => !loaded.includes(file))).toEqual([])
})

// Next asks beforehand for what each of its links shows.
test('pages link by components/data/link.tsx', () => {
  const direct = ownFiles.filter((file) =>
    /import (\w+|\{[^}]*default[^}]*\}).* from 'next\/link'/.test(readFileSync(file, 'utf8')),
  )
  expect(direct).toEqual(['components/data/link.tsx'])
})

test('a page does not reach into the route folder of its neighbour', () => {
  const nounOf = (path: string) => path.split('/')[path.startsWith('/') ? 2 : 1] ?? ''
  // What stands in app/ itself, such as the layout, holds the rooms together.
  const inRooms = filesOf('app').filter((file) => file.split('/').length > 2)
  const strays = inRooms.flatMap((file) =>
    loadedBy(file)
      .filter(
        (from) =>
          from.split('/').length > 3 && from.startsWith('/app/') && nounOf(from) !== nounOf(file),
      )
      .map((from) => `${file} -> ${from}`),
  )
  expect(strays).toEqual([])
})

const sources = ['app', 'components', 'lib', 'scripts', 'bench', 'e2e'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((file) => join(folder, file))
    .filter((file) => /\.(tsx?|m?js)$/.test(file)),
)

test('no file but data and tests is longer than 300 lines', () => {
  const long = sources
    .filter((file) => isSource(file) && !/(schema\/\w+|access\/matrix)\.ts$/.test(file))
    .filter((file) => readFileSync(file, 'utf8').split('\n').length > 300)
  expect(long).toEqual([])
})

test('property tests draw from one seed, which a failure prints', () => {
  const chance = new RegExp(`from '${'fast-check'}'|${'Math.random'}\\(`)
  const drawing = sources.filter(
    (file) =>
      /\.(test|testing|e2e|chaos|access)\.tsx?$/.test(file) &&
      chance.test(readFileSync(file, 'utf8')),
  )
  expect(drawing).toEqual(['lib/property.testing.ts'])
})

test('nothing is left to be done, skipped or silenced', () => {
  const marks = [
    'TO' + 'DO',
    'FIX' + 'ME',
    '@ts-' + 'ignore',
    '@ts-' + 'expect-error',
    '.sk' + 'ip(',
  ]
  const strays = sources.filter((file) => {
    const text = readFileSync(file, 'utf8')
    return marks.some((mark) => text.includes(mark))
  })
  expect(strays).toEqual([])
})

test('packages reach the domain through one file', () => {
  const importing = filesOf('lib/domain').filter((file) =>
    importsOf(file).some(({ from }) => !from.startsWith('/')),
  )
  expect(importing).toEqual(['lib/domain/statistics/distributions.ts'])
})

test('the domain asks no clock and rolls no dice', () => {
  const strays = filesOf('lib/domain').filter((file) =>
    /Date\.now\(|new Date\(\)|Math\.random\(|\bprocess\./.test(readFileSync(file, 'utf8')),
  )
  expect(strays).toEqual([])
})

/** Who opens connections to elsewhere, and to whom. Everything else reaches nobody (F45). */
const reaching: Record<string, string> = {
  'lib/mdm/transport.ts': 'the configured MDM servers, judged at the connect',
  'lib/attachment-store/bucket-call.ts': 'the configured object storage, judged at the connect',
  'lib/auth/oidc/provider.ts': 'the configured single sign-on',
  'lib/auth/mail/': 'the configured mail server',
  'lib/mail/': 'the configured mail server',
  'lib/worker/fetch-feed.ts': 'the sources of the OS catalogue that a lead has chosen',
  'lib/virtual-lab/': 'the virtual lab and its webhook, on this machine',
  'app/audit/verify-button.tsx': 'in a browser, this lab itself',
  'app/reports/verify-form.tsx': 'in a browser, this lab itself',
  'app/reports/other-labs/import-form.tsx': 'in a browser, this lab itself',
  'app/trials/offline/offline-bench.tsx': 'in a browser, this lab itself',
  'lib/listener/': 'the web server of this lab, by a socket on this machine',
  'lib/web/offline-worker.js': 'in a browser, this lab itself',
  'scripts/': 'what npm start and the tests run, and the registry of the browser',
}
// `$fetch` is better-auth's client in a browser, which asks this lab itself.
const opens =
  /(?<!\$)\bfetch\(|\bnew (?:WebSocket|EventSource)\(|from 'node:(?:dgram|http2|tls)'|\b(?:request|get|connect|createConnection)\b[^'\n]*from 'node:(?:https?|net)'|from '(?:undici|nodemailer)/

test('F45: nothing opens a connection to elsewhere but what is named here', () => {
  const strays = sources
    .filter((file) => isSource(file) && /^(?:app|lib|scripts|instrumentation)/.test(file))
    .filter((file) => opens.test(readFileSync(file, 'utf8')))
    .filter((file) => !Object.keys(reaching).some((place) => file.startsWith(place)))
  expect(strays).toEqual([])
})

test('F45: no part of the program turns the check of certificates off', () => {
  const off = ['rejectUnauthorized' + ': false', 'NODE_TLS_REJECT' + '_UNAUTHORIZED']
  const strays = sources
    .filter((file) => /^(?:app|lib|scripts|components)/.test(file))
    .filter((file) => off.some((mark) => readFileSync(file, 'utf8').includes(mark)))
  expect(strays).toEqual([])
})

test('F47: nothing writes raw HTML into a page', () => {
  const raw =
    /dangerouslySetInnerHTML|\.innerHTML\b|\.outerHTML\b|insertAdjacentHTML|document\.write\b/
  const strays = sources
    .filter((file) => isSource(file) && /^(?:app|components)/.test(file))
    .filter((file) => raw.test(readFileSync(file, 'utf8')))
  expect(strays).toEqual([])
})

const opensADatabase = ['/lib/db/pool', '/lib/db/client', '/lib/db/postgres/embedded']

test('nothing in app/ or components/ reaches the database but through the authorization guard', () => {
  const strays = [...filesOf('app'), ...filesOf('components')].flatMap((file) =>
    loadedBy(file)
      .filter((from) => opensADatabase.includes(from))
      .map((from) => `${file} -> ${from}: get the db from lib/auth/guard.ts`),
  )
  expect(strays).toEqual([])
})

/** Which function of lib/auth/guard.ts each kind of file calls. */
const guards = [
  { kind: /\/page\.tsx$/, authorizes: /\bawait authorize\('\w+'\)/ },
  { kind: /\/route\.ts$/, authorizes: /\bauthorize(Route|Api|Calendar)\(/ },
]
/** Open to people who are not signed in, and why. */
const openToAll: Record<string, string> = {
  'app/sign-in/page.tsx': 'nobody is signed in yet; it shows nothing of the lab',
  'app/set-up/page.tsx': 'nobody can sign in yet; it shows nothing of the lab',
  'app/sign-out-action.ts': 'ends the session it is sent with; asks for our own Origin',
  'app/set-up/actions.ts': 'asks for the printed code; asks for our own Origin',
  'app/one-time-link/page.tsx': 'who opens it has no account yet; it shows nothing of the lab',
  'app/trials/offline/page.tsx':
    'without a connection nobody can be asked; it shows nothing of the lab',
  'app/one-time-link/actions.ts': 'asks for the token of a one-time link; asks for our own Origin',
  'app/shared/[token]/route.ts':
    'asks for the token of a share link; shows only what that link holds',
  'app/api/auth/[...all]/route.ts': 'people sign in here; asks for our own Origin',
}
const unguarded = /\bpublic(?:Page|Action|Route)\(/

test('every page, action and route of app/ calls the authorization guard', () => {
  const strays = filesOf('app').filter((file) => {
    const text = readFileSync(file, 'utf8')
    if (file in openToAll) return !unguarded.test(text)
    if (unguarded.test(text)) return true
    if (text.startsWith("'use server'")) return unguardedActions(text).length > 0
    const guard = guards.find(({ kind }) => kind.test(file))
    return guard !== undefined && !guard.authorizes.test(text)
  })
  expect(strays).toEqual([])
})

test('no action reads its own input: the guard does, which refuses where a schema would throw', () => {
  const strays = filesOf('app').filter((file) => {
    const text = readFileSync(file, 'utf8')
    return text.startsWith("'use server'") && /\.(?:safeParse|parse)(?:Async)?\(/.test(text)
  })
  expect(strays).toEqual([])
})

/** Exported actions whose body calls neither the guard nor `perform` or `performSigned`, which call it for their whole file. */
function unguardedActions(text: string): string[] {
  const performs = /^async function perform\b[\s\S]*?\bauthorizeAction\(/m.test(text)
  const signs = /^async function performSigned\b[\s\S]*?\bperform\(/m.test(text)
  const through = signs ? /\bperform(?:Signed)?\(/ : /\bperform\(/
  return text
    .split(/^(?=export )/m)
    .filter((part) => part.startsWith('export async function'))
    .filter((part) => !/\bauthorizeAction\(/.test(part) && !(performs && through.test(part)))
    .map((part) => part.split('\n', 1)[0] ?? '')
}

test('every table says whether the audit trail watches it and what the app may do with it', () => {
  const schemas = filesOf('lib/db').filter((file) => /\/schema\/[\w-]+\.ts$/.test(file))
  const tables = schemas.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/pgTable\(\s*'(\w+)'/g)].map(([, name = '']) => name),
  )
  expect(tables.length).toBeGreaterThan(20)
  expect(tables.filter((name) => !trailTables[name])).toEqual([])
})

test('what runs outside of Next reaches no file of React’s server condition, which would end it', () => {
  const files = new Set(sources)
  const fileOf = (from: string) =>
    [`${from.slice(1)}.ts`, `${from.slice(1)}.tsx`, from.slice(1)].find((file) => files.has(file))
  const reached = new Map(
    ['lib/web/main.ts', 'lib/listener/main.ts', 'lib/worker/main.ts'].map((file) => [file, file]),
  )
  for (const [file, way] of reached) {
    const next = loadedBy(file).map(fileOf)
    for (const to of next) if (to && !reached.has(to)) reached.set(to, `${way} -> ${to}`)
  }
  const strays = [...reached].filter(([file]) =>
    /^import 'server-only'$/m.test(readFileSync(file, 'utf8')),
  )
  expect(strays.map(([, way]) => way)).toEqual([])
})
