import type { APIRequestContext, APIResponse } from '@playwright/test'
import { expect, test } from '../lab'
import { type Answer, problemsOf } from './header-table'
import { listRoutes } from './routes'

type RequestKind = { as: string; method?: string; headers?: Record<string, string>; data?: string }

/** How Next's client, a browser or an attacker may request an address. */
const requestKinds: RequestKind[] = [
  { as: 'page' },
  { as: 'HEAD', method: 'HEAD' },
  { as: 'RSC', headers: { rsc: '1' } },
  { as: 'prefetch', headers: { rsc: '1', 'next-router-prefetch': '1' } },
  {
    as: 'segment prefetch',
    headers: {
      rsc: '1',
      'next-router-prefetch': '1',
      'next-router-segment-prefetch': '/_tree',
    },
  },
  {
    as: 'unknown action',
    method: 'POST',
    headers: { 'next-action': '0'.repeat(42), 'content-type': 'text/plain;charset=UTF-8' },
    data: '[]',
  },
  { as: 'POST', method: 'POST', data: 'x=1' },
  { as: 'PUT', method: 'PUT', data: '' },
  { as: 'OPTIONS', method: 'OPTIONS' },
]

const others = [
  '/there/is/nothing/here',
  '/devices/00000000-0000-4000-8000-000000000000',
  '/devices/not-an-id',
  '/trials/not-an-id/replies/1',
  '/events/999999999/bytes',
  '/%',
  '/%00',
  '//evil.example/',
  '/_next/static/chunks/none.js',
  '/_next/static/none.js.map',
  '/_next/image?url=%2Ficon.svg&w=64&q=75',
  '/_next/data/none/devices.json',
  '/__nextjs_original-stack-frames',
  '/.git/config',
  '/.env',
  '/icon.svg',
  '/favicon.ico',
  '/sw.js',
  '/api/webhook/none',
  '/api/webhook/virtual-lab',
  '/api/exports/none',
  '/api/exports/observations.csv',
  '/api/exports/dictionary',
  '/api/auth/none',
]

// The event stream never ends, so only its headers are read.
const isStream = (url: string) => url.startsWith('/api/events')

async function streamHead(baseUrl: string, url: string, cookie: string): Promise<Answer> {
  const abort = new AbortController()
  const response = await fetch(`${baseUrl}${url}`, {
    headers: { cookie },
    signal: abort.signal,
  })
  const answer = {
    status: response.status,
    headers: Object.fromEntries(response.headers),
    body: '',
  }
  abort.abort()
  return answer
}

const answerOf = async (response: APIResponse): Promise<Answer> => ({
  status: response.status(),
  headers: response.headers(),
  body: await response.text(),
})

type Crawler = { request: APIRequestContext; baseUrl: string }

async function crawl(
  { request, baseUrl }: Crawler,
  url: string,
  kinds: RequestKind[],
): Promise<string[]> {
  const found = kinds.map(async ({ as, headers, ...options }) => {
    // An absolute URL, because `//evil.example/` alone is another host. With our own Origin, because a
    // cross-site request is refused before it reaches Next.
    const response = await request.fetch(`${baseUrl}${url}`, {
      ...options,
      headers: { ...headers, origin: baseUrl },
      maxRedirects: 0,
    })
    const answer = await answerOf(response)
    return problemsOf(url, answer).map((wrong) => `${as} ${url} ${answer.status}: ${wrong}`)
  })
  return (await Promise.all(found)).flat()
}

const cookieOf = async (request: APIRequestContext) =>
  (await request.storageState()).cookies.map(({ name, value }) => `${name}=${value}`).join('; ')

for (const who of ['nobody', 'admin'] as const)
  test(`every response of every route has the headers of the table (requested by ${who})`, async ({
    request: anonymous,
    signedIn,
    facts,
    consoleErrors,
  }) => {
    const request = who === 'nobody' ? anonymous : (await signedIn(who)).request
    const crawler = { request, baseUrl: facts.baseUrl }
    const routes = await listRoutes(facts.databaseUrl)
    expect(routes.length).toBeGreaterThan(30)
    const problems: string[] = []
    for (const { url } of routes)
      if (isStream(url)) {
        const answer = await streamHead(facts.baseUrl, url, await cookieOf(request))
        problems.push(...problemsOf(url, answer))
      } else problems.push(...(await crawl(crawler, url, requestKinds)))
    for (const url of others)
      problems.push(...(await crawl(crawler, url, requestKinds.slice(0, 3))))
    expect(problems).toEqual([])
    expect(consoleErrors).toEqual([])
  })

test('scripts and styles of the build are cached as immutable, and name no source map', async ({
  page,
  request,
}) => {
  await page.goto('/sign-in')
  const html = await page.content()
  const files = [...new Set(html.match(/\/_next\/static\/[\w./~-]+/g) ?? [])]
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    const answer = await answerOf(await request.get(file))
    expect(problemsOf(file, answer)).toEqual([])
    expect(answer.headers['cache-control']).toContain('immutable')
    expect(answer.body).not.toContain('sourceMappingURL')
  }
})
