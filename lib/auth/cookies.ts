import type { BetterAuthAdvancedOptions } from 'better-auth'

/**
 * Names and attributes of every cookie of sign-in (ASVS 5.0 3.3.1–3.3.4). Over HTTPS the name begins with
 * `__Host-`, which a browser takes from this host only, with Secure and Path=/; over plain http on
 * loopback browsers would drop such a cookie, so there it goes without.
 *
 * `useSecureCookies` is off on purpose: better-auth would put `__Secure-` before the name; Secure is set
 * by itself. SameSite=Strict keeps every cookie from requests that other sites start. One exception: the
 * state of single sign-on comes back with a redirect from the provider, which is such a request;
 * lib/auth/oidc/plugin.ts sets that cookie Lax, for ten minutes.
 */
export function cookieOptions(
  baseUrl: string,
): Pick<
  BetterAuthAdvancedOptions,
  'cookiePrefix' | 'useSecureCookies' | 'defaultCookieAttributes'
> {
  const secure = baseUrl.startsWith('https:')
  return {
    cookiePrefix: secure ? '__Host-oneway' : 'oneway',
    useSecureCookies: false,
    defaultCookieAttributes: { secure, httpOnly: true, sameSite: 'strict', path: '/' },
  }
}
