import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createLog } from '@/lib/log'
import type { IsTrusted } from './request-headers'

const idForm = /^[A-Za-z0-9._-]{8,100}$/

/**
 * Gives a request its id, which its response and all its log lines have: that of a trusted proxy, so that both logs
 * name a request alike, or a new one.
 */
export function nameRequest(
  request: IncomingMessage,
  response: ServerResponse,
  isTrusted: IsTrusted,
): string {
  const given = request.headers['x-request-id']
  const isGiven =
    typeof given === 'string' && idForm.test(given) && isTrusted(request.socket.remoteAddress ?? '')
  const id = isGiven ? given : randomUUID()
  response.setHeader('X-Request-Id', id)
  return id
}

/** The path of a request as it may be logged: without its query, and without the secret of a shared report. */
const shownPath = (target = '/'): string =>
  (target.split('?', 1)[0] ?? '/').replace(/^\/shared\/.*/, '/shared/…').slice(0, 200)

/** Called after a response: how long it took in ms, and its status; `closed` if the client went away before its end. */
export type RequestEnded = (ended: { ms: number; status: number; closed: boolean }) => void

/** Logs each request when its response ends: one that failed here as an error, others only at the level debug. */
export function createRequestLog(log = createLog('web')) {
  return (request: IncomingMessage, response: ServerResponse, onEnd?: RequestEnded): void => {
    const begun = performance.now()
    response.once('close', () => {
      const ms = Math.round(performance.now() - begun)
      const { statusCode: status } = response
      const closed = !response.writableFinished
      onEnd?.({ ms, status, closed })
      const line = { method: request.method, path: shownPath(request.url), status, ms, closed }
      // 503 is a refusal for now, which its own sender is told.
      if (status >= 500 && status !== 503) log.error(line, 'a request failed')
      else log.debug(line, 'a request was answered')
    })
  }
}
