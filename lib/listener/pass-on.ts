import { Agent, request as ask, type IncomingMessage, type ServerResponse } from 'node:http'
import { drainBytes, drainMs } from '@/lib/web/bound-body'
import { say } from '@/lib/web/front'
import type { IsTrusted } from '@/lib/web/request-headers'
import { guardResponse, makeNonce } from '@/lib/web/response-headers'

/** Headers of one connection, which the next one has its own of (RFC 9110 §7.6.1). */
const ofOneConnection =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|upgrade|expect|transfer-encoding)$/
/** What a proxy says of a request: the web server believes all of it, as it hears it from here alone. */
const ofProxies = /^(?:forwarded|x-forwarded-.*|x-real-ip)$/
/** Written anew for each request. */
const ofHere = /^(?:x-forwarded-for|x-request-id)$/

type PassOn = {
  /** Where the web server listens: a socket in a folder that only this user can open. */
  socketPath: string
  isTrusted: IsTrusted
  https: boolean
}

/**
 * Hands requests for pages to the web server and streams its answers back. A request is passed on once and never
 * repeated: a form that was sent twice could do something twice.
 */
export function createPassOn({ socketPath, isTrusted, https }: PassOn) {
  const agent = new Agent({ keepAlive: true })

  return function passOn(request: IncomingMessage, response: ServerResponse, id: string): void {
    const { method, url: path } = request
    const headers = headersFor(request, isTrusted, id)
    const onward = ask({ socketPath, agent, method, path, headers, setHost: false })
    onward.once('response', (answer) => {
      // Whoever has answered reads no more; what it began to read it would leave standing for ever.
      answer.once('end', () => request.complete || onward.destroy())
      giveBack(answer, response)
    })
    onward.on('error', (error) => {
      if (response.headersSent) return
      guardResponse(request, response, { nonce: makeNonce(), dev: false, https })
      response.setHeader('Retry-After', '2')
      // Asked for again by the browser itself: a page that nobody has begun. One that ended its web server would do so again.
      if (changesNothing(request) && isAway(error)) response.setHeader('Refresh', '3')
      say(response, 503, notAnswered(request))
    })
    onward.once('close', () => dropRest(request.unpipe(onward)))
    response.once('close', () => {
      if (!response.writableFinished) onward.destroy()
    })
    request.pipe(onward)
  }
}

/**
 * What is left of a body that the web server did not want is dropped, for a while, so that its sender gets to read the
 * answer. Left unread it would keep the connection, and whatever its sender asks for next, until the request is too old.
 */
function dropRest(request: IncomingMessage): void {
  if (request.complete || request.destroyed) return
  const cut = () => void request.destroy()
  const timer = setTimeout(cut, drainMs)
  let dropped = 0
  request.on('data', (chunk: Buffer) => {
    dropped += chunk.byteLength
    if (dropped > drainBytes) cut()
  })
  request.once('close', () => clearTimeout(timer)).once('end', () => clearTimeout(timer))
  // By unpiping it was stopped.
  request.resume()
}

const changesNothing = ({ method }: IncomingMessage) => method === 'GET' || method === 'HEAD'

/** Whether the web server took no connection. */
const isAway = (error: Error) =>
  'code' in error && (error.code === 'ENOENT' || error.code === 'ECONNREFUSED')

const notAnswered = (request: IncomingMessage) =>
  changesNothing(request)
    ? 'The pages of Oneway are starting. Try again in a few seconds; replies of devices are received meanwhile.'
    : 'The pages of Oneway ended before they answered. Look whether your change is there before you repeat it.'

/** The headers as they came, each as often as it came, but for those of this connection and those only a proxy may set. */
function headersFor(request: IncomingMessage, isTrusted: IsTrusted, id: string): string[] {
  const remote = request.socket.remoteAddress ?? ''
  const byProxy = isTrusted(remote)
  const isKept = (name: string) =>
    !ofOneConnection.test(name) && !ofHere.test(name) && (byProxy || !ofProxies.test(name))
  const { 'x-forwarded-for': hops, 'transfer-encoding': framing } = request.headers
  return [
    ...pairsOf(request.rawHeaders).filter(([name]) => isKept(name.toLowerCase())),
    // Without it the body of a GET would have no frame, and would be read as the next request.
    ...(framing === undefined ? [] : [['Transfer-Encoding', 'chunked']]),
    ['X-Forwarded-For', [...(byProxy && hops !== undefined ? [hops] : []), remote].join(', ')],
    ['X-Request-Id', id],
  ].flat()
}

const pairsOf = (raw: string[]): [name: string, value: string][] =>
  raw.flatMap((name, at) => (at % 2 === 0 ? [[name, raw[at + 1] ?? '']] : []))

function giveBack(answer: IncomingMessage, response: ServerResponse): void {
  const headers = pairsOf(answer.rawHeaders).filter(
    ([name]) => !ofOneConnection.test(name.toLowerCase()),
  )
  response.sendDate = false
  response.writeHead(answer.statusCode ?? 502, answer.statusMessage, headers.flat())
  // What the web server did not end, nobody may take for whole.
  answer.on('error', () => response.destroy())
  answer.pipe(response)
}
