import { z } from 'zod'
import { roles } from './domain/account/permissions'

export type Variable<S extends z.ZodType = z.ZodType> = {
  schema: S
  /** What applies if the variable is not set, in words. */
  absent: string
  /** The accepted form, in words, for the error message. */
  form: string
  meaning: string
}

export const variable = <S extends z.ZodType>(
  schema: S,
  texts: Omit<Variable, 'schema'>,
): Variable<S> => ({ schema, ...texts })

export const flag = z.enum(['0', '1']).transform((text) => text === '1')

const listOf = (text: string) =>
  text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')

/** A list with commas between its entries. */
const list = z.string().transform(listOf).pipe(z.array(z.string()).min(1))

/** The names of this machine in an address. */
export const loopback = ['127.0.0.1', 'localhost', '[::1]']

function isSmtp(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.hostname === '' || !['', '/'].includes(url.pathname) || url.search) return false
  return url.protocol === 'smtps:' || url.protocol === 'smtp:'
}

/** Whether a connection stays on this machine, so that it needs no TLS. */
export const isOnThisMachine = (url: URL): boolean => loopback.includes(url.hostname)

/** A certificate of one's own; `npm start -- --https` sets both where none is given. */
export const tlsVariables = {
  ONEWAY_TLS_CERT_FILE: variable(z.string().min(1), {
    absent: 'plain http, for a proxy in front or this machine alone',
    form: 'a file with the certificate and those that lead to its root, in PEM',
    meaning: 'Certificate with which the web server speaks https itself.',
  }),
  ONEWAY_TLS_KEY_FILE: variable(z.string().min(1), {
    absent: 'plain http',
    form: 'a file with the private key of that certificate, in PEM, without a passphrase',
    meaning: 'Private key of that certificate.',
  }),
} as const

/** Problems of the certificate's variables together. */
export function tlsProblems(isSet: (name: keyof typeof tlsVariables) => boolean): string[] {
  return isSet('ONEWAY_TLS_CERT_FILE') === isSet('ONEWAY_TLS_KEY_FILE')
    ? []
    : ['ONEWAY_TLS_CERT_FILE and ONEWAY_TLS_KEY_FILE need each other; one of them is not set.']
}

/** Mail; it is on when SMTP_URL is set. */
export const smtpVariables = {
  SMTP_URL: variable(z.string().refine(isSmtp), {
    absent: 'no mail; links are shown to the admin only',
    form: 'smtps://user:password@host:465, or smtp://host:587 for STARTTLS',
    meaning:
      'Mail server for invitations, password links and notices. TLS is required and verified everywhere but on loopback.',
  }),
  SMTP_FROM: variable(z.email(), {
    absent: 'no mail',
    form: 'an address such as oneway@lab.example',
    meaning: 'Sender of that mail.',
  }),
} as const

/** Problems of the addresses of the database together. */
export const databaseProblems = (
  isSet: (name: 'DATABASE_URL' | 'DATABASE_DIRECT_URL') => boolean,
): string[] =>
  isSet('DATABASE_DIRECT_URL') && !isSet('DATABASE_URL')
    ? ['DATABASE_DIRECT_URL is set; it needs DATABASE_URL, the pooler of the same database.']
    : []

/** Problems of the mail variables together: which of them need each other. */
export function smtpProblems(isSet: (name: keyof typeof smtpVariables) => boolean): string[] {
  return isSet('SMTP_URL') === isSet('SMTP_FROM')
    ? []
    : ['SMTP_URL and SMTP_FROM need each other; one of them is not set.']
}

/** Whether nobody on the network can read what is sent to this URL: https, or this machine itself. */
export function isPrivateUrl(text: string): boolean {
  const url = URL.parse(text)
  if (!url || url.username || url.password) return false
  return url.protocol === 'https:' || (url.protocol === 'http:' && loopback.includes(url.hostname))
}

/** An endpoint of S3 has no path: the bucket and the prefix have settings of their own. */
const isOrigin = (text: string) =>
  isPrivateUrl(text) && ['', '/'].includes(new URL(text).pathname) && !/[?#]/.test(text)

/** Object storage for the files of attachments; it is on when an endpoint is set. docs/attachments.md */
export const s3Variables = {
  ONEWAY_S3_ENDPOINT: variable(
    z
      .string()
      .refine(isOrigin)
      .transform((text) => new URL(text).origin),
    {
      absent: 'files of attachments stay in `ONEWAY_DATA`',
      form: 'an https address without a path, such as https://s3.eu-central-1.amazonaws.com or https://minio.lab.example:9000 (http on loopback only)',
      meaning: 'S3-compatible object storage to which the files of attachments are moved.',
    },
  ),
  ONEWAY_S3_REGION: variable(z.string().regex(/^[a-z0-9-]{1,40}$/), {
    absent: 'us-east-1',
    form: 'a region such as eu-central-1',
    meaning: 'Region that requests to it are signed for.',
  }),
  ONEWAY_S3_BUCKET: variable(z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/), {
    absent: 'no object storage',
    form: 'the name of a bucket: 3 to 63 lower-case letters, digits, dots and hyphens',
    meaning: 'Bucket that holds the files. It must be there already.',
  }),
  ONEWAY_S3_PREFIX: variable(
    z
      .string()
      .max(200)
      .regex(/^[A-Za-z0-9_-]+(\/[A-Za-z0-9_-]+)*\/?$/)
      .transform((text) => (text.endsWith('/') ? text : `${text}/`)),
    {
      absent: 'files are at the top of the bucket',
      form: 'letters, digits, hyphens, underscores and slashes, such as oneway/files',
      meaning: 'What the names of all objects begin with. Each lab needs its own.',
    },
  ),
  ONEWAY_S3_KEY_ID: variable(z.string().regex(/^[\x21-\x7e]{1,128}$/), {
    absent: 'no object storage',
    form: 'the ID of an access key',
    meaning: 'Access key. It has to read, write, list and abort uploads; it need not delete.',
  }),
  ONEWAY_S3_SECRET: variable(z.string().min(8), {
    absent: 'read from `ONEWAY_S3_SECRET_FILE`',
    form: 'at least 8 characters',
    meaning: 'Secret of that key.',
  }),
  ONEWAY_S3_SECRET_FILE: variable(z.string().min(1), {
    absent: '`ONEWAY_S3_SECRET` is used',
    form: 'a file that holds nothing but the secret',
    meaning: 'The same from a file.',
  }),
  ONEWAY_S3_PATH_STYLE: variable(flag, {
    absent: '1',
    form: '0 or 1',
    meaning: 'Whether the bucket stands in the path (1), or before the host name (0).',
  }),
} as const

/** Problems of the variables of object storage together. */
export function s3Problems(isSet: (name: keyof typeof s3Variables) => boolean): string[] {
  // Object.keys forgets the key type.
  const given = (Object.keys(s3Variables) as (keyof typeof s3Variables)[]).filter(isSet)
  const [first] = given
  if (first === undefined) return []
  const needed = ['ONEWAY_S3_ENDPOINT', 'ONEWAY_S3_BUCKET', 'ONEWAY_S3_KEY_ID'] as const
  const secrets = given.filter((name) => /SECRET/.test(name))
  return [
    ...needed
      .filter((name) => !isSet(name))
      .map((name) => `${first} is set; it needs ${name} too.`),
    ...(secrets.length === 1
      ? []
      : [`${first} is set; it needs one of ONEWAY_S3_SECRET and ONEWAY_S3_SECRET_FILE.`]),
  ]
}

const issuer = z
  .string()
  .refine(isPrivateUrl)
  .refine((text) => !/[?#]/.test(text))

const domain = /^[a-z0-9-]+(\.[a-z0-9-]+)+$/
const host = /^[a-z0-9.-]+(:\d+)?$/

// Split at the last sign, as a group may be named by a URL or a distinguished name.
const mapping = (entry: string) => {
  const at = entry.lastIndexOf('=')
  return { group: entry.slice(0, at).trim(), role: entry.slice(at + 1).trim() }
}
const groupRoles = z
  .string()
  .transform((text) => text.split(';').filter((entry) => entry.trim() !== ''))
  .transform((entries) => entries.map(mapping))
  .pipe(z.array(z.object({ group: z.string().min(1), role: z.enum(roles) })).min(1))

const text = z.string().min(1)

/** Single sign-on by OpenID Connect; it is on when issuer, client id and secret are set. */
export const oidcVariables = {
  OIDC_ISSUER: variable(issuer, {
    absent: 'no single sign-on',
    form: "an https address, exactly as in the provider's discovery document (http on loopback only)",
    meaning: 'Issuer of the OpenID Connect provider people may sign in with.',
  }),
  OIDC_CLIENT_ID: variable(text, {
    absent: 'no single sign-on',
    form: 'the client ID the provider issued for Oneway',
    meaning:
      'Client at the provider. Its redirect URI is `ONEWAY_BASE_URL`/api/auth/oidc/callback.',
  }),
  OIDC_CLIENT_SECRET: variable(z.string().min(16), {
    absent: 'read from `OIDC_CLIENT_SECRET_FILE`',
    form: 'at least 16 characters',
    meaning: 'Secret of that client.',
  }),
  OIDC_CLIENT_SECRET_FILE: variable(text, {
    absent: '`OIDC_CLIENT_SECRET` is used',
    form: 'a file that holds nothing but the secret',
    meaning: 'The same from a file.',
  }),
  OIDC_LABEL: variable(z.string().min(1).max(40), {
    absent: 'Single sign-on',
    form: 'up to 40 characters',
    meaning: "Label of the provider's button on the sign-in page.",
  }),
  OIDC_SCOPES: variable(z.string().regex(/^[\x21-\x7e]+( [\x21-\x7e]+)*$/), {
    absent: 'openid email profile',
    form: 'scopes separated by spaces',
    meaning: 'Scopes that are requested; some providers send groups only for a scope of their own.',
  }),
  OIDC_EXTRA_HOSTS: variable(list.pipe(z.array(z.string().regex(host))), {
    absent: "only the issuer's own host",
    form: 'host names separated by commas, such as oauth2.example.com,www.example.com',
    meaning: 'Further hosts the discovery document may name; no other host is contacted.',
  }),
  OIDC_EMAIL_DOMAINS: variable(list.pipe(z.array(z.string().toLowerCase().regex(domain))), {
    absent: 'any address may sign in, and no existing person is linked',
    form: 'domains separated by commas, such as lab.example',
    meaning:
      'Domains the provider speaks for: only their addresses may sign in, and an existing person with the same verified address is linked.',
  }),
  OIDC_GROUPS_CLAIM: variable(text, {
    absent: 'groups',
    form: 'the name of a claim in the ID token or the userinfo response',
    meaning: 'Claim that lists the groups of a person.',
  }),
  OIDC_ROLES: variable(groupRoles, {
    absent: 'roles stay as an admin set them here',
    form: 'group=role entries separated by semicolons, such as oneway-leads=lead;staff=engineer',
    meaning:
      'Role by group at every sign-in; the first matching entry counts, and a person without one is refused.',
  }),
  OIDC_SIGN_UP: variable(flag, {
    absent: '0',
    form: '0 or 1',
    meaning:
      'Whether an account is created at the first sign-in of an unknown person; needs `OIDC_ROLES`.',
  }),
} as const

/** What a variable alone cannot tell: which need each other. One line per problem. */
export function oidcProblems(isSet: (name: keyof typeof oidcVariables) => boolean): string[] {
  if (!isSet('OIDC_ISSUER'))
    return isSet('OIDC_CLIENT_ID') ? ['OIDC_CLIENT_ID is set without OIDC_ISSUER.'] : []
  const secrets = [isSet('OIDC_CLIENT_SECRET'), isSet('OIDC_CLIENT_SECRET_FILE')]
  return [
    ...(isSet('OIDC_CLIENT_ID') ? [] : ['OIDC_ISSUER is set; it needs OIDC_CLIENT_ID too.']),
    ...(secrets.filter(Boolean).length === 1
      ? []
      : ['OIDC_ISSUER is set; it needs one of OIDC_CLIENT_SECRET and OIDC_CLIENT_SECRET_FILE.']),
    ...(isSet('OIDC_SIGN_UP') && !isSet('OIDC_ROLES')
      ? ['OIDC_SIGN_UP is set; it needs OIDC_ROLES, which gives new people their role.']
      : []),
  ]
}

/** The web server, the listener and the worker have a port of metrics each, one after the other. */
const metricsPorts = 3

export function portProblems({
  PORT,
  ONEWAY_METRICS_PORT: first,
}: Readonly<Record<string, string | undefined>>): string[] {
  const beyond = Number(PORT || 3000) - Number(first)
  if (!first || !(beyond >= 0 && beyond < metricsPorts)) return []
  return [
    `ONEWAY_METRICS_PORT is "${first.slice(0, 200)}"; it must be a number so that PORT is not among it and the two after it.`,
  ]
}
