import 'server-only'
import { betterAuth } from 'better-auth'
import { drizzleAdapter } from 'better-auth/adapters/drizzle'
import { APIError, createAuthMiddleware } from 'better-auth/api'
import { nextCookies } from 'better-auth/next-js'
import { db } from '../db/pool'
import { accounts, sessions, users, verifications } from '../db/schema'
import { roles } from '../domain/actor'
import { env } from '../env'
import { createAttemptLimit } from './attempts'
import { oidcPlugins } from './oidc/plugin'
import { originsOf } from './origins'
import { passwordRule } from './people'

const signInPath = '/sign-in/email'
const guesses = createAttemptLimit({ max: 10, windowMs: 5 * 60_000 })

const refuseGuessing = createAuthMiddleware(async ({ path, body }) => {
  if (path !== signInPath) return
  const waitSeconds = guesses.waitSeconds(addressIn(body), new Date())
  if (waitSeconds === undefined) return
  throw new APIError('TOO_MANY_REQUESTS', {
    code: 'TOO_MANY_REQUESTS',
    message: `Too many wrong passwords for this address. Try again in ${waitSeconds} seconds.`,
  })
})

const countGuesses = createAuthMiddleware(async ({ path, body, context }) => {
  if (path !== signInPath) return
  if (!(context.returned instanceof APIError)) guesses.succeeded(addressIn(body))
  else if (context.returned.statusCode === 401) guesses.failed(addressIn(body), new Date())
})

const addressIn = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'email' in body
    ? String(body.email).toLowerCase()
    : ''

const build = () => {
  const { BETTER_AUTH_SECRET, ONEWAY_BASE_URL } = env()
  return betterAuth({
    appName: 'Oneway',
    secret: BETTER_AUTH_SECRET,
    baseURL: ONEWAY_BASE_URL,
    trustedOrigins: originsOf(ONEWAY_BASE_URL),
    database: drizzleAdapter(db, {
      provider: 'pg',
      usePlural: true,
      transaction: true,
      schema: { users, sessions, accounts, verifications },
    }),
    emailAndPassword: {
      enabled: true,
      // People are added by an admin; better-auth leaves this door open unless told.
      disableSignUp: true,
      minPasswordLength: passwordRule.min,
      maxPasswordLength: passwordRule.max,
    },
    user: {
      // The role comes from the row on every request and can never be sent in.
      additionalFields: { role: { type: [...roles], input: false, required: true } },
    },
    session: { expiresIn: 14 * 24 * 3600, updateAge: 24 * 3600, cookieCache: { enabled: false } },
    // Wide enough for a lab behind one address; guessing one person's password is held by `guesses`.
    rateLimit: {
      enabled: true,
      window: 60,
      max: 300,
      customRules: { [signInPath]: { window: 60, max: 30 } },
    },
    advanced: {
      cookiePrefix: 'oneway',
      // Said aloud, as better-auth drops both by itself where NODE_ENV is test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
      useSecureCookies: ONEWAY_BASE_URL.startsWith('https:'),
      defaultCookieAttributes: { httpOnly: true, sameSite: 'lax' },
    },
    telemetry: { enabled: false },
    // A wrong password is no event of the server; its person is told.
    logger: { level: 'error' },
    hooks: { before: refuseGuessing, after: countGuesses },
    plugins: [...oidcPlugins(), nextCookies()],
  })
}

const shared: typeof globalThis & { onewayAuth?: ReturnType<typeof build> } = globalThis

/** The sign-in of the app; built by the first request, so that a build needs no secret. */
export function auth() {
  shared.onewayAuth ??= build()
  return shared.onewayAuth
}
