import { isIP } from 'node:net'
import { isOnThisMachine, loopback } from '../env-variables'

/** Whether only this machine opens the address. */
export const isLoopback = (baseUrl: string): boolean => isOnThisMachine(new URL(baseUrl))

/** The origins at which this lab may be opened: on loopback each of its names, otherwise only its own. */
export function originsOf(baseUrl: string): string[] {
  const { protocol, port, origin } = new URL(baseUrl)
  if (!isLoopback(baseUrl)) return [origin]
  return loopback.map((name) => `${protocol}//${name}${port === '' ? '' : `:${port}`}`)
}

/** Whether browsers take pages at this address for secure, and so keep a page for when there is no connection. */
export const isSecureAddress = (baseUrl: string): boolean =>
  new URL(baseUrl).protocol === 'https:' || isLoopback(baseUrl)

/**
 * Whether a Host header names this lab. Without this check a page could point its own host name at the lab's
 * address and read what a browser there may read (DNS rebinding). The port is not compared: a proxy may leave
 * it out (`$host` of nginx), and browsers share cookies between the ports of a host anyway.
 */
export function isOwnHost(host: string | undefined, baseUrl: string): boolean {
  const name = /^(\[[\da-f:.]+\]|[\w.-]+)(?::\d{0,5})?$/i.exec(host ?? '')?.[1]?.toLowerCase()
  const { hostname } = new URL(baseUrl)
  if (name === undefined) return false
  return name === hostname || (loopback.includes(name) && loopback.includes(hostname))
}

/** What a person can do when the address in their browser is not this lab's own. */
export const whereToOpen = (baseUrl: string) =>
  `Open this lab at ${baseUrl}, or set ONEWAY_BASE_URL to the address you use.`

const safeMethods = ['GET', 'HEAD', 'OPTIONS']

type Asked = { method: string; headers: Pick<Headers, 'get'> }

/**
 * Why a request that could change something is refused as a cross-site request; undefined if it comes from
 * this lab's own pages, or if its method changes nothing. Current browsers send `Origin` with every POST, so
 * a request without one is refused too. A sandboxed frame of any site sends `null` (GHSA-mq59-m269-xvcx).
 */
export function crossSiteRefusal(asked: Asked, baseUrl: string): string | undefined {
  if (safeMethods.includes(asked.method.toUpperCase())) return undefined
  const origin = asked.headers.get('origin')
  if (origin === null) return 'The request does not say which page it comes from (no Origin).'
  if (!originsOf(baseUrl).includes(origin))
    return `The request does not come from a page of this lab. ${whereToOpen(baseUrl)}`
  const site = asked.headers.get('sec-fetch-site')
  // A person's own script sends none. A request from a sub-domain says same-site, from elsewhere cross-site.
  if (site !== null && site !== 'same-origin')
    return `The request comes from another site, as the browser says (${site.slice(0, 20)}).`
  return undefined
}

/** The host name that passkeys are bound to, and the address at which they work. */
export type PasskeyHost = { rpId: string; origin: string }

/**
 * Where the passkeys of this lab work. Browsers make no passkey for an IP address
 * (https://www.w3.org/TR/webauthn-3/#rp-id), so a lab on 127.0.0.1 uses `localhost`.
 */
export function passkeyHost(baseUrl: string): PasskeyHost {
  const url = new URL(baseUrl)
  if (isIP(url.hostname.replace(/^\[|\]$/g, '')) !== 0) url.hostname = 'localhost'
  return { rpId: url.hostname, origin: url.origin }
}
