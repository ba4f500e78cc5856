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

/** Seconds a person has at the provider. */
const flowSeconds = 600
const stateCookie = 'oidc_state'

const kept = z.object({
  state: z.string(),
  nonce: z.string(),
  codeVerifier: z.string(),
  next: z.string(),
})

const log = createLog('oidc')

/**
 * Single sign-on as a part of better-auth: it keeps the flow in its table of verifications, where it is
 * taken out once, and opens the session. No plugin at all where single sign-on is off.
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

/** Answers where the browser is to go. A POST, so that another site cannot begin a sign-in here. */
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
      // Lax: the browser comes back from another site, and a strict cookie would stay behind.
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
    // Taken out in one step, so that a flow ends once, whatever comes of it.
    const taken = await ctx.context.internalAdapter.consumeVerificationValue(identifierOf(state))
    if (!taken || taken.expiresAt < new Date()) throw await fail('notOurs')
    const { next, ...flow } = kept.parse(JSON.parse(taken.value))
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

/** Written down without what the provider sent, which holds codes and tokens (fault F46). */
function recorded(error: unknown): SignOnProblem {
  const problem = problemOf(error)
  const code = error instanceof Error && 'code' in error ? error.code : undefined
  const words = [error, error instanceof Error ? error.cause : undefined]
    .filter((it) => it instanceof Error)
    .map(({ message }) => message)
  log.warn({ problem, code, words }, 'a single sign-on failed')
  return problem
}

const redirectUri = () => `${env().ONEWAY_BASE_URL}/api/auth${callbackPath}`

// By its digest, so that who reads the table cannot go on with somebody's sign-in.
const identifierOf = (state: string) => `oidc-${createHash('sha256').update(state).digest('hex')}`
