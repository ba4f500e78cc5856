import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type HttpLab, openHttpLab } from './http-lab'
import { pages, routes } from './matrix-app'
import { foundIn, plantSecrets, type Secrets } from './planted-secrets'

// That no page shows one of them: http-device-secrets.access.ts, which reads every page anyway.

let lab: HttpLab
let secrets: Secrets
beforeAll(async () => {
  lab = await openHttpLab()
  secrets = await plantSecrets(lab)
})
afterAll(() => lab.connection.end())

const found = (text: string) => foundIn(secrets, text)

test('there are enough canaries, each too long to match by accident', () => {
  expect(Object.keys(secrets).length).toBeGreaterThan(12)
  expect(Object.values(secrets).filter((secret) => secret.length < 12)).toEqual([])
})

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
