import 'server-only'
import * as oidc from 'openid-client'
import type { SignOnClaims, SignOnProblem } from '@/lib/domain/account/sign-on'
import { isPrivateUrl } from '../../env-variables'
import type { OidcSettings } from './settings'

/** Seconds within which the provider must answer; a person is waiting. */
const deadlineSeconds = 10

/** What must be known when the person comes back from the provider; stored on the server. */
export type Flow = { state: string; nonce: string; codeVerifier: string }

export type Provider = {
  /** The URL to which to send the browser. */
  begin(flow: Flow, redirectUri: string): Promise<URL>
  /** Exchanges the code in the callback's URL for verified claims. */
  finish(flow: Flow, callback: URL): Promise<SignOnClaims>
}

export const newFlow = (): Flow => ({
  state: oidc.randomState(),
  nonce: oidc.randomNonce(),
  codeVerifier: oidc.randomPKCECodeVerifier(),
})

/**
 * The identity provider of these settings. Its discovery document is fetched at the first sign-in, and again at the
 * next one if that failed, so that Oneway starts without it. Uses openid-client: better-auth's own plugin accepts
 * any issuer that the discovery document names (ASVS 10.5.3) and follows redirects.
 */
export function createProvider(settings: OidcSettings): Provider {
  let known: Promise<oidc.Configuration> | undefined
  const discovered = (): Promise<oidc.Configuration> => {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined
      throw error
    })
    return known
  }
  return {
    async begin({ state, nonce, codeVerifier }, redirectUri) {
      const url = oidc.buildAuthorizationUrl(await discovered(), {
        redirect_uri: redirectUri,
        scope: settings.scopes,
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      })
      assertReachable(url, settings)
      return url
    },
    async finish({ state, nonce, codeVerifier }, callback) {
      const configuration = await discovered()
      const tokens = await oidc.authorizationCodeGrant(configuration, callback, {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      })
      const idToken: Claims | undefined = tokens.claims()
      if (!idToken) throw new Error('the provider gave no id token')
      const missing = ['email', 'email_verified', settings.groupsClaim].some(
        (name) => idToken[name] === undefined,
      )
      // A provider may leave claims out of the id token and give them here; the subject must be the same.
      const more: Claims =
        missing && configuration.serverMetadata().userinfo_endpoint
          ? await oidc.fetchUserInfo(configuration, tokens.access_token, String(idToken.sub))
          : {}
      return claimsOf(idToken, more, settings)
    },
  }
}

type Claims = Record<string, unknown>

async function discover(settings: OidcSettings): Promise<oidc.Configuration> {
  const { issuer, clientId, clientSecret } = settings
  const configuration = await oidc.discovery(issuer, clientId, {}, secretAuth(clientSecret), {
    timeout: deadlineSeconds,
    [oidc.customFetch]: (url, options) => {
      assertReachable(new URL(url), settings)
      // Never 'follow': a redirect could lead to a host that no admin has configured.
      const body = options.body instanceof URLSearchParams ? options.body : null
      return fetch(url, { ...options, body, redirect: 'manual' })
    },
    execute: [
      // Otherwise the signature of an id token that comes directly from the provider is not verified.
      oidc.enableNonRepudiationChecks,
      ...(issuer.protocol === 'http:' ? [oidc.allowInsecureRequests] : []),
    ],
  })
  // For two hosted providers the library accepts another issuer than the configured one.
  if (new URL(configuration.serverMetadata().issuer).href !== issuer.href)
    throw new Error('the discovery document names another issuer')
  return configuration
}

/** HTTP Basic unless the provider says otherwise, as OpenID Connect Discovery 1.0 §3 requires. */
const secretAuth =
  (secret: string): oidc.ClientAuth =>
  (as, client, body, headers) => {
    const methods = as.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const auth = methods.includes('client_secret_basic')
      ? oidc.ClientSecretBasic(secret)
      : oidc.ClientSecretPost(secret)
    return auth(as, client, body, headers)
  }

function assertReachable(url: URL, { hosts }: OidcSettings): void {
  if (!hosts.includes(url.host) || !isPrivateUrl(url.href))
    throw new Error(`the provider names ${url.host}, which OIDC_EXTRA_HOSTS does not list`)
}

function claimsOf(idToken: Claims, more: Claims, { groupsClaim }: OidcSettings): SignOnClaims {
  const groups = idToken[groupsClaim] ?? more[groupsClaim]
  // Both from the same source, so that `email_verified` is about this address.
  const address = idToken.email_verified === undefined ? more : idToken
  return {
    issuer: String(idToken.iss),
    subject: String(idToken.sub),
    email: textOf(address.email),
    // Only the boolean true counts; a text or a missing claim verifies nothing.
    emailVerified: address.email_verified === true,
    name: textOf(idToken.name ?? more.name),
    groups: (Array.isArray(groups) ? groups : [groups]).filter(
      (group) => typeof group === 'string',
    ),
  }
}

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/** What went wrong, for the person; the log has the details. */
export function problemOf(error: unknown): SignOnProblem {
  if (error instanceof oidc.AuthorizationResponseError) return 'cancelled'
  if (error instanceof oidc.ResponseBodyError) return 'refusedUs'
  const status = error instanceof Error && error.cause instanceof Response && error.cause.status
  if (status && status >= 500) return 'unreachable'
  const code = error instanceof oidc.ClientError ? error.code : undefined
  if (code === 'OAUTH_TIMEOUT' || code === 'OAUTH_ABORT') return 'unreachable'
  return error instanceof TypeError && error.message === 'fetch failed'
    ? 'unreachable'
    : 'notProven'
}
