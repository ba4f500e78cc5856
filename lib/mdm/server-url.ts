import { BlockList, isIP } from 'node:net'

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

/** True for an address of this machine only, as a socket reports it (`::ffff:127.0.0.1` counts). */
export function isLoopbackAddress(address: string): boolean {
  const family = isIP(address)
  return family !== 0 && loopback.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** The host as a socket takes it: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

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
  if (!/^(?:\/[A-Za-z0-9_-]+)*\/?$/.test(url.pathname)) return 'an unusual path in the address'
  const host = hostOf(url)
  const local = host === 'localhost' || isLoopbackAddress(host)
  if (url.protocol === 'http:' && !local) return 'http:// is for this machine only; use https://'
  return undefined
}
