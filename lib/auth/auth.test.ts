import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { createTestDb, type TestDb } from '../db/testing'
import { findPerson, setRole } from '../db/users'
import { createPerson } from './people'

const own = 'http://127.0.0.1:3000'
const password = 'correct horse battery'
const now = new Date('2026-03-02T09:00:00Z')
let lab: TestDb
let personId: string
let auth: typeof import('./auth').auth
let pool: typeof import('../db/pool').sql

beforeAll(async () => {
  lab = await createTestDb()
  vi.stubEnv('DATABASE_URL', lab.url)
  vi.stubEnv('BETTER_AUTH_SECRET', 'a secret of this test, 32 characters')
  vi.stubEnv('ONEWAY_BASE_URL', own)
  // Only now, as both read the environment at their first use.
  pool = (await import('../db/pool')).sql
  auth = (await import('./auth')).auth
  personId = await createPerson(lab.db, {
    name: 'Eli',
    email: 'eli@lab.example',
    password,
    role: 'engineer',
  })
})
afterAll(async () => {
  await pool.end()
  await lab.drop()
  vi.unstubAllEnvs()
})

type Sent = { origin?: string; cookie?: string; ip?: string }
const post = (
  path: string,
  body: object,
  { origin = own, cookie = '', ip = '10.0.0.1' }: Sent = {},
) =>
  auth().handler(
    new Request(`${own}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie, 'x-forwarded-for': ip },
      body: JSON.stringify(body),
    }),
  )
const signIn = (sent?: Sent) => post('/sign-in/email', { email: 'eli@lab.example', password }, sent)
const cookieOf = (answer: Response) => answer.headers.getSetCookie()[0] ?? ''
const roleBehind = async (cookie: string) =>
  (await auth().api.getSession({ headers: new Headers({ cookie }) }))?.user.role

test('nobody signs up by themselves', async () => {
  const eve = { name: 'Eve', email: 'eve@lab.example', password, role: 'admin' }
  expect((await post('/sign-up/email', eve)).status).toBe(400)
})

test('a session is kept from scripts and other sites, and localhost is the same lab', async () => {
  const answer = await signIn({ origin: 'http://localhost:3000' })
  expect(answer.status).toBe(200)
  expect(cookieOf(answer)).toMatch(/HttpOnly/i)
  expect(cookieOf(answer)).toMatch(/SameSite=Lax/i)
})

test('another site cannot sign anybody in', async () => {
  expect((await signIn({ origin: 'https://evil.example' })).status).toBe(403)
})

test('nobody gives themselves a role', async () => {
  const cookie = cookieOf(await signIn())
  expect((await post('/update-user', { role: 'admin' }, { cookie })).status).toBe(400)
  expect(await findPerson(lab.db, personId)).toMatchObject({ role: 'engineer' })
})

test('a changed role counts from the next request on, without a new sign-in', async () => {
  const cookie = cookieOf(await signIn())
  expect(await roleBehind(cookie)).toBe('engineer')
  await setRole(lab.db, personId, 'lead', now)
  expect(await roleBehind(cookie)).toBe('lead')
  await setRole(lab.db, personId, 'engineer', now)
})

test('guessing one password is stopped, whatever address it comes from', async () => {
  const guess = (ip: string) =>
    post('/sign-in/email', { email: 'guessed@lab.example', password: 'wrong' }, { ip })
  for (let i = 0; i < 10; i++) expect((await guess(`10.1.0.${i}`)).status).toBe(401)
  const answer = await guess('10.1.0.99')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({ message: expect.stringContaining('seconds') })
})
