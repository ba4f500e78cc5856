import { originsOf, whereToOpen } from './origins'

const changesNothing = ['GET', 'HEAD', 'OPTIONS']

type Asked = { method: string; headers: Pick<Headers, 'get'> }

/**
 * Why a request that could change something is not of this lab's own pages; undefined where it is, or
 * where its method changes nothing. Each browser of today sends `Origin` with each POST, so an absent
 * one is refused like a foreign one; `null` is what a sandboxed frame of anybody sends (GHSA-mq59-m269-xvcx).
 */
export function crossSiteRefusal(asked: Asked, baseUrl: string): string | undefined {
  if (changesNothing.includes(asked.method.toUpperCase())) return undefined
  const origin = asked.headers.get('origin')
  if (origin === null) return 'The request does not say which page it comes from (no Origin).'
  if (!originsOf(baseUrl).includes(origin))
    return `The request does not come from a page of this lab. ${whereToOpen(baseUrl)}`
  const site = asked.headers.get('sec-fetch-site')
  // Absent in a script of the person's own. A sub-domain says same-site, another site cross-site.
  if (site !== null && site !== 'same-origin')
    return `The request comes from another site, as the browser says (${site.slice(0, 20)}).`
  return undefined
}
