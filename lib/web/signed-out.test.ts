import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { root } from '@/scripts/children'
import { leadToSignIn, readPrivatePages } from './signed-out'

const app = path.join(root, 'app')
const files = readdirSync(app, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?:^|\/)(?:page\.tsx|route\.ts)$/.test(file))
  .map((file) => `/${file.replace(/\.tsx?$/, '')}`)
const addressOf = (file: string) => file.replace(/\/(?:page|route)$/, '') || '/'

/** The manifest as `next build` writes it. */
const folder = mkdtempSync(path.join(tmpdir(), 'oneway-pages-'))
writeFileSync(
  path.join(folder, 'app-path-routes-manifest.json'),
  JSON.stringify({
    ...Object.fromEntries(files.map((file) => [file, addressOf(file)])),
    '/_not-found/page': '/_not-found',
  }),
)
const isPrivatePage = readPrivatePages(folder)
const open: Server[] = []
afterAll(() => {
  rmSync(folder, { recursive: true })
  for (const server of open) server.close().closeAllConnections()
})

/** What a browser gets; `passed on` if the request goes on to Next. */
async function get(target: string, init: RequestInit = {}) {
  const server = createServer((request, response) => {
    if (!leadToSignIn(request, response, isPrivatePage)) response.end('passed on')
  })
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : undefined
  const answer = await fetch(`http://127.0.0.1:${port}${target}`, { redirect: 'manual', ...init })
  return answer.status === 307 ? answer.headers.get('location') : answer.text()
}

test('exactly the pages whose auth guard asks for somebody lead to sign-in', () => {
  const pages = files.filter((file) => file.endsWith('/page'))
  const guarded = pages.filter((file) =>
    /\bauthorize\('/.test(readFileSync(`${app}${file}.tsx`, 'utf8')),
  )
  expect(pages.length - guarded.length).toBeGreaterThan(0)
  expect(
    files.filter((file) => isPrivatePage(addressOf(file).replaceAll(/\[\w+\]/g, 'x1'))).sort(),
  ).toEqual(guarded.sort())
})

test('a visitor without a session is led to sign-in, and from there back to the same address', async () => {
  expect(await get('/')).toBe('/sign-in?next=%2F')
  expect(await get('/trials/x1?environment=real&a=%2F')).toBe(
    '/sign-in?next=%2Ftrials%2Fx1%3Fenvironment%3Dreal%26a%3D%252F',
  )
  expect(await get('/devices', { method: 'HEAD' })).toBe('/sign-in?next=%2Fdevices')
})

test.each([
  ['what is no page', '/nowhere', {}],
  ['a page below a page', '/trials/x1/nowhere', {}],
  ['the sign-in page', '/sign-in?next=%2F', {}],
  ['a route handler', '/trials/x1/copy', {}],
  [
    'a session, even one that has ended',
    '/devices',
    { headers: { cookie: 'oneway.session_token=x' } },
  ],
  ['what the scripts of a page ask for', '/devices', { headers: { rsc: '1' } }],
  ['an action', '/devices', { method: 'POST', body: '{}' }],
])('%s is left to the pages', async (_what, target, init) => {
  expect(await get(target, init)).toBe('passed on')
})
