import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { answerHealth, type ReadyCheck } from '@/lib/operations/health'
import { withRequestId } from '../request-id'
import { type ByteBudget, createByteBudget } from './body-budgets'
import { type BodyLimit, bodyBudgetBytes, bodyLimitOf } from './body-limits'
import { boundBody } from './bound-body'
import { foreignRefusal, hostRefusal, nameHostOfPage } from './foreign'
import { guardRequest, type IsTrusted } from './request-headers'
import { nameRequest } from './request-log'
import { commonHeaders, guardResponse, makeNonce } from './response-headers'
import { type IsPrivatePage, leadToSignIn } from './signed-out'
import { webhookSlug } from './webhook'
import { workerPath } from './worker-file'

export type Front = {
  /** Where browsers reach Oneway. */
  baseUrl: string
  /** Whether that is over TLS. */
  https: boolean
  dev: boolean
  isTrusted: IsTrusted
  /** The bytes of the favicon: browsers ask for it while a page, with its own link, still streams. */
  icon: Uint8Array
  /** The service worker; the dev server has none. */
  worker?: string | undefined
  /** Pages whose visitors without a session are led to sign-in before Next; the dev server leaves that to the pages. */
  isPrivatePage?: IsPrivatePage | undefined
  isReady: ReadyCheck
  /** Watches each request, from its first line on. */
  onRequest?(request: IncomingMessage, response: ServerResponse): void
  webhook(request: IncomingMessage, response: ServerResponse, slug: string): void
  page(request: IncomingMessage, response: ServerResponse): void
  /** Answers a request that comes from a page of another site, with the reason. */
  refuseForeign(request: IncomingMessage, response: ServerResponse, reason: string): void
  /** Replaces a limit of the table, so that tests need not wait. */
  limitOf?(limit: BodyLimit): BodyLimit
}

/**
 * The HTTP server in front of Next: it makes a request's headers trustworthy, sets the headers of every response, and
 * answers what needs no page. Node's parser refuses everything that two servers could read differently (both
 * Content-Length and Transfer-Encoding, a bare LF); nothing here loosens that.
 */
export const createFront = (front: Front): Server =>
  withLimits(createServer(answering(front)), front)

/** Answers a request, or passes it on to the webhook or the pages. */
export function answering(front: Front) {
  const answer = answeringOne(front, createByteBudget(bodyBudgetBytes))
  return (request: IncomingMessage, response: ServerResponse) => {
    const id = nameRequest(request, response, front.isTrusted)
    withRequestId(id, () => answer(request, response))
  }
}

function answeringOne(front: Front, bodies: ByteBudget) {
  const { https, dev, isTrusted, baseUrl } = front
  return (request: IncomingMessage, response: ServerResponse) => {
    front.onRequest?.(request, response)
    const policy = { nonce: makeNonce(), dev }
    guardResponse(request, response, { ...policy, https })
    if (answerHealth(request, response, front.isReady)) return
    const slug = webhookSlug(request.url)
    // Under any host name: an MDM server may know Oneway by an internal one, and it signs or knows a secret.
    if (slug !== undefined) return front.webhook(request, response, slug)
    guardRequest(request, isTrusted, policy)
    const otherHost = hostRefusal(request, baseUrl)
    if (otherHost !== undefined) return void say(response, 403, otherHost)
    if (answerHere(request, response, front)) return
    if (front.isPrivatePage && leadToSignIn(request, response, front.isPrivatePage)) return
    const limit = bodyLimitOf(request.url)
    if (boundBody(request, response, front.limitOf?.(limit) ?? limit, bodies)) return
    const reason = foreignRefusal(request, baseUrl)
    if (reason !== undefined) return front.refuseForeign(request, response, reason)
    nameHostOfPage(request, baseUrl)
    front.page(request, response)
  }
}

/** A server whose requests end, and which answers what is no HTTP. */
export function withLimits<S extends Server>(
  server: S,
  { https, dev }: Pick<Front, 'https' | 'dev'>,
): S {
  limitRequestTime(server)
  server.on('clientError', (error, socket) => refuse(socket, error, https))
  // Next would pass it on to wherever a rewrite leads (CVE-2026-44578); only its dev server needs one.
  if (!dev) server.on('upgrade', (_request, socket: Duplex) => end(socket, '404 Not Found', https))
  return server
}

/**
 * A request that never ends occupies a connection, so its head must arrive within 15 s and all of it within two
 * minutes: 8 MiB over the slowest link of a lab (0.6 Mbit/s). The time for an answer is not limited: a webhook is held
 * while the database is down, and an event stream lives for minutes.
 */
function limitRequestTime(server: Server): void {
  server.headersTimeout = 15_000
  server.requestTimeout = 120_000
  // NanoMDM keeps an idle connection for 90 s (https://pkg.go.dev/net/http#DefaultTransport). One that
  // we close first can swallow an event that is just being written to it, and NanoMDM never sends it again.
  server.keepAliveTimeout = 120_000
}

/** The methods of pages and actions. API routes define their own, and Next answers 405 for the others. */
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** Whether the request was answered without Next. */
function answerHere(
  request: IncomingMessage,
  response: ServerResponse,
  { icon, worker }: Pick<Front, 'icon' | 'worker'>,
): boolean {
  const path = (request.url ?? '/').split('?', 1)[0]
  const isApi = path?.startsWith('/api/') && request.method !== 'TRACE'
  if (!isApi && !methods.includes(request.method ?? '')) {
    response.setHeader('Allow', methods.join(', '))
    return say(response, 405, 'This method is not used here.')
  }
  if (path?.startsWith('/_next/image'))
    return say(response, 404, 'There is no image optimiser here.')
  if (path === workerPath && worker !== undefined)
    return give(response, 'text/javascript; charset=utf-8', worker)
  return path === '/favicon.ico' && give(response, 'image/svg+xml; charset=utf-8', icon)
}

function give(response: ServerResponse, type: string, content: Uint8Array | string): true {
  response.writeHead(200, { 'Content-Type': type })
  response.end(content)
  return true
}

/** Answers in a sentence, and closes the connection. */
export function say(response: ServerResponse, status: number, text: string): true {
  // The body, if there is one, is unread.
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    Connection: 'close',
  })
  response.end(`${text}\n`)
  return true
}

const statusOf: Record<string, string> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** Answers what cannot be parsed as HTTP and closes the connection; what follows on it is never read. */
function refuse(socket: Duplex, error: Error, https: boolean): void {
  const code = 'code' in error ? String(error.code) : ''
  if (code === 'ECONNRESET' || !socket.writable) return void socket.destroy()
  end(socket, statusOf[code] ?? '400 Bad Request', https)
}

function end(socket: Duplex, status: string, https: boolean): void {
  const headers = { ...commonHeaders({ https }), 'Cache-Control': 'no-store' }
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const policy = "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
  socket.on('error', () => undefined)
  const head = `HTTP/1.1 ${status}\r\n${lines.join('')}${policy}`
  socket.end(`${head}Connection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy())
}
