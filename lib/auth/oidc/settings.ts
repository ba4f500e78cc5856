import { readFileSync } from 'node:fs'
import type { SignOnPolicy } from '@/lib/domain/account/sign-on'
import { env } from '../../env'

export type OidcSettings = {
  issuer: URL
  clientId: string
  clientSecret: string
  scopes: string
  /** `host:port` as in a URL; Oneway connects to no other host. */
  hosts: readonly string[]
  groupsClaim: string
  label: string
  policy: SignOnPolicy
}

export const callbackPath = '/oidc/callback'

/**
 * The settings of single sign-on from the environment; undefined if it is off.
 * @throws Error if the file with the secret cannot be read or is too short
 */
export function oidcSettings(): OidcSettings | undefined {
  const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_EXTRA_HOSTS = [], ...rest } = env()
  if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined) return undefined
  const issuer = new URL(OIDC_ISSUER)
  return {
    issuer,
    clientId: OIDC_CLIENT_ID,
    clientSecret: rest.OIDC_CLIENT_SECRET ?? secretIn(rest.OIDC_CLIENT_SECRET_FILE),
    scopes: rest.OIDC_SCOPES ?? 'openid email profile',
    hosts: [issuer.host, ...OIDC_EXTRA_HOSTS],
    groupsClaim: rest.OIDC_GROUPS_CLAIM ?? 'groups',
    label: rest.OIDC_LABEL ?? 'Single sign-on',
    policy: {
      emailDomains: rest.OIDC_EMAIL_DOMAINS ?? [],
      groupRoles: rest.OIDC_ROLES,
      signUp: rest.OIDC_SIGN_UP ?? false,
    },
  }
}

function secretIn(file: string | undefined): string {
  const secret = file === undefined ? '' : readFileSync(file, 'utf8').trim()
  if (secret.length < 16)
    throw new Error('OIDC_CLIENT_SECRET_FILE must hold the secret, at least 16 characters')
  return secret
}
