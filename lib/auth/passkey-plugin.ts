import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import { guessLimits, waitWords } from '../credentials/guess-limits'
import { db } from '../db/pool'
import { countAttempt } from '../db/queries/people/rate-limits'
import { clientAddress } from './client-address'
import { askForPasskey, type PasskeyAnswer, personOfPasskey } from './passkeys'

const cookieName = 'passkey'
const cookieSeconds = 300
const signInOf = (asked: string) => `passkey-sign-in:${asked}`

/** Sign-in by a passkey alone, or by one after the password: it counts as both factors. */
export const passkeyPlugin = (): BetterAuthPlugin => ({
  id: 'oneway-passkey',
  endpoints: { passkeyAsk: askEndpoint(), passkeySignIn: signInEndpoint() },
})

/** Gives the browser a challenge and ties it to that browser by a cookie. */
const askEndpoint = () =>
  createAuthEndpoint('/passkey/ask', { method: 'POST' }, async (ctx) => {
    await limit(ctx.headers)
    const asked = crypto.randomUUID()
    const options = await askForPasskey(db, signInOf(asked), undefined, new Date())
    const cookie = ctx.context.createAuthCookie(cookieName, { maxAge: cookieSeconds })
    await ctx.setSignedCookie(cookie.name, asked, ctx.context.secret, cookie.attributes)
    return ctx.json(options)
  })

// Only the outer shape; the content is checked against the passkey.
const answer = z.looseObject({ id: z.string().max(1400), response: z.looseObject({}) })

const signInEndpoint = () =>
  createAuthEndpoint(
    '/passkey/sign-in',
    { method: 'POST', body: z.object({ answer }) },
    async (ctx) => {
      await limit(ctx.headers)
      const cookie = ctx.context.createAuthCookie(cookieName)
      const asked = await ctx.getSignedCookie(cookie.name, ctx.context.secret)
      ctx.setCookie(cookie.name, '', { ...cookie.attributes, maxAge: 0 })
      // The library checks the content as untrusted input, whatever its type says.
      const given = ctx.body.answer as unknown as PasskeyAnswer
      const personId = asked
        ? await personOfPasskey(db, signInOf(asked), given, new Date())
        : undefined
      const user = personId && (await ctx.context.internalAdapter.findUserById(personId))
      if (!user)
        throw new APIError('UNAUTHORIZED', {
          code: 'PASSKEY_UNKNOWN',
          message: 'This passkey belongs to no account here.',
        })
      const session = await ctx.context.internalAdapter.createSession(user.id)
      await setSessionCookie(ctx, { session, user })
      return ctx.json({ status: 'signedIn' })
    },
  )

/** A passkey cannot be guessed; the limit is there because each challenge stores a row. */
async function limit(headers: Headers | undefined): Promise<void> {
  const key = `passkey:from:${clientAddress(headers)}`
  const attempt = await countAttempt(db, key, { ...guessLimits.address, max: 40 }, new Date())
  if (attempt.status === 'counted') return
  const message = waitWords(attempt.seconds)
  throw new APIError('TOO_MANY_REQUESTS', { code: 'TOO_MANY_REQUESTS', message })
}
