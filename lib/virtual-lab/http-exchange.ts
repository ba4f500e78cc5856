import { createHash, timingSafeEqual } from 'node:crypto'
import { serverTraits, virtualServerKind } from '@/lib/mdm/server-kinds'

/** Where the virtual lab serves KMFDDM's API: the address of its server with this path. */
export const kmfddmPath = '/kmfddm'

/** One HTTP request without its socket, for all its APIs. */
export type ApiRequest = {
  method: string
  /** The path as it came, percent-encoded, without the query. */
  path: string
  query: URLSearchParams
  authorization?: string | undefined
  body: Uint8Array
}

export type ApiResponse = { status: number; headers: Record<string, string>; body: string }

export const json = (status: number, value: unknown): ApiResponse => ({
  status,
  headers: { 'Content-Type': 'application/json' },
  body: `${JSON.stringify(value, undefined, '\t')}\n`,
})

/** Plain text as Go's `http.Error` writes it. */
export const text = (status: number, line: string, headers = {}): ApiResponse => ({
  status,
  headers: {
    'Content-Type': 'text/plain; charset=utf-8',
    'X-Content-Type-Options': 'nosniff',
    ...headers,
  },
  body: `${line}\n`,
})

export const notFound = text(404, '404 page not found')

export const unauthorized = text(401, 'Unauthorized', {
  'Www-Authenticate': 'Basic realm="nanomdm"',
})

const digest = (value: string) => createHash('sha256').update(value).digest()

/** Basic auth with the server's fixed user; compared in constant time. */
export function isAuthorized(
  authorization: string | undefined,
  apiKey: string,
  user = serverTraits[virtualServerKind].apiUser,
): boolean {
  const expected = `Basic ${Buffer.from(`${user}:${apiKey}`).toString('base64')}`
  return timingSafeEqual(digest(authorization ?? ''), digest(expected))
}
