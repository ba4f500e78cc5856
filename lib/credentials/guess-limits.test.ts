import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordFamiliarAddress } from '../db/queries/people/rate-limits'
import { createTestDb, type TestDb } from '../db/testing'
import { clearGuesses, countGuess, guessInQueue } from './guess-limits'
import { createPerson } from './people'
import { proveByPassword } from './prove'

const now = new Date('2026-03-02T09:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let people = 0
const person = async () => {
  const email = `p${people++}@lab.example`
  const id = await createPerson(lab.db, {
    name: 'Eli',
    email,
    password: 'correct horse battery',
    role: 'engineer',
  })
  return { id, email }
}
const guess = (email: string, address: string, at = now) =>
  countGuess(lab.db, { kind: 'sign-in', email, address }, at)
const strangersGuess = async (email: string, n: number) => {
  for (let i = 0; i < n; i++) await guess(email, `198.51.100.${people}.${i}`)
}

test('a sixth try a minute at one account waits, from whatever addresses the five came (F48)', async () => {
  const { email } = await person()
  await strangersGuess(email, 5)
  expect(await guess(email, '203.0.113.1')).toEqual({ status: 'wait', seconds: 60 })
  expect(await guess(email, '203.0.113.1', later(60))).toMatchObject({ status: 'allowed' })
})

test('a twenty-first try a minute from one address waits, whatever accounts it tried (F48)', async () => {
  for (let i = 0; i < 20; i++)
    expect(await guess(`n${i}@lab.example`, '203.0.113.2')).toMatchObject({ status: 'allowed' })
  expect(await guess('n21@lab.example', '203.0.113.2')).toMatchObject({ status: 'wait' })
  expect(await guess('n21@lab.example', '203.0.113.3')).toMatchObject({ status: 'allowed' })
})

test('strangers who guess do not keep a person out where they have signed in before', async () => {
  const { id, email } = await person()
  await recordFamiliarAddress(lab.db, id, '192.0.2.7', now)
  await strangersGuess(email, 40)
  expect(await guess(email, '192.0.2.7')).toMatchObject({ status: 'allowed' })
  expect(await guess(email, '192.0.2.8')).toMatchObject({ status: 'wait' })
})

test('strangers who guess do not keep a person with a second factor out anywhere', async () => {
  const { id, email } = await person()
  await lab.sql`update users set two_factor_enabled = true where id = ${id}`
  await strangersGuess(email, 40)
  // Heard, but a wrong password is answered like one that was not, so that nobody learns of the factor.
  expect(await guess(email, '192.0.2.9')).toMatchObject({
    status: 'allowed',
    wrongWaitsSeconds: expect.any(Number),
  })
})

test('who guesses at a person with a second factor from one address waits longer each time', async () => {
  const { id, email } = await person()
  await lab.sql`update users set two_factor_enabled = true where id = ${id}`
  let at = 0
  for (const wait of [60, 120, 240]) {
    for (let i = 0; i < 5; i++) await guess(email, '203.0.113.4', later(at))
    expect(await guess(email, '203.0.113.4', later(at))).toEqual({ status: 'wait', seconds: wait })
    at += wait
  }
})

test('a right password forgets the wrong ones of its account, not those of its address', async () => {
  const { email } = await person()
  for (let i = 0; i < 4; i++) await guess(email, '203.0.113.5')
  const fifth = await guess(email, '203.0.113.5')
  if (fifth.status === 'wait') throw new Error('the fifth try is heard')
  await clearGuesses(lab.db, fifth)
  expect(await guess(email, '203.0.113.5')).toMatchObject({ status: 'allowed' })
  for (let i = 0; i < 15; i++) await guess(`m${i}@lab.example`, '203.0.113.5')
  expect(await guess('m16@lab.example', '203.0.113.5')).toMatchObject({ status: 'wait' })
})

test('codes of a second factor have their own tries', async () => {
  const { email } = await person()
  await strangersGuess(email, 5)
  const code = { kind: 'code', email, address: '192.0.2.10' } as const
  for (let i = 0; i < 5; i++)
    expect(await countGuess(lab.db, code, now)).toMatchObject({ status: 'allowed' })
  expect(await countGuess(lab.db, code, now)).toMatchObject({ status: 'wait' })
})

/** A sign-in as lib/auth/sign-in-hooks.ts does it: counted before the password is checked, settled if it is right. */
const signIn = (email: string, address: string, right: boolean) =>
  guessInQueue([`sign-in:${email}`, `sign-in:from:${address}`], async () => {
    const attempt = await countGuess(lab.db, { kind: 'sign-in', email, address }, now)
    if (attempt.status === 'allowed' && right) await clearGuesses(lab.db, attempt)
    return attempt.status
  })
const countAllowed = (statuses: string[]) =>
  statuses.filter((status) => status === 'allowed').length

test('right passwords at the same moment do not reach the limit on wrong ones', async () => {
  const same = Array.from({ length: 12 }, () => signIn('a@lab.example', '192.0.2.1', true))
  expect(countAllowed(await Promise.all(same))).toBe(12)
  const people = Array.from({ length: 30 }, (_, n) => signIn(`p${n}@x.example`, '192.0.2.2', true))
  expect(countAllowed(await Promise.all(people))).toBe(30)
})

test('wrong passwords at the same moment reach the limit', async () => {
  const wrong = Array.from({ length: 30 }, () => signIn('b@lab.example', '192.0.2.3', false))
  expect(countAllowed(await Promise.all(wrong))).toBe(5)
})

test('more guesses at once than the queue holds are not allowed beyond the limit', async () => {
  const wrong = Array.from({ length: 200 }, () => signIn('c@lab.example', '192.0.2.4', false))
  expect(countAllowed(await Promise.all(wrong))).toBe(5)
})

test('a person can give the right password in many tabs at once', async () => {
  const password = 'correct horse battery'
  const person = { name: 'Eli', email: 'eli@lab.example', password, role: 'engineer' as const }
  const id = await createPerson(lab.db, person)
  const tabs = Array.from({ length: 8 }, () => proveByPassword(lab.db, { id }, { password }, now))
  expect((await Promise.all(tabs)).map(({ status }) => status)).toEqual(Array(8).fill('proved'))
})
