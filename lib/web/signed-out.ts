import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { z } from 'zod'
import { paths } from '@/lib/paths'

/** Tells whether a path, without its query, is that of a page which only people who are signed in see. */
export type IsPrivatePage = (path: string) => boolean

/** Pages for people who are not signed in: each has its reason in e2e/access/matrix-app.ts. */
const publicPages = [paths.signIn(), paths.setUp(), '/one-time-link', paths.trialsOffline()]

/**
 * Reads which pages a build has. Route handlers are left out: each answers a program in its own words.
 * @param buildFolder Next's folder, whose manifest names the file and the path of each page
 */
export function readPrivatePages(buildFolder: string): IsPrivatePage {
  const text = readFileSync(join(buildFolder, 'app-path-routes-manifest.json'), 'utf8')
  const built = Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(text)))
  const isPrivate = ([file, path]: [string, string]) =>
    file.endsWith('/page') && !path.startsWith('/_') && !publicPages.includes(path)
  const pages = built.filter(isPrivate).map(([, path]) => patternOf(path))
  // An address by name wins over a pattern: `/trials/offline` is no trial.
  const others = new Set(built.filter((one) => !isPrivate(one)).map(([, path]) => path))
  return (path) => !others.has(path) && pages.some((pattern) => pattern.test(path))
}

const patternOf = (path: string) =>
  new RegExp(`^${path.replaceAll(/[.+*?]/g, '\\$&').replaceAll(/\[\w+\]/g, '[^/]+')}$`)

/**
 * Sends a browser without a session to sign-in, and from there back. It needs no page for that, which would be rendered
 * and sent in full. A browser that has any session, even one that has ended, is judged by the auth guard, and so is
 * every request of a page's scripts.
 * @returns whether the request was answered
 */
export function leadToSignIn(
  { method, headers, url = '/' }: IncomingMessage,
  response: ServerResponse,
  isPrivatePage: IsPrivatePage,
): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false
  if (headers.rsc !== undefined || headers.cookie?.includes('session_token=')) return false
  if (!isPrivatePage(url.split('?', 1)[0] ?? '')) return false
  const asked = headers['x-oneway-path']
  response.writeHead(307, { Location: paths.signIn(String(asked ?? url)), 'Content-Length': 0 })
  response.end()
  return true
}
