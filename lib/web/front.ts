import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'
import { type BodyLimit, bodyBudgetBytes, bodyLimitOf } from './body-limits'
import { boundBody } from './bound-body'
import { makeNonce } from './content-policy'
import { foreignRefusal, hostRefusal, nameHostOfPage } from './foreign'
import { guardRequest, type IsTrusted } from './request-headers'
import { commonHeaders, guardResponse } from './response-headers'
import { createRoom } from './room'
import { webhookSlug } from './webhook'

export type Front = {
  /** Where browsers reach Oneway. */
  baseUrl: string
  /** Whether that is over TLS. */
  https: boolean
  dev: boolean
  isTrusted: IsTrusted
  /** The bytes of the favicon: browsers ask for it while a page, with its own link, still streams. */
  icon: Uint8Array
  webhook(request: IncomingMessage, response: ServerResponse, slug: string): void
  page(request: IncomingMessage, response: ServerResponse): void
  /** Answers a request that comes from a page of another site, with the reason. */
  refuseForeign(request: IncomingMessage, response: ServerResponse, reason: string): void
  /** Another limit than the table's, for tests that have no time. */
  limitOf?(limit: BodyLimit): BodyLimit
}

/**
 * The HTTP server that stands before Next: it makes the request's headers trustworthy, gives every
 * response its own, and answers by itself what needs no page. Node's parser refuses whatever two servers
 * could read differently (both Content-Length and Transfer-Encoding, a bare LF); nothing here loosens it.
 */
export function createFront(front: Front): Server {
  const { https, dev, isTrusted, baseUrl } = front
  const bodies = createRoom(bodyBudgetBytes)
  const server = createServer((request, response) => {
    const policy = { nonce: makeNonce(), dev }
    guardResponse(request, response, { ...policy, https })
    const slug = webhookSlug(request.url)
    // Under any name: an MDM server may know Oneway by an internal one, and signs or knows a secret.
    if (slug !== undefined) return front.webhook(request, response, slug)
    guardRequest(request, isTrusted, policy)
    const otherHost = hostRefusal(request, baseUrl)
    if (otherHost !== undefined) return void say(response, 403, otherHost)
    if (answerHere(request, response, front.icon)) return
    const limit = bodyLimitOf(request.url)
    if (boundBody(request, response, front.limitOf?.(limit) ?? limit, bodies)) return
    const reason = foreignRefusal(request, baseUrl)
    if (reason !== undefined) return front.refuseForeign(request, response, reason)
    nameHostOfPage(request, baseUrl)
    front.page(request, response)
  })
  limitPatience(server)
  server.on('clientError', (error, socket) => refuse(socket, error, https))
  // Next would pass it on to wherever a rewrite leads (CVE-2026-44578); only its dev server needs one.
  if (!dev) server.on('upgrade', (_request, socket: Duplex) => end(socket, '404 Not Found', https))
  return server
}

/**
 * A request that is never finished holds a connection, so its head has 15 s and the whole of it two
 * minutes: 8 MiB over the slowest link a lab has (0.6 Mbit/s). How long an answer takes is not limited:
 * a webhook is held while the database is away, and an event stream lives for minutes.
 */
function limitPatience(server: Server): void {
  server.headersTimeout = 15_000
  server.requestTimeout = 120_000
  // NanoMDM keeps an idle connection for 90 s (https://pkg.go.dev/net/http#DefaultTransport). One that
  // we close first can swallow an event that is just being written to it, and it is never sent again.
  server.keepAliveTimeout = 120_000
}

/** Of pages and their actions; an API's route knows its own, and Next answers 405 for the others. */
const methods = ['GET', 'HEAD', 'POST', 'OPTIONS']

/** Whether the request was answered without Next. */
function answerHere(request: IncomingMessage, response: ServerResponse, icon: Uint8Array): boolean {
  const path = (request.url ?? '/').split('?', 1)[0]
  const isApi = path?.startsWith('/api/') && request.method !== 'TRACE'
  if (!isApi && !methods.includes(request.method ?? '')) {
    response.setHeader('Allow', methods.join(', '))
    return say(response, 405, 'This method is not used here.')
  }
  if (path?.startsWith('/_next/image'))
    return say(response, 404, 'There is no image optimiser here.')
  if (path !== '/favicon.ico') return false
  response.writeHead(200, { 'Content-Type': 'image/svg+xml; charset=utf-8' })
  response.end(icon)
  return true
}

function say(response: ServerResponse, status: number, text: string): true {
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

/** What cannot be read as HTTP is answered and cut; what follows on the same connection is never read. */
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
