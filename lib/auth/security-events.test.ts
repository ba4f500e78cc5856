import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { createPerson } from '../credentials/people'
import { createFailedSignInRecorder, failedSignInLimits, refusalIn } from './security-events'
import { own, type ServedLab, serveLab } from './served-lab.testing'

const password = 'correct horse battery'
let lab: ServedLab
let personId: string
let auth: typeof import('./auth').auth
let recordRefusal: typeof import('./security-events').recordRefusal
let before: number

beforeAll(async () => {
  lab = await serveLab()
  auth = (await import('./auth')).auth
  recordRefusal = (await import('./security-events')).recordRefusal
  const eli = { name: 'Eli', email: 'eli@lab.example', password, role: 'engineer' } as const
  personId = await createPerson(lab.db, eli)
})
afterAll(() => lab.end())
beforeEach(async () => {
  const [head] = await lab.sql`select seq::int from audit_head`
  before = head?.seq
})

const entries = () => lab.sql`select kind, table_name, row_id, by_id, by_name, by_role, old, new
  from audit_log where seq > ${before} and kind <> 'baseline' order by seq`

const post = (path: string, body: object, cookie = '') =>
  auth().handler(
    new Request(`${own}/api/auth${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: own, cookie },
      body: JSON.stringify(body),
    }),
  )

test('a sign-in and a sign-out are entries of the person, not of the program', async () => {
  const answer = await post('/sign-in/email', { email: 'eli@lab.example', password })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  await post('/sign-out', {}, cookie)
  const eli = { by_id: personId, by_name: 'Eli', by_role: 'engineer', table_name: 'sessions' }
  expect(await entries()).toMatchObject([
    { kind: 'insert', ...eli },
    { kind: 'delete', ...eli },
  ])
})

test('an expired session is removed by the program, not by its person', async () => {
  const answer = await post('/sign-in/email', { email: 'eli@lab.example', password })
  const cookie = answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  await lab.sql`update sessions set expires_at = now() - interval '1 minute' where user_id = ${personId}`
  expect(await auth().api.getSession({ headers: new Headers({ cookie }) })).toBeNull()
  expect((await entries()).at(-1)).toMatchObject({ kind: 'delete', by_id: 'system' })
})

test('a failed sign-in is recorded with the account that was tried and nothing that was typed', async () => {
  await post('/sign-in/email', { email: 'eli@lab.example', password: 'canary-of-a-password' })
  expect(await entries()).toMatchObject([
    {
      kind: 'signInFailed',
      table_name: 'users',
      row_id: personId,
      by_id: 'nobody',
      new: { how: 'password', reason: 'INVALID_EMAIL_OR_PASSWORD' },
    },
  ])
  // Some people type the password into the field above it.
  await post('/sign-in/email', { email: 'canary-of-a-password@lab.example', password })
  expect((await entries()).at(-1)).toMatchObject({ kind: 'signInFailed', row_id: null })
  const reported = await lab.sql`select from audit_log where audit_log::text like '%canary%'`
  expect(reported).toHaveLength(0)
})

test('F48: a flood of wrong passwords leaves a limited number of entries, and the number left out', async () => {
  const keep = createFailedSignInRecorder(lab.db, 300)
  const one = { how: 'password', reason: 'WRONG', address: '10.0.0.1' } as const
  // All at once, so that they are of one window however slow the machine is.
  const flood = [personId, undefined].flatMap((of) => Array.from({ length: 50 }, () => of))
  await Promise.all(flood.map((of) => keep({ ...one, personId: of })))
  const leftOutEntries = async () =>
    (await entries()).filter((entry) => entry.new.leftOut !== undefined)
  await expect.poll(leftOutEntries).toHaveLength(2)
  const all = await entries()
  const { account, unknown } = failedSignInLimits
  expect(all).toHaveLength(account + unknown + 2)
  const leftOut = all.map((entry) => entry.new.leftOut).filter((n) => n !== undefined)
  expect(leftOut.toSorted()).toEqual([50 - unknown, 50 - account].toSorted())
})

test('what a service refuses is recorded on its trial', async () => {
  const trialId = crypto.randomUUID()
  const refused = { status: 'refused', reason: 'This trial is locked.' }
  const no = refusalIn(refused, { trialId, password: 'canary-of-a-password' })
  const actor = { id: personId, name: 'Eli', role: 'engineer' } as const
  if (no) await recordRefusal(lab.db, { actor, what: 'observe', ...no })
  expect(no).toEqual({ reason: 'This trial is locked.', trialId, deviceId: undefined })
  expect(await entries()).toMatchObject([
    { kind: 'refused', by_name: 'Eli', new: { what: 'observe', reason: 'This trial is locked.' } },
  ])
})

test.each([{ status: 'done' }, { status: 'imported', reason: 'x' }, undefined, 'refused', null])(
  'an answer that is not a refusal is not recorded as one: %j',
  (answer) => {
    expect(refusalIn(answer, {})).toBeUndefined()
  },
)
