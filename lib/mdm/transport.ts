import { lookup as systemLookup } from 'node:dns'
import { type IncomingHttpHeaders, request } from 'node:http'
import { connect as connectTcp, isIP, type LookupFunction, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { guardedLookup, hostOf } from './server-url'
import type { HttpAnswer, TransportFailure } from './settle'

export type HttpCall = {
  url: URL
  method: 'GET' | 'PUT' | 'POST' | 'DELETE'
  path: string
  headers: Record<string, string>
  body?: Uint8Array | undefined
  /** For the whole call, from resolving the host name to the last byte of the answer. */
  timeoutMs: number
  lookup?: LookupFunction | undefined
  /** The maximum size of the answer; 64 KiB by default. */
  maxAnswerBytes?: number | undefined
  /** Gives the bytes and the headers of the answer too. */
  whole?: boolean | undefined
}

/** Ten times the largest answer to a command or a push that was seen. */
const usualAnswerBytes = 64 * 1024

/**
 * Makes one HTTP call on a new connection: no pool, no redirect, no retry, TLS verified. The connection, including
 * the TLS handshake and the check of the certificate, is complete before the first byte of the request is written,
 * so a failure before that point proves that nothing was sent. Never rejects.
 */
export async function callOnce(call: HttpCall): Promise<HttpAnswer | TransportFailure> {
  const startedAt = performance.now()
  const socket = await openSocket(call)
  if ('failed' in socket) return socket
  return exchange(call, socket, call.timeoutMs - (performance.now() - startedAt))
}

const openSocket = (call: HttpCall): Promise<Socket | TransportFailure> =>
  new Promise((resolve) => {
    const { url, timeoutMs, lookup } = call
    const secure = url.protocol === 'https:'
    const host = hostOf(url)
    const port = Number(url.port) || (secure ? 443 : 80)
    const target = {
      host,
      port,
      lookup: guardedLookup(url, lookup ?? systemLookup),
      ...(!isIP(host) && { servername: host }),
    }
    const socket = secure ? connectTls(target) : connectTcp(target)
    const settle = (result: Socket | TransportFailure) => {
      clearTimeout(timer)
      socket.off('error', onError).off('close', onClose)
      if (result !== socket) socket.on('error', () => {}).destroy()
      resolve(result)
    }
    const detail = `not connected within ${timeoutMs} ms`
    const timer = setTimeout(() => settle({ failed: 'timedOut', detail }), timeoutMs)
    const onError = (error: Error) => settle(connectFailure(error, secure))
    const onClose = () => settle({ failed: 'notConnected', detail: 'closed' })
    socket.on('error', onError).on('close', onClose)
    socket.once(secure ? 'secureConnect' : 'connect', () => settle(socket))
  })

const codeOf = (error: Error): string =>
  'code' in error && typeof error.code === 'string' ? error.code : ''

const connectFailure = (error: Error, secure: boolean): TransportFailure => {
  const code = codeOf(error)
  const detail = code || error.message
  if (/^(ENOTFOUND|ENODATA|EAI_.*)$/.test(code)) return { failed: 'nameNotResolved', detail }
  // A time-out by the system proves as little as one by us.
  if (code === 'ETIMEDOUT') return { failed: 'timedOut', detail }
  const unreached = ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'EADDRNOTAVAIL', 'EACCES']
  return { failed: secure && !unreached.includes(code) ? 'tlsFailed' : 'notConnected', detail }
}

const exchange = (
  {
    url,
    method,
    path,
    headers,
    body,
    timeoutMs,
    maxAnswerBytes = usualAnswerBytes,
    whole,
  }: HttpCall,
  socket: Socket,
  leftMs: number,
): Promise<HttpAnswer | TransportFailure> =>
  new Promise((resolve) => {
    const chunks: Buffer[] = []
    let httpStatus: number | undefined
    const end = (failure: Pick<TransportFailure, 'failed' | 'detail'>) => {
      finish(httpStatus === undefined ? failure : { ...failure, httpStatus, body: textOf(chunks) })
    }
    const finish = (result: HttpAnswer | TransportFailure) => {
      clearTimeout(timer)
      // Whatever arrives after this is ignored.
      sent.on('error', () => {}).destroy()
      socket.destroy()
      resolve(result)
    }
    const detail = `no whole answer within ${timeoutMs} ms`
    const timer = setTimeout(() => end({ failed: 'timedOut', detail }), leftMs)
    const length = body === undefined ? {} : { 'Content-Length': String(body.byteLength) }
    const sent = request({
      method,
      path,
      headers: { Host: url.host, Connection: 'close', ...length, ...headers },
      createConnection: () => socket,
    })
    sent.on('error', (error) => end({ failed: 'cut', detail: codeOf(error) || error.message }))
    sent.on('upgrade', () => end({ failed: 'cut', detail: 'the server switched protocols' }))
    sent.on('response', (response) => {
      httpStatus = response.statusCode ?? 0
      const { location } = response.headers
      let bytes = 0
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.byteLength
        if (bytes > maxAnswerBytes)
          end({ failed: 'tooLarge', detail: `over ${maxAnswerBytes} bytes` })
        else chunks.push(chunk)
      })
      response.on('error', (error) => end({ failed: 'cut', detail: codeOf(error) }))
      response.on('aborted', () => end({ failed: 'cut', detail: 'aborted' }))
      response.on('end', () => {
        const answer = {
          ...{ httpStatus: httpStatus ?? 0, body: textOf(chunks) },
          ...(whole && { bytes: Buffer.concat(chunks), headers: singleHeaders(response.headers) }),
        }
        finish(location === undefined ? answer : { ...answer, location: plain(location) })
      })
    })
    sent.end(body)
  })

const singleHeaders = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, plain(value)] as const] : [],
    ),
  )

const textOf = (chunks: Buffer[]) => plain(new TextDecoder().decode(Buffer.concat(chunks)))

// PostgreSQL's text type refuses NUL.
const plain = (text: string) => text.replaceAll('\0', '\uFFFD')
