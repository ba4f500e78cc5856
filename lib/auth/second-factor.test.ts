import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { codeOf } from '@/e2e/people'
import { createPerson } from '../credentials/people'
import type { Actor } from '../domain/account/permissions'
import { own, type ServedLab, serveLab } from './served-lab.testing'

const password = 'correct horse battery'
let lab: ServedLab
let auth: typeof import('./auth').auth
let app: typeof import('./authenticator-app')

beforeAll(async () => {
  lab = await serveLab()
  auth = (await import('./auth')).auth
  app = await import('./authenticator-app')
})
afterAll(() => lab.end())

const post = (path: string, body: object, cookie: string, ip: string) =>
  auth().handler(
    new Request(`${own}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: own, cookie, 'x-forwarded-for': ip },
      body: JSON.stringify(body),
    }),
  )
const cookiesOf = (answer: Response) =>
  answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0] ?? '')
    .filter((pair) => !pair.endsWith('='))
    .join('; ')
const soon = (halfMinutes: number) => new Date(Date.now() + halfMinutes * 30_000)

let count = 0
/** A person with an authenticator app, whose first code is used up. */
async function withApp() {
  const ip = `10.3.0.${++count}`
  const email = `${randomUUID()}@lab.example`
  const id = await createPerson(lab.db, { name: 'Eli', email, password, role: 'engineer' })
  const actor: Actor = { id, name: 'Eli', role: 'engineer' }
  const signIn = () => post('/sign-in/email', { email, password }, '', ip)
  const headers = new Headers({ cookie: cookiesOf(await signIn()) })
  const started = await app.startAuthenticatorApp(lab.db, actor, { password, headers }, new Date())
  if (started.status === 'refused') throw new Error(started.reason)
  const first = codeOf(started.secret, new Date())
  const set = await app.finishAuthenticatorApp(lab.db, actor, { code: first, headers }, new Date())
  expect(set).toEqual({ status: 'set' })
  const half = async () => cookiesOf(await signIn())
  const give = (code: string, cookie: string, from = ip) =>
    post('/two-factor/verify-totp', { code }, cookie, from)
  return { id, ip, started, first, signIn, half, give }
}

test('where there is a second factor a password alone opens nothing', async () => {
  const { signIn } = await withApp()
  const answer = await signIn()
  expect(await answer.json()).toMatchObject({ twoFactorRedirect: true })
  expect(cookiesOf(answer)).not.toContain('session_token')
  const headers = new Headers({ cookie: cookiesOf(answer) })
  expect(await auth().api.getSession({ headers })).toBeNull()
})

test('a code opens a session once, and not a second time for who looked on (ASVS 6.5.1)', async () => {
  const { first, started, half, give } = await withApp()
  expect((await give(first, await half())).status).toBe(401)
  const next = codeOf(started.secret, soon(1))
  const challenge = await half()
  const answers = await Promise.all([give(next, challenge), give(next, await half())])
  expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 401])
  const opened = answers.find(({ status }) => status === 200)
  expect(opened && cookiesOf(opened)).toContain('session_token')
})

test('guessing codes is stopped after five, whatever challenge they are given to (F48)', async () => {
  const { half, give } = await withApp()
  const challenge = await half()
  for (let i = 0; i < 5; i++) expect((await give(`00000${i}`, challenge)).status).toBe(401)
  expect((await give('000009', await half())).status).toBe(429)
})

test('a second factor is never left out on a browser because it asks for that', async () => {
  const { started, half, ip } = await withApp()
  const body = { code: codeOf(started.secret, soon(1)), trustDevice: true }
  const answer = await post('/two-factor/verify-totp', body, await half(), ip)
  expect(answer.status).toBe(400)
})

test('who is disabled between password and code stays out', async () => {
  const { id, started, half, give } = await withApp()
  const challenge = await half()
  await lab.sql`update users set disabled_at = now() where id = ${id}`
  const answer = await give(codeOf(started.secret, soon(1)), challenge)
  expect(answer.ok).toBe(false)
  expect(cookiesOf(answer)).not.toContain('session_token')
})

test('each backup code opens one session', async () => {
  const { started, half, ip } = await withApp()
  const give = async (code: string) =>
    post('/two-factor/verify-backup-code', { code }, await half(), ip)
  const [code = ''] = started.backupCodes
  expect((await give(code)).status).toBe(200)
  expect((await give(code)).status).toBe(401)
})

test('neither the secret nor a backup code can be read in the database', async () => {
  const { id, started } = await withApp()
  const [row] = await lab.sql`select * from two_factors where user_id = ${id}`
  const kept = JSON.stringify(row)
  for (const secret of [started.secret, ...started.backupCodes]) expect(kept).not.toContain(secret)
})

test('what better-auth can do beyond signing in and out is not answered', async () => {
  const { isAnsweredPath } = await import('./auth')
  for (const path of ['/two-factor/enable', '/two-factor/disable', '/update-user'])
    expect(isAnsweredPath(path)).toBe(false)
  for (const path of ['/change-password', '/list-sessions', '/sign-up/email', '/delete-user'])
    expect(isAnsweredPath(path)).toBe(false)
  expect(isAnsweredPath('/sign-in/email')).toBe(true)
})
