// A real OpenID Connect provider on loopback, with its own pages for signing in, and ways to make it lie.
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

/** What a lying provider puts into the id token, and the key it signs with. */
type Lie = { claims?: JWTPayload; foreignKey?: boolean; algorithm?: 'none' }

export type TestProvider = {
  issuer: string
  clientId: string
  clientSecret: string
  /** By the login typed on the provider's page; read at every sign-in. */
  people: Map<string, PersonAtProvider>
  lie: Lie | undefined
  /** Replaces what the discovery document says. */
  discovery: Record<string, unknown>
  /** Answers 503 to everything while true. */
  down: boolean
  /** Paths asked for, in order. */
  asked: string[]
  close(): Promise<void>
}

type Place = {
  /** Localhost is another site than 127.0.0.1, so that cookies meet what they meet between two hosts. */
  redirectUri: string
  port?: number
}

/** Starts the provider with one client; its dev pages take any password. */
export async function startProvider({ redirectUri, port = 0 }: Place): Promise<TestProvider> {
  const own = await generateKeyPair('RS256', { extractable: true })
  const foreign = await generateKeyPair('RS256')
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  const { port: given } = server.address() as AddressInfo // Listening on TCP, so that it is no path.
  const issuer = `http://localhost:${given}`
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
    if (pathname === '/test/people') return keepPerson(state, request, response)
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
    // Everything in the id token, as most providers do.
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

/** Changes a JSON body on its way out; Koa sends it in one piece. */
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
  }) as typeof response.end // Node's overloads; Koa calls it with the body alone.
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

/** Lets a browser test, which is another process, change who the provider knows. */
function keepPerson(state: TestProvider, request: IncomingMessage, response: ServerResponse): void {
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
