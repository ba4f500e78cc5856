import 'server-only'
import { createHash } from 'node:crypto'
import type { BetterAuthPlugin } from 'better-auth'
import { APIError, createAuthEndpoint } from 'better-auth/api'
import { setSessionCookie } from 'better-auth/cookies'
import { z } from 'zod'
import { signOn } from '@/lib/core/accounts/sign-on'
import { type SignOnClaims, type SignOnProblem, signOnProblems } from '@/lib/domain/account/sign-on'
import { createLog } from '@/lib/log'
import { db } from '../../db/pool'
import { env } from '../../env'
import { paths, sameSitePath } from '../../paths'
import { recordRefusal } from '../security-events'
import { createProvider, type Flow, newFlow, type Provider, problemOf } from './provider'
import { callbackPath, type OidcSettings, oidcSettings } from './settings'

/** Seconds within which a person must sign in at the provider. */
const flowSeconds = 600
const stateCookie = 'oidc_state'

const storedFlow = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
})

const log = createLog('oidc')

/**
 * Single sign-on as a plugin of better-auth, which stores the flow in its table of verifications until it is consumed
 * once, and opens the session. Empty if single sign-on is off.
 */
export function oidcPlugins(): BetterAuthPlugin[] {
  const settings = oidcSettings()
  return settings ? [oidcPlugin(settings, createProvider(settings))] : []
}

function oidcPlugin(settings: OidcSettings, provider: Provider): BetterAuthPlugin {
  return {
    id: 'oneway-oidc',
    endpoints: {
      oidcStart: startEndpoint(provider),
      oidcCallback: callbackEndpoint(provider, settings),
    },
  }
}

/** Answers with the URL to which the browser must go. A POST, so that another site cannot start a sign-in. */
const startEndpoint = (provider: Provider) =>
  createAuthEndpoint(
    '/oidc/start',
    { method: 'POST', body: z.object({ next: z.string().max(2000).optional() }) },
    async (ctx) => {
      const flow = newFlow()
      const url = await provider.begin(flow, redirectUri()).catch((error: unknown) => {
        throw new APIError('SERVICE_UNAVAILABLE', { code: recorded(error) })
      })
      await ctx.context.internalAdapter.createVerificationValue({
        identifier: identifierOf(flow.state),
        value: JSON.stringify({ ...flow, next: sameSitePath(ctx.body.next) }),
        expiresAt: new Date(Date.now() + flowSeconds * 1000),
      })
      // Lax, as the browser comes back from another site and would not send a strict cookie.
      const cookie = ctx.context.createAuthCookie(stateCookie, { maxAge: flowSeconds })
      const attributes = { ...cookie.attributes, sameSite: 'lax' as const }
      await ctx.setSignedCookie(cookie.name, flow.state, ctx.context.secret, attributes)
      return ctx.json({ url: url.href })
    },
  )

const callbackEndpoint = (provider: Provider, { policy }: OidcSettings) =>
  createAuthEndpoint(callbackPath, { method: 'GET', requireRequest: true }, async (ctx) => {
    const fail = async (problem: SignOnProblem) => {
      await recordRefusal(db, { what: 'single sign-on', reason: signOnProblems[problem] })
      return ctx.redirect(paths.signIn(undefined, problem))
    }
    const cookie = ctx.context.createAuthCookie(stateCookie)
    const state = await ctx.getSignedCookie(cookie.name, ctx.context.secret)
    ctx.setCookie(cookie.name, '', { ...cookie.attributes, sameSite: 'lax', maxAge: 0 })
    const { searchParams, search } = new URL(ctx.request.url)
    if (!state || searchParams.get('state') !== state) throw await fail('notOurs')
    // Consumed in one step, so that a flow can be finished only once, even if it fails below.
    const taken = await ctx.context.internalAdapter.consumeVerificationValue(identifierOf(state))
    if (!taken || taken.expiresAt < new Date()) throw await fail('notOurs')
    const { next, ...flow } = storedFlow.parse(JSON.parse(taken.value))
    const claims = await claimsOf(provider, flow, search)
    if (typeof claims === 'string') throw await fail(claims)
    const result = await signOn(db, policy, claims, new Date())
    if (result.status === 'refused') throw await fail(result.problem)
    const user = await ctx.context.internalAdapter.findUserById(result.personId)
    if (!user) throw new Error('the person of a sign-in is gone')
    const session = await ctx.context.internalAdapter.createSession(user.id)
    await setSessionCookie(ctx, { session, user })
    throw ctx.redirect(paths.signedIn(next))
  })

async function claimsOf(
  provider: Provider,
  flow: Flow,
  search: string,
): Promise<SignOnClaims | SignOnProblem> {
  try {
    return await provider.finish(flow, new URL(`${redirectUri()}${search}`))
  } catch (error) {
    return recorded(error)
  }
}

/** Logs a failed sign-on without what the provider sent, which contains codes and tokens (fault F46). */
function recorded(error: unknown): SignOnProblem {
  const problem = problemOf(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const messages = [error, error instanceof Error ? error.cause : undefined]
    .filter((it) => it instanceof Error)
    .map(({ message }) => message)
  log.warn({ problem, code, words: messages }, 'a single sign-on failed')
  return problem
}

const redirectUri = () => `${env().ONEWAY_BASE_URL}/api/auth${callbackPath}`

// Stored as a digest, so that reading the table does not allow finishing another person's sign-in.
const identifierOf = (state: string) => `oidc-${createHash('sha256').update(state).digest('hex')}`
