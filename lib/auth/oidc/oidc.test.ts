import { eq } from 'drizzle-orm'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { type PersonAtProvider, startProvider, type TestProvider } from '@/e2e/sign-on/provider'
import { visitProvider } from '@/e2e/sign-on/visit'
import { createPerson } from '@/lib/credentials/people'
import { findPersonByEmail } from '@/lib/db/queries/people/users'
import { accounts, sessions, users } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '../../db/testing'

const own = 'http://127.0.0.1:3000'
const callback = `${own}/api/auth/oidc/callback`
const password = 'correct horse battery staple'

let lab: TestDb
let provider: TestProvider
let auth: typeof import('../auth').auth
let pool: typeof import('../../db/pool').sql

beforeAll(async () => {
  lab = await createTestDb()
  provider = await startProvider({ redirectUri: callback })
  const environment = {
    DATABASE_URL: lab.url,
    BETTER_AUTH_SECRET: 'a secret of this test, 32 characters',
    ONEWAY_BASE_URL: own,
    OIDC_ISSUER: provider.issuer,
    OIDC_CLIENT_ID: provider.clientId,
    OIDC_CLIENT_SECRET: provider.clientSecret,
    OIDC_EMAIL_DOMAINS: 'lab.example',
    OIDC_ROLES: 'leads=lead;staff=engineer;house=admin',
    OIDC_SIGN_UP: '1',
  }
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value)
  pool = (await import('../../db/pool')).sql
  auth = (await import('../auth')).auth
})

afterEach(() => {
  provider.lie = undefined
  provider.down = false
  provider.discovery = {}
})

afterAll(async () => {
  await provider.close()
  await pool.end()
  await lab.drop()
  vi.unstubAllEnvs()
})

const at = (login: string, but: Partial<PersonAtProvider> = {}) =>
  provider.people.set(login, {
    email: `${login}@lab.example`,
    emailVerified: true,
    name: login,
    groups: ['staff'],
    ...but,
  })

const cookiesOf = (answer: Response) => answer.headers.getSetCookie()
const cookieHeader = (answer: Response) =>
  cookiesOf(answer)
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

const start = (next = '/devices') =>
  auth().handler(
    new Request(`${own}/api/auth/oidc/start`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: own },
      body: JSON.stringify({ next }),
    }),
  )

const comeBack = (url: URL | string, cookie: string) =>
  auth().handler(new Request(url, { headers: { cookie } }))

/** Through the provider and back; `spoil` changes the address it leads back to. */
async function signOn(login: string, spoil = (url: URL): URL => url) {
  const begun = await start()
  expect(begun.status).toBe(200)
  const { url } = await begun.json()
  const back = spoil(await visitProvider(url, login))
  const cookie = cookieHeader(begun)
  const answer = await comeBack(back, cookie)
  return { answer, back, cookie, onward: answer.headers.get('location') }
}

const problem = (code: string) => `/sign-in?problem=${code}`
const signedIn = '/sign-in?done=1&next=%2Fdevices'
const sessionOf = async (answer: Response) =>
  auth().api.getSession({ headers: new Headers({ cookie: cookieHeader(answer) }) })

test('a provider that is down at the start is asked again at the next sign-in', async () => {
  provider.down = true
  const refused = await start()
  expect(refused.status).toBe(503)
  expect(await refused.json()).toMatchObject({ code: 'unreachable' })
  provider.down = false
  expect((await start()).status).toBe(200)
})

test('the browser is sent with PKCE, state and nonce, and the state waits in a lax cookie', async () => {
  const begun = await start()
  const { searchParams } = new URL((await begun.json()).url)
  expect(searchParams.get('code_challenge_method')).toBe('S256')
  expect(searchParams.get('state')?.length).toBeGreaterThanOrEqual(40)
  expect(searchParams.get('nonce')?.length).toBeGreaterThanOrEqual(40)
  expect(cookiesOf(begun)[0]).toMatch(/oidc_state=.*HttpOnly.*SameSite=Lax/i)
})

test('a person of a mapped group is made at the first sign-in and found again at the next', async () => {
  at('grace', { groups: ['other', 'leads'], name: '=cmd()<b>\u202eGrace' })
  const { answer, onward } = await signOn('grace')
  expect(onward).toBe(signedIn)
  const session = await sessionOf(answer)
  expect(session?.user).toMatchObject({ email: 'grace@lab.example', role: 'lead' })
  await signOn('grace')
  const own = eq(accounts.userId, session?.user.id ?? '')
  const kept = await lab.db.select().from(accounts).where(own)
  expect(kept).toHaveLength(1)
  expect(kept[0]).toMatchObject({ accessToken: null, idToken: null, refreshToken: null })
})

test('a role follows the groups at each sign-in, and who has lost them is out everywhere', async () => {
  at('joan', { groups: ['leads'] })
  const first = await signOn('joan')
  expect((await sessionOf(first.answer))?.user.role).toBe('lead')
  at('joan', { groups: ['staff'] })
  expect((await sessionOf((await signOn('joan')).answer))?.user.role).toBe('engineer')
  at('joan', { groups: ['visitors'] })
  expect((await signOn('joan')).onward).toBe(problem('noRole'))
  expect(await sessionOf(first.answer)).toBeNull()
})

test('a person without a mapped group is refused, and no account is made', async () => {
  at('mallory', { groups: [] })
  const { answer, onward } = await signOn('mallory')
  expect(onward).toBe(problem('noRole'))
  expect(await sessionOf(answer)).toBeNull()
  expect(await findPersonByEmail(lab.db, 'mallory@lab.example')).toBeUndefined()
})

test('an unverified address takes over nobody, an admin least of all', async () => {
  const person = { name: 'Root', email: 'root@lab.example', password, role: 'admin' as const }
  const id = await createPerson(lab.db, person)
  at('thief', { email: 'root@lab.example', emailVerified: false, groups: ['house'] })
  expect((await signOn('thief')).onward).toBe(problem('noAddress'))
  expect(await lab.db.select().from(sessions).where(eq(sessions.userId, id))).toEqual([])
})

test('a verified address of a domain the provider speaks for links who is here, and nothing else does', async () => {
  const person = { name: 'Eli', email: 'eli@lab.example', password, role: 'engineer' as const }
  const id = await createPerson(lab.db, person)
  at('eli-17', { email: 'Eli@Lab.Example' })
  expect((await sessionOf((await signOn('eli-17')).answer))?.user.id).toBe(id)
  at('eve', { email: 'eve@elsewhere.example' })
  expect((await signOn('eve')).onward).toBe(problem('otherDomain'))
})

test('the last local admin keeps the role whatever the provider says, and the next to last does not', async () => {
  const root = await findPersonByEmail(lab.db, 'root@lab.example')
  at('root-1', { email: 'root@lab.example', groups: ['staff'] })
  expect((await sessionOf((await signOn('root-1')).answer))?.user.role).toBe('admin')
  const other = { name: 'Two', email: 'two@lab.example', password, role: 'admin' as const }
  await createPerson(lab.db, other)
  expect((await sessionOf((await signOn('root-1')).answer))?.user.role).toBe('engineer')
  expect(root?.role).toBe('admin')
})

test.each([
  ['of another audience', { claims: { aud: 'another-client' } }],
  ['with another nonce', { claims: { nonce: 'of another sign-in' } }],
  ['of another issuer', { claims: { iss: 'https://evil.example' } }],
  ['that has expired', { claims: { exp: 1_000_000 } }],
  ['signed with a key the provider does not publish', { foreignKey: true }],
  ['without a signature', { algorithm: 'none' as const }],
])('an id token %s signs nobody in', async (_name, lie) => {
  at('ada')
  provider.lie = lie
  const { answer, onward } = await signOn('ada')
  expect(onward).toBe(problem('notProven'))
  expect(await sessionOf(answer)).toBeNull()
})

test('a lie that says the truth is believed, so that the refusals above are of the lie', async () => {
  at('ada')
  provider.lie = {}
  expect((await signOn('ada')).onward).toBe(signedIn)
})

test('an answer that is replayed, or brought by another browser, is refused', async () => {
  at('ada')
  const { back, cookie, onward } = await signOn('ada')
  expect(onward).toBe(signedIn)
  expect((await comeBack(back, cookie)).headers.get('location')).toBe(problem('notOurs'))
  const stolen = await visitProvider((await (await start()).json()).url, 'ada')
  expect((await comeBack(stolen, '')).headers.get('location')).toBe(problem('notOurs'))
  const others = cookieHeader(await start())
  expect((await comeBack(stolen, others)).headers.get('location')).toBe(problem('notOurs'))
})

test('a code of another sign-in is not traded, as its PKCE verifier is another', async () => {
  at('ada')
  const code = (await visitProvider((await (await start()).json()).url, 'ada')).searchParams.get(
    'code',
  )
  const { onward } = await signOn('ada', (url) => {
    url.searchParams.set('code', code ?? '')
    return url
  })
  expect(onward).toBe(problem('refusedUs'))
})

test('an answer of another provider is refused, and so is a doubled parameter', async () => {
  at('ada')
  const mixedUp = await signOn('ada', (url) => {
    url.searchParams.set('iss', 'https://evil.example')
    return url
  })
  expect(mixedUp.onward).toBe(problem('notProven'))
  const doubled = await signOn('ada', (url) => {
    url.searchParams.append('code', 'another')
    return url
  })
  expect(doubled.onward).toBe(problem('notProven'))
})

test('who stops at the provider comes back with words, not with a session', async () => {
  const begun = await start()
  const state = new URL((await begun.clone().json()).url).searchParams.get('state')
  const denied = `${callback}?error=access_denied&state=${state}&iss=${encodeURIComponent(provider.issuer)}`
  const answer = await comeBack(denied, cookieHeader(begun))
  expect(answer.headers.get('location')).toBe(problem('cancelled'))
})

test('a way back to another site is not followed', async () => {
  at('ada')
  const begun = await start('https://evil.example/x')
  const back = await visitProvider((await begun.clone().json()).url, 'ada')
  const answer = await comeBack(back, cookieHeader(begun))
  expect(answer.headers.get('location')).toBe('/sign-in?done=1&next=%2F')
})

test('a password still signs in while the provider is down', async () => {
  provider.down = true
  const answer = await auth().handler(
    new Request(`${own}/api/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: own },
      body: JSON.stringify({ email: 'two@lab.example', password }),
    }),
  )
  expect(answer.status).toBe(200)
})

test('a person an admin has closed out stays out', async () => {
  at('grace', { groups: ['leads'] })
  const grace = eq(users.email, 'grace@lab.example')
  await lab.db.update(users).set({ disabledAt: new Date() }).where(grace)
  expect((await signOn('grace')).onward).toBe(problem('disabled'))
})

test('the people made by single sign-on have no password that could be guessed', async () => {
  const grace = await findPersonByEmail(lab.db, 'grace@lab.example')
  const rows = await lab.db
    .select({ password: accounts.password })
    .from(users)
    .innerJoin(accounts, eq(accounts.userId, users.id))
    .where(eq(users.id, grace?.id ?? ''))
  expect(rows).toEqual([{ password: null }])
})
