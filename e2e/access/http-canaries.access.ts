import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeApiKey } from '@/lib/core/accounts/api-keys'
import { addServer } from '@/lib/core/testing/device'
import { must } from '@/lib/core/testing/people'
import { roles } from '@/lib/domain/account/permissions'
import { builtActions } from './built-actions'
import { addressOf, type HttpLab, openHttpLab, passwordsOf } from './http-lab'
import { pages, routes } from './matrix-app'

let lab: HttpLab
/** Secret values that nobody may read anywhere, by their description. */
let secrets: Record<string, string>
const planted = {
  'the API key of an MDM server': 'canary-api-key-3f9c1d7e',
  'the key of its webhook': 'canary-hmac-key-8b2a6e40',
  'the key of the KMFDDM beside it': 'canary-ddm-key-5d0c84fa',
}

beforeAll(async () => {
  lab = await openHttpLab()
  const { db, sql } = lab.connection
  await addServer(db, false, {
    name: 'Canary',
    apiKey: planted['the API key of an MDM server'],
    hmacKey: planted['the key of its webhook'],
    declarationsUrl: 'https://ddm.lab.example/canary',
    declarationsKey: planted['the key of the KMFDDM beside it'],
  })
  const [lead] = await sql`select id, name from users where role = 'lead' and disabled_at is null`
  const actor = { id: String(lead?.id), name: String(lead?.name), role: 'lead' as const }
  const wanted = { name: 'Canary', scopes: ['read'] as const, days: 1 }
  const { key } = must(await makeApiKey(db, actor, wanted, new Date()), 'made')
  const sessions = await sql`select token from sessions`
  const hashes = await sql`select password from accounts where password is not null`
  secrets = {
    ...planted,
    'an API key': key,
    'the seed of an authenticator app': await startApp(),
    ...passwordsOf(),
    ...named(
      'a session token',
      sessions.map((row) => row.token),
    ),
    ...named(
      'the hash of a password',
      hashes.map((row) => row.password),
    ),
    ...ownKeys(),
  }
})
afterAll(() => lab.connection.end())

const named = (what: string, values: unknown[]) =>
  Object.fromEntries(values.map((value, at) => [`${what} (${at + 1})`, String(value)]))

/** The keys in the stack's data folder. */
function ownKeys(): Record<string, string> {
  const file = path.join(path.dirname(process.env.ONEWAY_ACCESS_FACTS ?? ''), 'secrets.json')
  const kept: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
  const texts = Object.entries(kept).filter(([, value]) => typeof value === 'string')
  return Object.fromEntries(texts.map(([name, value]) => [`the stack’s ${name}`, String(value)]))
}

/** Starts the set-up of an engineer's authenticator app; only this response contains its seed. */
async function startApp(): Promise<string> {
  const action = builtActions('.next').get('app/account/actions.ts:startAppAction')
  if (!action) throw new Error('the build has no startAppAction')
  const answer = await fetch(lab.baseUrl + addressOf(action.page, lab.ids), {
    method: 'POST',
    headers: {
      ...{ origin: lab.baseUrl, 'next-action': action.id, ...lab.proofs.engineer },
      'content-type': 'text/plain;charset=UTF-8',
    },
    body: JSON.stringify([{ password: passwordsOf()['the password of engineer'] }]),
  })
  const secret = /"secret":"([A-Z2-7]{16,})"/.exec(await answer.text())?.[1]
  if (!secret) throw new Error('no authenticator app was begun')
  return secret
}

const found = (text: string) =>
  Object.entries(secrets).flatMap(([what, secret]) => (text.includes(secret) ? [what] : []))

test('there are enough canaries, each too long to match by accident', () => {
  expect(Object.keys(secrets).length).toBeGreaterThan(12)
  expect(Object.values(secrets).filter((secret) => secret.length < 12)).toEqual([])
})

const payload = { rsc: '1' }
test('F46 no page, payload, file or response contains a secret, for any role', async () => {
  const wrong: string[] = []
  const addresses = [
    ...Object.keys(pages).map((file) => addressOf(file, lab.ids)),
    ...Object.keys(routes)
      .filter((name) => name.endsWith(':GET'))
      .map((name) => addressOf(name.split(':')[0] ?? '', lab.ids)),
    ...['trials', 'observations', 'steps', 'deviations', 'replies', 'dictionary'].map(
      (kind) => `/api/exports/${kind}.csv`,
    ),
    ...['odm', 'dataset-json', 'json'].map((form) => `/api/exports/trials?as=${form}`),
    '/api/exports/replies?as=json',
  ]
  for (const who of roles)
    for (const address of new Set(addresses))
      for (const headers of address.startsWith('/api/') ? [{}] : [{}, payload]) {
        const text = await read(address, { ...lab.proofs[who], ...headers })
        for (const what of found(text)) wrong.push(`${address} shows ${who} ${what}`)
      }
  expect(wrong).toEqual([])
})

async function read(address: string, headers: Record<string, string>): Promise<string> {
  const stop = new AbortController()
  const answer = await fetch(lab.baseUrl + address, { headers, signal: stop.signal })
  // The event stream never ends by itself.
  const endless = answer.headers.get('content-type')?.startsWith('text/event-stream')
  const text = endless ? '' : await answer.text()
  stop.abort()
  return `${[...answer.headers].join('\n')}\n${text}`
}

test('F46 no entry of the audit trail contains a secret', async () => {
  const wrong: string[] = []
  for await (const [row] of lab.connection.sql`select a::text as text, seq from audit_log a`.cursor(
    1,
  ))
    for (const what of found(String(row?.text))) wrong.push(`entry ${row?.seq} contains ${what}`)
  expect(wrong).toEqual([])
})

test('F46 the tables of servers, keys and second factors contain no secret in plain text', async () => {
  const { sql } = lab.connection
  const rows = [
    ...(await sql`select s::text as text from mdm_servers s`),
    ...(await sql`select k::text as text from api_keys k`),
    ...(await sql`select t::text as text from two_factors t`),
  ].map(({ text }) => String(text))
  expect(rows.length).toBeGreaterThan(2)
  expect(rows.flatMap(found)).toEqual([])
})

const filesBelow = (folder: string) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

test('13.4 the build has no source map, no .git or .env, no tests, and no unknown route', () => {
  const files = filesBelow('.next/static')
  expect(files.length).toBeGreaterThan(10)
  expect(files.filter((file) => /\.map$|\/\.git|\.env|\.test\.|\.tsx?$/.test(file))).toEqual([])
  const named: Record<string, string> = JSON.parse(
    readFileSync('.next/server/app-paths-manifest.json', 'utf8'),
  )
  const known = [...Object.keys(pages), ...Object.keys(routes).map((name) => name.split(':')[0])]
  const asPath = (file = '') => file.replace(/^app/, '').replace(/\.tsx?$/, '')
  const own = ['/_not-found/page', '/_global-error/page', '/icon.svg/route', '/favicon.ico/route']
  const allowed = new Set([...known.map(asPath), ...own])
  expect(Object.keys(named).filter((name) => !allowed.has(name))).toEqual([])
})

test('13.4 the files for browsers contain no key and no address of a database or MDM server', () => {
  const keyLike = [
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
    /postgres(?:ql)?:\/\//,
    /\bAKIA[0-9A-Z]{16}\b/,
    /\boneway_[\w-]{43}\b/,
    /\/v1\/enqueue|sourceMappingURL/,
  ]
  const wrong = filesBelow('.next/static')
    .filter((file) => /\.(?:js|css|json|html)$/.test(file))
    .flatMap((file) => {
      const text = readFileSync(file, 'utf8')
      const like = keyLike.filter((form) => form.test(text)).map(String)
      return [...like, ...found(text)].map((what) => `${file}: ${what}`)
    })
  expect(wrong).toEqual([])
})

test('13.4 requests for sources or the repository get 400 or 404', async () => {
  const tried = ['/.git/config', '/.git/HEAD', '/.env', '/package.json', '/tsconfig.json']
  const more = ['/.next/server/app-paths-manifest.json', '/_next/../package.json', '/app/page.tsx']
  const traversing = ['/_next/static/../../package.json', '/%2e%2e/package.json', '/drizzle/meta']
  for (const address of [...tried, ...more, ...traversing]) {
    const answer = await fetch(lab.baseUrl + address, { headers: lab.proofs.admin })
    expect([400, 404], address).toContain(answer.status)
  }
})
