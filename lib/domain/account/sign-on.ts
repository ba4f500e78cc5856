import type { Role } from './permissions'

/** The verified claims of an OpenID Connect provider that Oneway uses. */
export type SignOnClaims = {
  issuer: string
  /** Never reassigned to another person by this issuer (OpenID Connect Core 1.0 §2), unlike an email address. */
  subject: string
  email: string | undefined
  emailVerified: boolean
  name: string | undefined
  groups: readonly string[]
}

export type SignOnPolicy = {
  /** In lower case; empty if any address may sign in. */
  emailDomains: readonly string[]
  /** In the order in which they are tried; undefined if only an admin sets roles. */
  groupRoles: readonly { group: string; role: Role }[] | undefined
  /** Whether an unknown person is created at their first sign-in. */
  signUp: boolean
}

/** Why nobody was signed in. The URL of the sign-in page has the code; the words are only here. */
export const signOnProblems = {
  unreachable:
    'The single sign-on provider does not answer. Try again later, or sign in with your password.',
  notOurs:
    'This sign-in was not started in this browser, was already used, or took longer than ten minutes. Start again here.',
  cancelled: 'The provider did not sign you in, or you cancelled there. Start again here.',
  notProven:
    'What the provider sent cannot be trusted: its signature, audience, issuer or nonce is wrong. Nobody was signed in; tell an admin.',
  refusedUs:
    'The provider rejected the request of Oneway: its client ID or secret is not the one set here, or the sign-in was already used. Tell an admin.',
  noAddress:
    'The provider gave no verified email address, by which Oneway identifies people. Have yours verified at the provider.',
  otherDomain:
    'This lab does not accept the domain of your email address for single sign-on. Ask an admin of this lab.',
  noRole:
    'None of your groups at the provider has a role in this lab. Ask whoever manages the groups to add you to one.',
  notKnown: 'You have no account in this lab yet. Ask an admin of this lab to add you.',
  notLinked:
    'An account with your address exists already and is not linked to the provider. Sign in with your password; an admin can allow linking by listing your domain in OIDC_EMAIL_DOMAINS.',
  disabled: 'Your account in this lab is disabled. Ask an admin of this lab.',
} as const
export type SignOnProblem = keyof typeof signOnProblems

/** The words for a code; undefined for anything else, because the code comes from a URL. */
export function wordsOfProblem(code: unknown): string | undefined {
  return isProblem(code) ? signOnProblems[code] : undefined
}

const isProblem = (code: unknown): code is SignOnProblem =>
  typeof code === 'string' && Object.hasOwn(signOnProblems, code)

/** The role of the first entry whose group the person is in. */
export function roleOfGroups(
  groups: readonly string[],
  groupRoles: NonNullable<SignOnPolicy['groupRoles']>,
): Role | undefined {
  return groupRoles.find(({ group }) => groups.includes(group))?.role
}

/** The problem with these claims, whoever the person is. */
export function problemOfClaims(
  claims: SignOnClaims,
  { emailDomains, groupRoles }: SignOnPolicy,
): SignOnProblem | undefined {
  // The provider does not vouch for an unverified address.
  if (!claims.email || !claims.emailVerified) return 'noAddress'
  if (emailDomains.length > 0 && !emailDomains.includes(domainOf(claims.email)))
    return 'otherDomain'
  if (groupRoles && !roleOfGroups(claims.groups, groupRoles)) return 'noRole'
  return undefined
}

const domainOf = (email: string) => email.slice(email.lastIndexOf('@') + 1).toLowerCase()

/**
 * Whether an existing person with this address may be linked to the claims. A provider without configured domains could
 * verify any address for anybody, even an admin's, so it links nobody.
 */
export function mayLink(claims: SignOnClaims, policy: SignOnPolicy): boolean {
  return policy.emailDomains.length > 0 && problemOfClaims(claims, policy) === undefined
}
