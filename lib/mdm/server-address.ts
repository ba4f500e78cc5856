import { isLoopbackAddress } from './reachable'
import { hostOf } from './server-url'

/**
 * What two ways to write the address of one MDM server have in common: host, port and path. Without the
 * scheme, as one port is one server; every name of this machine is one. The database holds the same by
 * `server_address` (lib/db/sql/functions). What only a name server knows is not seen: two names of one host differ.
 */
export function serverAddress(text: string): string {
  if (!URL.canParse(text)) return text.toLowerCase()
  const url = new URL(text)
  const host = withoutLast(hostOf(url), '.')
  const isHere =
    isLoopbackAddress(host) || /^(.*\.)?localhost$/.test(host) || ['0.0.0.0', '::'].includes(host)
  const port = url.port || (url.protocol === 'https:' ? '443' : '80')
  const named = isHere ? 'this-machine' : withoutLast(url.hostname, '.')
  return `${named}:${port}${withoutLast(url.pathname, '/')}`
}

/** The address as it is stored: as `serverUrlProblem` lets it through, the host in one spelling, no last slash. */
export const plainUrl = (text: string): string => {
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${withoutLast(pathname, '/')}`
}

/** An expression would take quadratic time for a text full of the sign. */
function withoutLast(text: string, sign: string): string {
  let end = text.length
  while (text[end - 1] === sign) end -= 1
  return text.slice(0, end)
}
