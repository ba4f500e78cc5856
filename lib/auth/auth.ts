import 'server-only'
import { betterAuth } from 'better-auth'
import { db } from '../db/pool'
import { twoFactors } from '../db/schema/people'
import { accounts, sessions, users, verifications } from '../db/schema/schema'
import { maxSessionHours } from '../domain/account/access-settings'
import { passwordRule } from '../domain/account/password'
import { roles } from '../domain/account/permissions'
import { env } from '../env'
import { cookieOptions } from './cookies'
import { namedAdapter } from './named-adapter'
import { openSession } from './new-session'
import { originsOf } from './origins'
import { plugins } from './plugins'
import { afterSignIn, beforeSignIn } from './sign-in-hooks'

const build = () => {
  const { BETTER_AUTH_SECRET, ONEWAY_BASE_URL } = env()
  return betterAuth({
    appName: 'Oneway',
    secret: BETTER_AUTH_SECRET,
    baseURL: ONEWAY_BASE_URL,
    trustedOrigins: originsOf(ONEWAY_BASE_URL),
    database: namedAdapter(db, {
      provider: 'pg',
      usePlural: true,
      schema: { users, sessions, accounts, verifications, twoFactors },
    }),
    emailAndPassword: {
      enabled: true,
      // People are invited by an admin; better-auth lets anybody sign up unless told.
      disableSignUp: true,
      minPasswordLength: passwordRule.min,
      // It counts UTF-16 units, of which a character has two at most; the rule counts characters.
      maxPasswordLength: 2 * passwordRule.max,
    },
    user: {
      // The role comes from the row on every request and can never be sent in.
      additionalFields: { role: { type: [...roles], input: false, required: true } },
    },
    // The end is set by `openSession` and never moved; the idle limit is held by lib/auth/session.ts.
    session: {
      expiresIn: maxSessionHours * 3600,
      disableSessionRefresh: true,
      cookieCache: { enabled: false },
    },
    // Counts in memory, each process for itself; lib/credentials/guess-limits counts in the database.
    rateLimit: { enabled: false },
    advanced: {
      ...cookieOptions(ONEWAY_BASE_URL),
      // Said aloud, as better-auth drops both by itself where NODE_ENV is test.
      disableCSRFCheck: false,
      disableOriginCheck: false,
    },
    telemetry: { enabled: false },
    // A wrong password is no event of the server; its person is told.
    logger: { level: 'error' },
    hooks: { before: beforeSignIn, after: afterSignIn },
    databaseHooks: { session: { create: { before: openSession } } },
    plugins: plugins(),
  })
}

const shared: typeof globalThis & { onewayAuth?: ReturnType<typeof build> } = globalThis

/** The sign-in of the app; built by the first request, so that a build needs no secret. */
export function auth() {
  shared.onewayAuth ??= build()
  return shared.onewayAuth
}
