import type { IncomingMessage, ServerResponse } from 'node:http'
import { type BodyLimit, sizeInWords } from './body-limits'
import type { Room } from './room'

/** Who is refused may go on sending for so long, and so much, to get to read the answer. */
const drainMs = 5_000
const drainBytes = 32 * 1024 * 1024

/**
 * Holds a request to its limit before anybody reads it. True where it was answered here: it says itself
 * that it is too large, or too many are under way. Else the bytes of a body without Content-Length are
 * counted as they come and the time is watched, and whoever reads it meets a cut connection.
 */
export function boundBody(
  request: IncomingMessage,
  response: ServerResponse,
  limit: BodyLimit,
  room: Room,
): boolean {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers
  if (length === undefined && encoding === undefined) return false
  const declared = length === undefined ? undefined : Number(length)
  const refuse = (status: number, text: string) => cutOff(request, response, status, text)
  if (declared !== undefined && declared > limit.maxBytes) {
    refuse(413, tooLarge(limit))
    return true
  }
  const bytes = declared ?? limit.maxBytes
  if (!room.enter(bytes)) {
    response.setHeader('Retry-After', '5')
    refuse(503, 'Too many requests bring something at once. Try again in a few seconds.')
    return true
  }
  response.once('close', () => room.leave(bytes))
  const late = () => {
    // All of it is here: it waits for a page that is being drawn or built, and its sender did its part.
    if (request.complete) return
    if (isReaderLate(request)) {
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
  if (declared === undefined) count(request, limit.maxBytes, () => refuse(413, tooLarge(limit)))
  return false
}

/**
 * Whether so much is here unread that Node takes no more from the sender, who could have sent all of it long
 * ago: whoever should read it is late.
 */
const isReaderLate = ({ readableLength, readableHighWaterMark }: IncomingMessage): boolean =>
  readableLength >= readableHighWaterMark

const tooLarge = ({ what, maxBytes }: BodyLimit) =>
  `${what.charAt(0).toUpperCase()}${what.slice(1)} has at most ${sizeInWords(maxBytes)}.`

/** Node's parser pushes each piece into the request: what comes beyond the limit is never taken into memory. */
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
 * Answers in place of whoever reads the request, and drops what still comes, so that the sender gets to
 * read why. Then the connection is cut, which ends the reading of the others.
 */
function cutOff(
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
  // Not ended: that would cut the connection before the sender has read it.
  response.write(body)
  silence(response)
}

/** Whoever was reading may still try to answer; that was done. */
function silence(response: ServerResponse): void {
  response.setHeader = () => response
  response.writeHead = () => response
  response.write = () => false
  response.end = () => response
}
