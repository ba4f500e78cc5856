import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '../credentials/people'
import { findPerson, setRole } from '../db/queries/people/users'
import { own, type ServedLab, serveLab } from './served-lab.testing'

const password = 'correct horse battery'
const now = new Date('2026-03-02T09:00:00Z')
let lab: ServedLab
let personId: string
let auth: typeof import('./auth').auth

beforeAll(async () => {
  lab = await serveLab()
  auth = (await import('./auth')).auth
  personId = await createPerson(lab.db, {
    name: 'Eli',
    email: 'eli@lab.example',
    password,
    role: 'engineer',
  })
})
afterAll(() => lab.end())

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

test('nobody can sign up without an invitation', async () => {
  const eve = { name: 'Eve', email: 'eve@lab.example', password, role: 'admin' }
  expect((await post('/sign-up/email', eve)).status).toBe(400)
})

test('a session is kept from scripts and other sites, and localhost is the same lab', async () => {
  const answer = await signIn({ origin: 'http://localhost:3000' })
  expect(answer.status).toBe(200)
  expect(cookieOf(answer)).toMatch(/HttpOnly/i)
  expect(cookieOf(answer)).toMatch(/SameSite=Strict/i)
  expect(cookieOf(answer)).toMatch(/Path=\//i)
})

test('another site cannot sign anybody in', async () => {
  expect((await signIn({ origin: 'https://evil.example' })).status).toBe(403)
})

test('a person cannot change their own role', async () => {
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

test('guessing one password is stopped, whatever address it comes from (F48)', async () => {
  const guess = (ip: string) =>
    post('/sign-in/email', { email: 'guessed@lab.example', password: 'wrong' }, { ip })
  for (let i = 0; i < 5; i++) expect((await guess(`10.1.0.${i}`)).status).toBe(401)
  const answer = await guess('10.1.0.99')
  expect(answer.status).toBe(429)
  expect(await answer.json()).toMatchObject({ message: expect.stringContaining('seconds') })
})

test('a disabled person is refused in the words of a wrong password', async () => {
  const email = 'gone@lab.example'
  const id = await createPerson(lab.db, { name: 'Gone', email, password, role: 'engineer' })
  await lab.sql`update users set disabled_at = now() where id = ${id}`
  const right = await post('/sign-in/email', { email, password }, { ip: '10.2.0.1' })
  const wrong = await post('/sign-in/email', { email, password: 'wrong' }, { ip: '10.2.0.1' })
  expect(right.status).toBe(401)
  expect(await right.json()).toEqual(await wrong.json())
  expect(right.headers.getSetCookie().filter((it) => /session_token=[^;]/.test(it))).toEqual([])
})

test('each sign-in opens a session of its own id, whatever id the browser brought (F39)', async () => {
  const planted = cookieOf(await signIn())
  const fresh = cookieOf(await signIn({ cookie: planted.split(';')[0] ?? '' }))
  expect(fresh.split(';')[0]).not.toBe(planted.split(';')[0])
})

test('a cookie stolen before signing out opens nothing afterwards (F39)', async () => {
  const cookie = cookieOf(await signIn()).split(';')[0] ?? ''
  expect(await roleBehind(cookie)).toBe('engineer')
  expect((await post('/sign-out', {}, { cookie })).status).toBe(200)
  expect(await roleBehind(cookie)).toBeUndefined()
})

test('over HTTPS a cookie belongs to this host only; over plain http its name has no prefix', async () => {
  const { cookieOptions } = await import('./auth')
  expect(cookieOptions('https://oneway.example.org')).toMatchObject({
    cookiePrefix: '__Host-oneway',
    defaultCookieAttributes: { secure: true, httpOnly: true, sameSite: 'strict', path: '/' },
  })
  expect(cookieOptions('http://127.0.0.1:3000')).toMatchObject({
    cookiePrefix: 'oneway',
    defaultCookieAttributes: { secure: false, httpOnly: true, sameSite: 'strict', path: '/' },
  })
})
