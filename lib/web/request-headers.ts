import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { type PolicyOptions, pagePolicy } from './response-headers'

/** Tells whether an address, as a socket reports it, is one of the proxies this lab trusts. */
export type IsTrusted = (address: string) => boolean

/**
 * @param list addresses and networks such as `10.0.0.2, 192.168.7.0/24`; empty trusts nobody
 * @throws Error on a text that is neither
 */
export function trustedProxies(list: readonly string[]): IsTrusted {
  const known = new BlockList()
  for (const text of list) {
    const [address = '', bits] = text.split('/')
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4'
    if (bits === undefined) known.addAddress(address, family)
    else known.addSubnet(address, Number(bits), family)
  }
  return (address) => {
    const family = isIP(address)
    return family !== 0 && known.check(address, family === 6 ? 'ipv6' : 'ipv4')
  }
}

/** The address of the client: the last hop of X-Forwarded-For that is not a trusted proxy. */
export function clientAddress(request: IncomingMessage, isTrusted: IsTrusted): string {
  const remote = request.socket.remoteAddress ?? ''
  if (!isTrusted(remote)) return remote
  const hops = textOf(request, 'x-forwarded-for')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => isIP(hop) !== 0)
  return hops.findLast((hop) => !isTrusted(hop)) ?? remote
}

const textOf = (request: IncomingMessage, name: string): string => {
  const value = request.headers[name]
  return typeof value === 'string' ? value : (value?.join(',') ?? '')
}

/**
 * Headers that only a proxy of this lab or Oneway itself may set. `x-middleware-subrequest` alone has let
 * people past all of Next's middleware (CVE-2025-29927).
 */
const notFromOutside =
  /^(?:forwarded|x-forwarded-.*|x-real-ip|x-middleware-.*|x-oneway-.*|content-security-policy.*)$/

/**
 * Makes the headers of a request trustworthy: headers that a client could forge are removed, the client's address is
 * a single address, and Next gets the nonce of this response (which it reads from this header:
 * next/dist/server/app-render/get-script-nonce-from-header.js).
 */
export function guardRequest(
  request: IncomingMessage,
  isTrusted: IsTrusted,
  policy: PolicyOptions,
): void {
  const address = clientAddress(request, isTrusted)
  const proxied = isTrusted(request.socket.remoteAddress ?? '') ? forwardedBy(request) : {}
  for (const name of Object.keys(request.headers))
    if (notFromOutside.test(name)) delete request.headers[name]
  Object.assign(request.headers, proxied, {
    'x-forwarded-for': address,
    'content-security-policy': pagePolicy(policy),
    'x-oneway-nonce': policy.nonce,
    // Before anything is read for it: what changes from here on, the page may not show (app/api/events).
    'x-oneway-arrived': new Date().toISOString(),
    // A page does not know its own address, and sign-in must lead back to it.
    'x-oneway-path': withoutRsc(request.url ?? '/'),
  })
}

/** Removes the query parameter by which Next's client marks its own requests. */
function withoutRsc(target: string): string {
  const [path = '/', query] = target.split('?', 2)
  const rest = query?.split('&').filter((pair) => !pair.startsWith('_rsc=')) ?? []
  return rest.length === 0 ? path : `${path}?${rest.join('&')}`
}

/** The host and protocol that a trusted proxy reports; malformed values are left out. */
function forwardedBy(request: IncomingMessage): Record<string, string> {
  const host = textOf(request, 'x-forwarded-host')
  const proto = textOf(request, 'x-forwarded-proto')
  return {
    ...(/^[\w.:[\]-]{1,255}$/.test(host) && { 'x-forwarded-host': host }),
    ...(/^https?$/.test(proto) && { 'x-forwarded-proto': proto }),
  }
}
