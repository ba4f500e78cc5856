import 'server-only'
import { type BetterAuthAdvancedOptions, betterAuth } from 'better-auth'
import { nextCookies } from 'better-auth/next-js'
import { twoFactor } from 'better-auth/plugins'
import { db } from '../db/pool'
import { twoFactors } from '../db/schema/people'
import { accounts, sessions, users, verifications } from '../db/schema/schema'
import { maxSessionHours } from '../domain/account/access-settings'
import { passwordRule } from '../domain/account/password'
import { roles } from '../domain/account/permissions'
import { env } from '../env'
import { auditedAdapter } from './audited-adapter'
import { oidcPlugins } from './oidc/plugin'
import { originsOf } from './origins'
import { passkeyPlugin } from './passkey-plugin'
import { afterSignIn, beforeSession, beforeSignIn } from './sign-in-hooks'

const build = () => {
  const { BETTER_AUTH_SECRET, ONEWAY_BASE_URL } = env()
  return betterAuth({
    appName: 'Oneway',
    secret: BETTER_AUTH_SECRET,
    baseURL: ONEWAY_BASE_URL,
    trustedOrigins: originsOf(ONEWAY_BASE_URL),
    database: auditedAdapter(db, {
      provider: 'pg',
      usePlural: true,
      schema: { users, sessions, accounts, verifications, twoFactors },
    }),
    emailAndPassword: {
      enabled: true,
      // People are invited by an admin; by default better-auth lets anybody sign up.
      disableSignUp: true,
      minPasswordLength: passwordRule.min,
      // better-auth counts UTF-16 units, at most two to a character; the rule counts characters.
      maxPasswordLength: 2 * passwordRule.max,
    },
    user: {
      // The role is read from the row on every request and cannot be sent in.
      additionalFields: { role: { type: [...roles], input: false, required: true } },
    },
    // The end is set by `beforeSession` and never moved; lib/auth/session.ts enforces the idle limit.
    session: {
      expiresIn: maxSessionHours * 3600,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    // better-auth counts in the memory of each process; lib/credentials/guess-limits.ts counts in the database.
    rateLimit: { enabled: false },
    advanced: {
      ...cookieOptions(ONEWAY_BASE_URL),
      // Stated because better-auth switches both off if NODE_ENV is test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    // A wrong password is not an error of the server; its person sees it on the page.
    logger: { level: 'error' },
    hooks: { before: beforeSignIn, after: afterSignIn },
    databaseHooks: { session: { create: { before: beforeSession } } },
    plugins: [
      twoFactor({
        issuer: 'Oneway',
        // Secrets and backup codes are encrypted with BETTER_AUTH_SECRET (XChaCha20-Poly1305).
        backupCodeOptions: { amount: 10, length: 10, storeBackupCodes: 'encrypted' },
        // Anybody who knows the password could lock its person out by wrong codes. The limits of
        // lib/credentials/guess-limits.ts hold for codes as well.
        accountLockout: { enabled: false },
      }),
      passkeyPlugin(),
      ...oidcPlugins(),
      // Must be the last: it hands the cookies that a server action sets to Next.
      nextCookies(),
    ],
  })
}

const shared: typeof globalThis & { onewayAuth?: ReturnType<typeof build> } = globalThis

/** better-auth as this app uses it; built by the first request, so that `next build` needs no secret. */
export function auth() {
  shared.onewayAuth ??= build()
  return shared.onewayAuth
}

/**
 * Names and attributes of every cookie of sign-in (ASVS 5.0 3.3.1–3.3.4). Over HTTPS the name begins with
 * `__Host-`: browsers accept such a cookie only from this host, with Secure and Path=/. Over plain http, as on
 * loopback, browsers would drop it, so there the name has no prefix.
 *
 * `useSecureCookies` is off because better-auth would add `__Secure-` to the name; the attribute Secure is set
 * below. SameSite=Strict keeps every cookie out of requests that other sites start. One exception: the
 * provider of single sign-on sends the browser back with such a request, so lib/auth/oidc/plugin.ts sets the
 * cookie of its state Lax, for ten minutes.
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

/**
 * What better-auth answers over HTTP; every other path is 404. Passwords, names, sessions and second factors
 * are changed by services only, which check permissions and write the audit trail.
 */
const httpPaths = new Set([
  '/sign-in/email',
  '/sign-out',
  '/two-factor/verify-totp',
  '/two-factor/verify-backup-code',
  '/passkey/ask',
  '/passkey/sign-in',
  '/oidc/start',
  '/oidc/callback',
])

/** Whether a path below /api/auth is answered. */
export const isAnsweredPath = (path: string): boolean => httpPaths.has(path)
