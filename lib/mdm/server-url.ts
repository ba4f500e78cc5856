import { isIP } from 'node:net'
import { isLoopbackAddress, isNeverReached } from './reachable'

/** The host as a socket takes it: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

/** True where the address names this machine itself and not something that may lead to it. */
const isThisMachine = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host)

/**
 * Why a text is no address of an MDM server; undefined when it is one. The API key goes along with every
 * call, so plain HTTP is for this machine only, and nothing but scheme, host, port and a path prefix
 * may be in it.
 */
export function serverUrlProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return 'not an address like https://mdm.example.org'
  const url = new URL(text)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'only https:// and http://'
  if (url.username !== '' || url.password !== '') return 'a user name or password in the address'
  if (url.search !== '' || url.hash !== '' || /[?#]/.test(text))
    return 'a "?" or "#" in the address'
  if (url.port === '0') return 'port 0'
  if (!isPlainPath(text, url)) return 'an unusual path in the address'
  return hostProblem(text, url)
}

/** As it was written too: the parser has walked every `..` already. */
const isPlainPath = (text: string, url: URL): boolean =>
  /^(?:\/[A-Za-z0-9_-]+)*\/?$/.test(url.pathname) &&
  /^https?:\/\/[^/\\@]+(?:\/[A-Za-z0-9_-]+)*\/?$/i.test(text)

function hostProblem(text: string, url: URL): string | undefined {
  const host = hostOf(url)
  const [, written = ''] = /^https?:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(text) ?? []
  // 2130706433, 0x7f.1, 127.1 and [::ffff:127.0.0.1] are all read as addresses somebody may not expect.
  if (isIP(host) !== 0 && written.toLowerCase() !== url.hostname)
    return 'an unusual spelling of a network address'
  if (/^::ffff:|^::(?!1$)/i.test(host)) return 'an IPv4 address written as IPv6'
  if (isIP(host) !== 0 && isNeverReached(host))
    return 'a network address that belongs to no MDM server (link-local, metadata or of many)'
  if (url.protocol === 'http:' && !isThisMachine(host))
    return 'http:// is for this machine only; use https://'
  return undefined
}
