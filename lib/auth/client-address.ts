import { isIPv6 } from 'node:net'

/** Set by lib/web/request-headers.ts from the connection; what the client sent in it is dropped. */
const addressHeader = 'x-forwarded-for'

/**
 * The network address of a client, for limits and for the list of sessions; `unknown` if there is none. IPv6
 * addresses are cut to their /64, as one customer has at least that (RFC 6177 §2).
 */
export function clientAddress(headers: Headers | undefined): string {
  const given = headers?.get(addressHeader)?.split(',').at(-1)?.trim()
  return given ? networkOf(given) : 'unknown'
}

function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1]
  if (mapped !== undefined) return mapped
  return isIPv6(address) ? `${groupsOf(address).slice(0, 4).join(':')}::/64` : address.slice(0, 64)
}

function groupsOf(address: string): string[] {
  const [left = '', right = ''] = address.split('::')
  const [before, after] = [left, right].map((side) => side.split(':').filter(Boolean))
  const known = [...(before ?? []), ...(after ?? [])].length
  const zeros = Array.from({ length: Math.max(0, 8 - known) }, () => '0')
  const groups = [...(before ?? []), ...zeros, ...(after ?? [])]
  return groups.map((group) => Number.parseInt(group, 16).toString(16))
}
