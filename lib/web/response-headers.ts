import { randomBytes } from 'node:crypto'
import type { IncomingMessage, OutgoingHttpHeader, ServerResponse } from 'node:http'

import { workerPath } from './worker-file'

export type HeaderOptions = PolicyOptions & {
  /** Whether browsers reach Oneway over TLS. */
  https: boolean
}

/** Two years, as the browsers' preload list recommends (https://hstspreload.org). */
const strictTransport = 'max-age=63072000'

/** Pages for people without an account, whose address is a secret: it is not passed on, searched or kept. */
const forStrangers = (path: string): Record<string, string> =>
  path.startsWith('/shared/')
    ? { 'Referrer-Policy': 'no-referrer', 'X-Robots-Tag': 'noindex, nofollow, noarchive' }
    : {}

/** The headers of every response. */
export function commonHeaders({ https }: { https: boolean }): Record<string, string> {
  return {
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
    ...(https && { 'Strict-Transport-Security': strictTransport }),
  }
}

/**
 * Adds the headers of docs/security.md to a response when its own headers are written, so that every page, error, file
 * and action gets them.
 */
export function guardResponse(
  request: IncomingMessage,
  response: ServerResponse,
  options: HeaderOptions,
): void {
  const path = (request.url ?? '').split('?', 1)[0] ?? ''
  const write = response.writeHead.bind(response)
  const guarded = (status: number, ...rest: unknown[]): ServerResponse => {
    takeOver(response, rest.at(-1))
    for (const [name, value] of Object.entries(headersOf(response, status, path, options)))
      if (value === undefined) response.removeHeader(name)
      else response.setHeader(name, value)
    const [reason] = rest
    return typeof reason === 'string' ? write(status, reason) : write(status)
  }
  // The overloads of writeHead differ in where the headers stand, which `rest` covers.
  response.writeHead = guarded as typeof response.writeHead
}

/** Headers passed to writeHead itself would bypass the guard. */
function takeOver(response: ServerResponse, given: unknown): void {
  if (typeof given !== 'object' || given === null) return
  const pairs: [string, OutgoingHttpHeader | undefined][] = Array.isArray(given)
    ? pairsOf(given)
    : Object.entries(given)
  for (const [name, value] of pairs) if (value !== undefined) response.setHeader(name, value)
}

const pairsOf = (flat: string[]): [string, string][] =>
  flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1] ?? '']] : []))

type Change = Record<string, string | undefined>

function headersOf(
  response: ServerResponse,
  status: number,
  path: string,
  options: HeaderOptions,
): Change {
  const type = textOf(response, 'content-type')
  return {
    ...commonHeaders(options),
    ...forStrangers(path),
    'X-Powered-By': undefined,
    ...(mayHaveBody(status) && { 'Content-Type': withCharset(type ?? 'text/plain') }),
    'Content-Security-Policy':
      path === workerPath && status === 200
        ? workerPolicy
        : policyOf(response, type, path, options),
    'Cache-Control': cachingOf(textOf(response, 'cache-control'), status, path, options.dev),
  }
}

const mayHaveBody = (status: number): boolean => status >= 200 && status !== 204 && status !== 304

const textOf = (response: ServerResponse, name: string): string | undefined => {
  const value = response.getHeader(name)
  return value === undefined ? undefined : String(value)
}

function policyOf(
  response: ServerResponse,
  type: string | undefined,
  path: string,
  options: HeaderOptions,
): string {
  if (textOf(response, 'content-disposition') !== undefined) return filePolicy
  if (!type?.startsWith('text/html')) return plainPolicy
  return path.startsWith('/shared/') ? sharedPolicy(options) : pagePolicy(options)
}

/** Browsers guess the charset of a text without one, and a guess of UTF-7 or UTF-16 can turn text into a script. */
const withCharset = (type: string): string =>
  /^text\//.test(type) && !/charset=/i.test(type) ? `${type}; charset=utf-8` : type

/** Only files whose name changes with their content may be cached, and the icon for a day. */
function cachingOf(given: string | undefined, status: number, path: string, dev: boolean): string {
  const isFound = status === 200 || status === 206 || status === 304
  if (isFound && !dev && path.startsWith('/_next/static/') && given !== undefined) return given
  if (isFound && /^\/(?:icon\.svg|favicon\.ico)$/.test(path)) return 'public, max-age=86400'
  return given?.includes('no-store') ? given : 'no-store'
}

/** What the policy of a page depends on. `dev` is the dev server, which evaluates and injects code. */
export type PolicyOptions = { nonce: string; dev: boolean }

/** A number used once, for one response. Next takes base64 only. */
export const makeNonce = (): string => randomBytes(18).toString('base64')

/**
 * The Content-Security-Policy of a page: its own scripts by nonce and what they load, and nothing else.
 * Style elements need the nonce too. Style attributes stay allowed: Mantine and the charts place
 * everything by them, and a nonce cannot be put on an attribute; they can draw, but run nothing.
 */
export function pagePolicy({ nonce, dev }: PolicyOptions): string {
  const script = `'nonce-${nonce}' 'strict-dynamic'${dev ? " 'unsafe-eval'" : ''}`
  return [
    "default-src 'self'",
    `script-src ${script}`,
    "script-src-attr 'none'",
    `style-src 'self' ${dev ? "'unsafe-inline'" : `'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${dev ? ' ws:' : ''}`,
    "worker-src 'self'",
    "frame-src 'none'",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ')
}

/** The policy of a shared report: its own style element and the widths of its columns; no script, form or request. */
const sharedPolicy = ({ nonce }: PolicyOptions): string =>
  `default-src 'none'; style-src 'nonce-${nonce}'; style-src-attr 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`

/** The policy of a response that is not a page: if a browser takes it for one, it can do nothing. */
const plainPolicy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

/** A worker obeys the policy of its own file (https://www.w3.org/TR/CSP3/#initialize-global-object-csp): this one asks this lab alone. */
const workerPolicy = `${plainPolicy}; connect-src 'self'`

/** The policy of a file that came from outside, such as a device's reply: it is not even a document of this site. */
const filePolicy = `${plainPolicy}; sandbox`
