import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ByteBudget } from './body-budgets'
import { type BodyLimit, sizeInWords } from './body-limits'

/** A refused sender may go on sending for this long, and this much, so that it gets to read the answer. */
export const drainMs = 5_000
export const drainBytes = 32 * 1024 * 1024

/**
 * Enforces a request's limits on size and time before it is read. The bytes of a body without Content-Length are
 * counted as they arrive; beyond a limit the connection is cut for whoever is reading.
 * @returns true if the request was answered here, because it declares too large a body or too many are arriving
 */
export function boundBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: BodyLimit,
  budget: ByteBudget,
): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length === undefined && encoding === undefined) return false
  const declared = length === undefined ? undefined : Number(length)
  const refuse = (status: number, text: string) => answerUnread(request, response, status, text)
  if (declared !== undefined && declared > limit.maxBytes) {
    refuse(413, tooLarge(limit))
    return true
  }
  const bytes = declared ?? limit.maxBytes
  if (!budget.reserve(bytes)) {
    response.setHeader('Retry-After', '5')
    refuse(503, 'Too many requests with a body are arriving. Try again in a few seconds.')
    return true
  }
  response.once('close', () => budget.release(bytes))
  const late = () => {
    // The body has arrived in full; only the page that should read it is still being rendered.
    if (request.complete) return
    if (isReaderLate(request) && !response.headersSent) {
      response.setHeader('Retry-After', '5')
      refuse(
        503,
        'Oneway is busy and did not read the request in time. Try again in a few seconds.',
      )
      return
    }
    refuse(408, `${limit.what} must have arrived within ${limit.withinMs / 1000} s.`)
  }
  const timer = setTimeout(late, limit.withinMs)
  const arrived = () => clearTimeout(timer)
  request.once('end', arrived).once('close', arrived)
  // After the whole answer nobody waits for the rest, and a request whose answer is over is not told of its connection's end.
  response.once('close', arrived)
  if (declared === undefined) count(request, limit.maxBytes, () => refuse(413, tooLarge(limit)))
  return false
}

/**
 * Whether so much has arrived unread that Node accepts no more from the sender. Then not the sender is slow, but
 * whoever should read the body.
 */
const isReaderLate = ({ readableLength, readableHighWaterMark }: IncomingMessage): boolean =>
  readableLength >= readableHighWaterMark

const tooLarge = ({ what, maxBytes }: BodyLimit) =>
  `${what.charAt(0).toUpperCase()}${what.slice(1)} has at most ${sizeInWords(maxBytes)}.`

/** Counts what Node's parser pushes into the request, so that nothing beyond the limit gets into memory. */
function count(request: IncomingMessage, maxBytes: number, over: () => void): void {
  const push = request.push.bind(request)
  let bytes = 0
  request.push = (chunk: Buffer | null, encoding?: BufferEncoding) => {
    bytes += chunk?.byteLength ?? 0
    if (bytes <= maxBytes) return push(chunk, encoding)
    over()
    return true
  }
}

/**
 * Answers in place of whoever reads the request, and drops the rest of the body, so that the sender gets to read
 * the answer. Then the connection is cut, which ends the other reader too.
 */
export function answerUnread(
  request: IncomingMessage,
  response: ServerResponse,
  status: number,
  text: string,
): void {
  const cut = () => void request.destroy()
  if (response.headersSent) {
    cut()
    return
  }
  let dropped = 0
  const timer = setTimeout(cut, drainMs)
  request.push = (chunk: Buffer | null) => {
    dropped += chunk?.byteLength ?? 0
    if (chunk === null || dropped > drainBytes) cut()
    return true
  }
  request.once('close', () => clearTimeout(timer))
  request.resume()
  const body = `${text}\n`
  response.writeHead(status, {
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': String(Buffer.byteLength(body)),
    Connection: 'close',
  })
  // The response is not ended: that would cut the connection before the sender has read it.
  response.write(body)
  silence(response)
}

/** Ignores a second answer by whoever was reading the request. */
function silence(response: ServerResponse): void {
  response.setHeader = () => response
  response.writeHead = () => response
  response.write = () => false
  response.end = () => response
}
