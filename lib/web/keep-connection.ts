import type { ServerResponse } from 'node:http'

/**
 * For the web server's side of the socket: keeps the connection after an answer that leaves the request's body unread.
 * Closed, it would fail the listener's writing of that body before the answer was read, and a refusal would become a 503.
 */
export function keepConnection(response: ServerResponse): void {
  const write = response.writeHead.bind(response)
  const kept = (status: number, ...rest: unknown[]): ServerResponse => {
    response.removeHeader('Connection')
    const [reason] = rest
    return typeof reason === 'string' ? write(status, reason) : write(status)
  }
  // Called by the guard of responses, which has set all headers before.
  response.writeHead = kept as typeof response.writeHead
}
