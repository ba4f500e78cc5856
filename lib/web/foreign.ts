import type { IncomingMessage, ServerResponse } from 'node:http'
import { crossSiteRefusal, isOwnHost, originsOf, whereToOpen } from '@/lib/auth/origins'
import { recordRefusal } from '@/lib/auth/security-events'
import type { Db } from '@/lib/db/client'

/**
 * Why a request for a page or the API is refused: its host is not this lab's. Runs after the headers are guarded, so
 * that X-Forwarded-Host comes from a trusted proxy.
 */
export function hostRefusal(
  { headers }: Pick<IncomingMessage, 'headers'>,
  baseUrl: string,
): string | undefined {
  const forwarded = headers['x-forwarded-host']
  const host = typeof forwarded === 'string' ? forwarded : headers.host
  if (isOwnHost(host, baseUrl)) return undefined
  const named = host ? `at "${host.slice(0, 100)}"` : 'to a request that names no host'
  return `This lab does not answer ${named}. ${whereToOpen(baseUrl)}`
}

/**
 * Why a request must not reach the pages: it could change something and comes from another site. The auth guard of
 * each action and route checks the same again; this check answers before Next's own, which gives 500 and leaves no
 * trace. A request with a key in its Authorization header passes: another site cannot make a browser send one.
 */
export function foreignRefusal(
  { method = 'GET', headers }: Pick<IncomingMessage, 'method' | 'headers'>,
  baseUrl: string,
): string | undefined {
  if (headers.authorization !== undefined) return undefined
  const get = (name: string) => {
    const value = headers[name]
    return typeof value === 'string' ? value : null
  }
  return crossSiteRefusal({ method, headers: { get } }, baseUrl)
}

/**
 * Gives Next the host of the address at which the page was opened. Next answers an action with a bare 500 if Origin
 * and host differ in the port, which a proxy may leave out (nginx's `$host` does). Only for an Origin of this lab.
 */
export function nameHostOfPage(
  { headers }: Pick<IncomingMessage, 'headers'>,
  baseUrl: string,
): void {
  const { origin } = headers
  if (origin !== undefined && originsOf(baseUrl).includes(origin))
    headers['x-forwarded-host'] = new URL(origin).host
}

/** Answers 403 with the reason, and records the refusal. The body is not read. */
export async function refuseForeign(
  db: Db,
  request: IncomingMessage,
  response: ServerResponse,
  reason: string,
): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0]?.slice(0, 200) ?? ''
  response.writeHead(403, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    connection: 'close',
  })
  response.end(JSON.stringify({ message: reason }))
  await recordRefusal(db, { what: `${request.method ?? ''} ${path}`, reason })
}
