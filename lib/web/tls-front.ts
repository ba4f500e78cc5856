import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { createServer as createSecureServer } from 'node:https'
import { createServer as createPort, type Server as Port, type Socket } from 'node:net'
import { isLoopbackAddress } from '@/lib/mdm/server-url'
import { type Front, say, withLimits } from './front'
import { guardResponse, makeNonce } from './response-headers'
import { webhookSlug } from './webhook'

/** A certificate with those that lead to its root, and its private key, in PEM. */
type Certificate = { cert: Buffer; key: Buffer }

/** What is closed when the program ends. */
type FrontServer = Pick<Port, 'listen' | 'close' | 'address'> &
  Pick<Server, 'closeIdleConnections' | 'closeAllConnections'>

/** The first byte of a TLS connection: a handshake record (RFC 8446 §5.1). No HTTP request begins with it. */
const handshake = 0x16

/** A connection that says nothing is closed after this; the head of a request has as long. */
const firstByteMs = 15_000

/**
 * The front with a certificate of its own. One port takes both: pages come by TLS, and what comes in plain is sent to the
 * https address, but for the webhooks of MDM servers on this machine, which no network sees.
 */
export function createTlsFront(
  front: Pick<Front, 'baseUrl' | 'https' | 'dev' | 'webhook'>,
  certificate: Certificate,
  answer: RequestListener,
): FrontServer {
  const options = { ...certificate, minVersion: 'TLSv1.2' as const }
  const secure = withLimits(createSecureServer(options, answer), front)
  const plain = withLimits(createServer(answeringPlain(front)), { ...front, https: false })
  const servers = [secure, plain]
  // They get their connections from the port and never listen themselves, which is where Node begins to enforce limits.
  for (const server of servers) server.emit('listening')
  const port = createPort((socket) => sort(socket, (isTls) => (isTls ? secure : plain)))
  return Object.assign(port, {
    closeIdleConnections: () => servers.forEach((server) => void server.closeIdleConnections()),
    closeAllConnections: () => servers.forEach((server) => void server.closeAllConnections()),
  })
}

/** Hands a connection to the server of its kind, with the bytes that told which. */
function sort(socket: Socket, serverOf: (isTls: boolean) => Server): void {
  const drop = () => void socket.destroy()
  socket.setTimeout(firstByteMs, drop).on('error', drop)
  socket.once('data', (first) => {
    socket.pause().setTimeout(0).off('timeout', drop)
    socket.unshift(first)
    serverOf(first[0] === handshake).emit('connection', socket)
    process.nextTick(() => socket.resume())
  })
}

/** What may be said without TLS: the events of MDM servers on this machine, and where to go. */
const answeringPlain =
  ({ baseUrl, webhook }: Pick<Front, 'baseUrl' | 'webhook'>) =>
  (request: IncomingMessage, response: ServerResponse) => {
    guardResponse(request, response, { nonce: makeNonce(), dev: false, https: false })
    const slug = webhookSlug(request.url)
    if (slug !== undefined && isLoopbackAddress(request.socket.remoteAddress ?? ''))
      return webhook(request, response, slug)
    const { method = 'GET', url = '/' } = request
    if (slug === undefined && ['GET', 'HEAD'].includes(method))
      response.setHeader('Location', `${baseUrl}${url.startsWith('/') ? url : '/'}`)
    const isSent = response.hasHeader('Location')
    say(response, isSent ? 307 : 403, `Open this lab at ${baseUrl}. Nothing is taken without TLS.`)
  }
