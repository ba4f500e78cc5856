import type { IncomingMessage } from 'node:http'

/**
 * Writes the address a request came from over what the client claims. Anybody can send
 * `X-Forwarded-For`; only the one a trusted proxy has added says something (ASVS 5.0 4.1.3).
 * `proxies` is how many such proxies stand before Oneway; 0 takes the address of the connection.
 */
export function stampAddress(request: IncomingMessage, proxies: number): void {
  const claimed = request.headersDistinct['x-forwarded-for']?.join(',').split(',') ?? []
  const own = request.socket.remoteAddress ?? 'unknown'
  const address = proxies === 0 ? own : (claimed.at(-proxies)?.trim() ?? own)
  request.headers['x-forwarded-for'] = address
}
