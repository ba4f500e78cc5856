import { mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createContext, runInContext } from 'node:vm'
import { beforeEach, expect, test } from 'vitest'
import { readWorker } from './worker-file'

const origin = 'https://oneway.lab.example'
const shellPage =
  '<script src="/_next/static/chunks/a.js"></script><link href="/_next/static/chunks/b.css">'

type Handler = (event: Record<string, unknown>) => void

/** What the browser holds: caches by name, each from an address to the text of its answer. */
let kept: Map<string, Map<string, string>>
/** What the network answers; undefined is no network. */
let network: ((path: string, init: RequestInit | undefined) => Response) | undefined
let asked: { path: string; init: RequestInit | undefined }[]
/** Whether the browser has no room for anything more. */
let isFull: boolean

beforeEach(() => {
  kept = new Map()
  isFull = false
  asked = []
  network = (path) => new Response(path === '/trials/offline' ? shellPage : `now: ${path}`)
})

const pathOf = (request: string | Request) =>
  typeof request === 'string' ? request : new URL(request.url).pathname

const ask = async (request: string | Request, init?: RequestInit) => {
  const path = pathOf(request)
  asked.push({ path, init })
  if (!network) throw new TypeError('Failed to fetch')
  return network(path, init)
}

const openCache = async (name: string) => {
  const cache = kept.get(name) ?? new Map<string, string>()
  kept.set(name, cache)
  return {
    put: async (key: string | Request, answer: Response) => {
      if (isFull) throw new DOMException('no room', 'QuotaExceededError')
      cache.set(pathOf(key), await answer.text())
    },
    addAll: async (paths: string[]) => {
      for (const path of paths) cache.set(path, await (await ask(path)).text())
    },
  }
}

function start(build: string) {
  const folder = mkdtempSync(join(tmpdir(), 'oneway-worker-'))
  writeFileSync(join(folder, 'BUILD_ID'), `${build}\n`)
  const handlers = new Map<string, Handler>()
  const self = {
    addEventListener: (name: string, handler: Handler) => void handlers.set(name, handler),
    skipWaiting: () => undefined,
    location: { origin },
    registration: { navigationPreload: { enable: async () => undefined } },
    clients: { claim: async () => undefined },
  }
  const caches = {
    open: openCache,
    keys: async () => [...kept.keys()],
    delete: async (name: string) => kept.delete(name),
    match: async (key: string | Request, { cacheName }: { cacheName: string }) => {
      const text = kept.get(cacheName)?.get(pathOf(key))
      return text === undefined ? undefined : new Response(text)
    },
  }
  runInContext(readWorker(folder), createContext({ self, caches, fetch: ask, URL, Error, Set }))
  const dispatch = async (name: string, more: Record<string, unknown> = {}) => {
    const due: unknown[] = []
    const note = (answer: unknown) => void due.push(answer)
    handlers.get(name)?.({ ...more, waitUntil: note, respondWith: note })
    return (await Promise.all(due))[0]
  }
  /** What the worker answers; undefined where it leaves the request to the browser. */
  const request = async (path: string, mode = 'navigate', more: RequestInit = {}) => {
    // Node makes no request of the mode "navigate".
    const wanted = new Proxy(new Request(`${origin}${path}`, more), {
      get: (target, name) => (name === 'mode' ? mode : Reflect.get(target, name, target)),
    })
    const answer = await dispatch('fetch', { request: wanted, preloadResponse: undefined })
    return answer instanceof Response ? answer.text() : undefined
  }
  return { install: () => dispatch('install'), activate: () => dispatch('activate'), request }
}

const installed = async (build = 'one') => {
  const worker = start(build)
  await worker.install()
  await worker.activate()
  return worker
}

test('it keeps one page, asked for without cookies, and the scripts and styles of that page', async () => {
  await installed()
  expect(asked[0]).toMatchObject({ path: '/trials/offline', init: { credentials: 'omit' } })
  expect([...(kept.get('oneway-one')?.keys() ?? [])].toSorted()).toEqual([
    '/_next/static/chunks/a.js',
    '/_next/static/chunks/b.css',
    '/trials/offline',
  ])
})

test('with a network every page comes from it and none is kept', async () => {
  const worker = await installed()
  expect(await worker.request('/trials/1')).toBe('now: /trials/1')
  network = () => new Response('The database does not answer', { status: 503 })
  expect(await worker.request('/trials/1')).toBe('The database does not answer')
  expect([...(kept.get('oneway-one')?.keys() ?? [])]).not.toContain('/trials/1')
})

test('without one every page is the one that is kept, and its files are there', async () => {
  const worker = await installed()
  network = undefined
  expect(await worker.request('/trials/1')).toBe(shellPage)
  expect(await worker.request('/_next/static/chunks/a.js', 'no-cors')).toBe(
    'now: /_next/static/chunks/a.js',
  )
  await expect(worker.request('/_next/static/chunks/other.js', 'no-cors')).rejects.toThrow()
})

test('a browser that has no room left still gets the files of a page', async () => {
  const worker = await installed()
  isFull = true
  const path = '/_next/static/chunks/other.js'
  expect(await worker.request(path, 'no-cors')).toBe(`now: ${path}`)
})

test.each([
  ['/api/events', 'cors', {}],
  ['/trials/1', 'cors', {}],
  ['/trials/1', 'navigate', { method: 'POST' }],
  ['/sw.js', 'same-origin', {}],
] as const)('%s (%s, %o) is left to the browser', async (path, mode, init) => {
  expect(await (await installed()).request(path, mode, init)).toBeUndefined()
})

test('a new build has a cache of its own and deletes that of the old one', async () => {
  await installed('one')
  await installed('two')
  expect([...kept.keys()]).toEqual(['oneway-two'])
})

test.each([() => new Response('no', { status: 503 }), undefined])(
  'a worker whose page cannot be fetched does not take over',
  async (answers) => {
    network = answers
    await expect(start('one').install()).rejects.toThrow()
  },
)
