// A real OpenID Connect provider on loopback, with its own sign-in pages, that can be made to issue forged tokens.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import OidcProvider from 'oidc-provider'

export type PersonAtProvider = {
  email: string
  emailVerified: boolean
  name: string
  groups: string[]
}

/** How the ID token is forged: other claims, another signing key, or no signature. */
type Lie = { claims?: JWTPayload; foreignKey?: boolean; algorithm?: 'none' }

export type TestProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  /** By login; read at every sign-in. */
  people: Map<string, PersonAtProvider>
  /** Set to forge ID tokens. */
  lie: Lie | undefined
  /** Overrides fields of the discovery document. */
  discovery: Record<string, unknown>
  /** Answers 503 to everything while true. */
  down: boolean
  /** Requested paths, in order. */
  asked: string[]
  close(): Promise<void>
}

type Options = {
  /** On 127.0.0.1: another site than localhost, so SameSite cookies behave as between two hosts. */
  redirectUri: string
  port?: number
}

/** Starts the provider with one client; its sign-in page accepts any password. */
export async function startProvider({ redirectUri, port = 0 }: Options): Promise<TestProvider> {
  const own = await generateKeyPair('RS256', { extractable: true })
  const foreign = await generateKeyPair('RS256')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: bound } = server.address() as AddressInfo // A server listening on TCP has an AddressInfo.
  const issuer = `http://localhost:${bound}`
  const state: TestProvider = {
    issuer,
    clientId: 'oneway',
    clientSecret: 'the secret of a test, long enough',
    people: new Map(),
    lie: undefined,
    discovery: {},
    down: false,
    asked: [],
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
  const key = { ...(await exportJWK(own.privateKey)), kid: 'own', alg: 'RS256', use: 'sig' }
  const answer = realProvider(state, redirectUri, key)
  const sign = (claims: JWTPayload) =>
    new SignJWT(claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'own' })
      .sign(state.lie?.foreignKey ? foreign.privateKey : own.privateKey)
  server.on('request', (request, response) => {
    const { pathname } = new URL(request.url ?? '/', issuer)
    state.asked.push(pathname)
    if (state.down) return response.writeHead(503).end()
    if (pathname === '/test/people') return storePerson(state, request, response)
    if (pathname.endsWith('openid-configuration'))
      rewrite(response, async (it) => ({ ...it, ...state.discovery }))
    if (pathname === '/token' && state.lie) rewrite(response, (it) => withLie(it, state.lie, sign))
    answer(request, response)
  })
  return state
}

function realProvider(state: TestProvider, redirectUri: string, key: JsonWebKey) {
  const provider = new OidcProvider(state.issuer, {
    clients: [
      {
        client_id: state.clientId,
        client_secret: state.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
      },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name', 'groups'] },
    // All claims go into the ID token, as with most providers.
    conformIdTokenClaims: false,
    cookies: { keys: ['a key of the tests'] },
    jwks: { keys: [key] },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: async () => {
        const { emailVerified, ...person } = state.people.get(id) ?? {
          email: `${id}@unknown.example`,
          emailVerified: false,
        }
        return { sub: id, email_verified: emailVerified, ...person }
      },
    }),
    features: { devInteractions: { enabled: true } },
    ttl: { Interaction: 600, Session: 600, Grant: 600, AccessToken: 600, IdToken: 600 },
  })
  return provider.callback()
}

type Body = Record<string, unknown>

/** Changes a JSON response body; Koa sends it in one piece. */
function rewrite(response: ServerResponse, change: (body: Body) => Promise<Body>): void {
  const end = response.end.bind(response)
  response.end = ((chunk: unknown) => {
    if (typeof chunk !== 'string' || response.statusCode !== 200) return end(chunk as string)
    void change(JSON.parse(chunk)).then((body) => {
      const text = JSON.stringify(body)
      response.setHeader('content-length', Buffer.byteLength(text))
      end(text)
    })
    return response
  }) as typeof response.end // `end` is overloaded; Koa passes the body only.
}

async function withLie(
  body: Body,
  lie: Lie | undefined,
  sign: (claims: JWTPayload) => Promise<string>,
): Promise<Body> {
  const [, payload = ''] = String(body.id_token).split('.')
  const claims: JWTPayload = {
    ...JSON.parse(Buffer.from(payload, 'base64url').toString()),
    ...lie?.claims,
  }
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const token =
    lie?.algorithm === 'none' ? `${part({ alg: 'none' })}.${part(claims)}.` : await sign(claims)
  return { ...body, id_token: token }
}

/** Serves /test/people: browser tests run in another process, so they set accounts by HTTP. */
function storePerson(
  state: TestProvider,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  let text = ''
  request.on('data', (chunk) => {
    text += chunk
  })
  request.on('end', () => {
    const { login, ...person } = JSON.parse(text)
    state.people.set(login, person)
    response.writeHead(204).end()
  })
}
