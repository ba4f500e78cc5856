import { BlockList, isIP, type LookupFunction } from 'node:net'

/** The host as a socket takes it: an IPv6 address without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1')

/** Whether an address names this machine itself, and not a host name that may lead to it. */
const isThisMachine = (host: string): boolean => host === 'localhost' || isLoopbackAddress(host)

/**
 * Why a text cannot be the address of an MDM server; undefined if it can. Every call carries the API key, so plain
 * HTTP is allowed to this machine only, and the address may hold only scheme, host, port and a path prefix.
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

/** Checked in the text as well: the URL parser has resolved every `..` already. */
const isPlainPath = (text: string, url: URL): boolean =>
  /^(?:\/[A-Za-z0-9_-]+)*\/?$/.test(url.pathname) &&
  /^https?:\/\/[^/\\@]+(?:\/[A-Za-z0-9_-]+)*\/?$/i.test(text)

/** The part of that which is about the host and the scheme, for any address that Oneway connects to. */
export function hostProblem(text: string, url: URL): string | undefined {
  const host = hostOf(url)
  const [, written = ''] = /^https?:\/\/(\[[^\]]*\]|[^/:]*)/i.exec(text) ?? []
  // 2130706433, 0x7f.1, 127.1 and [::ffff:127.0.0.1] are parsed as addresses that a reader may not expect.
  if (isIP(host) !== 0 && written.toLowerCase() !== url.hostname)
    return 'an unusual spelling of a network address'
  if (/^::ffff:|^::(?!1$)/i.test(host)) return 'an IPv4 address written as IPv6'
  if (isIP(host) !== 0 && isNeverReached(host))
    return 'a network address that belongs to no server (link-local, metadata or multicast)'
  if (url.protocol === 'http:' && !isThisMachine(host))
    return 'http:// is for this machine only; use https://'
  return undefined
}

/**
 * The canonical form of an MDM server's address, equal for all spellings of one server: host, port and path. It
 * leaves the scheme out, as one port is one server; all names of this machine are the same. The database enforces
 * it by `server_address` (lib/db/sql/functions). Two DNS names of one host are not recognised as the same.
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

/** An address that `serverUrlProblem` accepts, as it is stored: the host in one spelling, no trailing slash. */
export const plainUrl = (text: string): string => {
  const { protocol, host, pathname } = new URL(text)
  return `${protocol}//${host}${withoutLast(pathname, '/')}`
}

/** Without trailing repetitions of a character. A regular expression would take quadratic time on a long run of it. */
function withoutLast(text: string, character: string): string {
  let end = text.length
  while (text[end - 1] === character) end -= 1
  return text.slice(0, end)
}

// Addresses that Oneway never connects to as an MDM server. Private networks are allowed: a NanoMDM belongs on one
// (docs/security.md). docs/decisions/042-where-the-server-connects.md

const never = new BlockList()
// Link-local, and with it the metadata service of AWS, Azure, Google Cloud and most others
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html).
never.addSubnet('169.254.0.0', 16, 'ipv4')
never.addSubnet('fe80::', 10, 'ipv6')
// The same through NAT64 (RFC 6052 §2.1) and 6to4 (RFC 3056).
never.addSubnet('64:ff9b::a9fe:0', 112, 'ipv6')
never.addSubnet('2002:a9fe::', 32, 'ipv6')
// Metadata services elsewhere: AWS by IPv6, Alibaba, Oracle, the host of an Azure machine.
never.addAddress('fd00:ec2::254', 'ipv6')
never.addAddress('100.100.100.200', 'ipv4')
never.addAddress('192.0.0.192', 'ipv4')
never.addAddress('168.63.129.16', 'ipv4')
// "This network", which Linux treats as loopback, and multicast and broadcast.
never.addSubnet('0.0.0.0', 8, 'ipv4')
never.addAddress('::', 'ipv6')
never.addSubnet('224.0.0.0', 4, 'ipv4')
never.addAddress('255.255.255.255', 'ipv4')
never.addSubnet('ff00::', 8, 'ipv6')

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

const isIn = (list: BlockList, address: string): boolean => {
  const family = isIP(address)
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4')
}

/** Whether an address is loopback, as a socket reports it (`::ffff:127.0.0.1` too). */
export const isLoopbackAddress = (address: string): boolean => isIn(loopback, address)

/** Whether an address is one that no MDM server has: link-local, a metadata service, unspecified, multicast. */
function isNeverReached(address: string): boolean {
  // fe80::1%eth0: the part after the percent sign names an interface.
  const [plain = ''] = address.split('%', 1)
  return isIP(plain) === 0 || isIn(never, plain)
}

/**
 * A DNS lookup that fails unless `allowed` accepts every address found. It runs when the socket connects, which
 * uses exactly these addresses, so a name server that answers differently the next time gains nothing (DNS
 * rebinding).
 */
function lookupOnly(
  lookup: LookupFunction,
  allowed: (address: string) => boolean,
  reason: string,
): LookupFunction {
  return (name, options, done) =>
    lookup(name, options, (error, found, family) => {
      if (error) return done(error, found, family)
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address)
      if (addresses.length > 0 && addresses.every(allowed)) return done(null, found, family)
      return done(new Error(`${name} ${reason}`), '', 0)
    })
}

/**
 * Over plain HTTP a key or a file is sent to this machine only, whatever a name server answers for `localhost`. Over
 * TLS a name may lead to a private network or to this machine, as the server there must have a certificate for that
 * name before a byte is written; it must not lead to a metadata service or a link-local address.
 */
export function guardedLookup(url: URL, lookup: LookupFunction): LookupFunction {
  if (url.protocol === 'http:')
    return lookupOnly(lookup, isLoopbackAddress, 'does not lead to this machine')
  const allowed = (address: string) => !isNeverReached(address)
  return lookupOnly(lookup, allowed, 'leads to an address that belongs to no server')
}
