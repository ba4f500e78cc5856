// The service worker of the bench. It keeps one page without personal data, /trials/offline, with its scripts and styles,
// and shows it only where the network gives no answer at all. docs/decisions/082-offline-bench.md
// lib/web/worker-file.ts puts the name of the build in front: each build has a cache of its own.

/* global BUILD */
const cacheName = `oneway-${BUILD}`
const shell = '/trials/offline'

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell())
  self.skipWaiting()
})

self.addEventListener('activate', (event) => {
  event.waitUntil(takeOver())
})

self.addEventListener('fetch', (event) => {
  const { method, mode, url } = event.request
  const { origin, pathname } = new URL(url)
  if (method !== 'GET' || origin !== self.location.origin) return
  // Also a download: the browser has asked for it already, and would ask once more if it were left to it.
  if (mode === 'navigate') event.respondWith(page(event))
  else if (pathname.startsWith('/_next/static/')) event.respondWith(file(event.request))
})

/** Without cookies: the page as nobody in particular sees it. */
async function keepShell() {
  const answer = await fetch(shell, { credentials: 'omit', cache: 'no-store', redirect: 'error' })
  if (!answer.ok) throw new Error(`${shell} answers ${answer.status}`)
  const html = await answer.clone().text()
  const files = new Set(html.match(/\/_next\/static\/[\w./~-]+\.(?:js|css)/g))
  const cache = await caches.open(cacheName)
  await cache.addAll([...files])
  await cache.put(shell, answer)
}

async function takeOver() {
  const names = await caches.keys()
  const old = names.filter((name) => name.startsWith('oneway-') && name !== cacheName)
  await Promise.all(old.map((name) => caches.delete(name)))
  // The browser asks for a page itself, with the cookies and headers that it has without a worker.
  await self.registration.navigationPreload?.enable()
  await self.clients.claim()
}

/** The network first: what is kept is shown only where there is none. */
async function page(event) {
  try {
    return (await event.preloadResponse) ?? (await fetch(event.request))
  } catch (error) {
    const kept = await caches.match(shell, { cacheName, ignoreVary: true })
    if (kept) return kept
    throw error
  }
}

/** The name of a file changes with its content. */
async function file(request) {
  const kept = await caches.match(request, { cacheName, ignoreVary: true })
  if (kept) return kept
  const answer = await fetch(request)
  if (answer.ok) await keep(request, answer.clone())
  return answer
}

/** A browser whose disk is full keeps nothing more, and still shows what has come. */
async function keep(request, answer) {
  try {
    await (await caches.open(cacheName)).put(request, answer)
  } catch {
    // It is asked for again the next time.
  }
}
