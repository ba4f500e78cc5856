import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../db/testing'
import { forgetGuesses, takeGuess } from './guess-limits'
import { inGuessTurn } from './guess-queue'
import { createPerson } from './people'
import { proveByPassword } from './prove'

const now = new Date('2026-03-02T09:00:00Z')
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** A sign-in as lib/auth/sign-in-hooks.ts has it: a turn before the password, given back where it is right. */
const signIn = (email: string, address: string, right: boolean) =>
  inGuessTurn([`sign-in:${email}`, `sign-in:from:${address}`], async () => {
    const turn = await takeGuess(lab.db, { kind: 'sign-in', email, address }, now)
    if (turn.status === 'allowed' && right) await forgetGuesses(lab.db, turn)
    return turn.status
  })
const count = (statuses: string[]) => statuses.filter((status) => status === 'allowed').length

test('right passwords at the same moment do not use up the turns of wrong ones', async () => {
  const same = Array.from({ length: 12 }, () => signIn('a@lab.example', '192.0.2.1', true))
  expect(count(await Promise.all(same))).toBe(12)
  const people = Array.from({ length: 30 }, (_, n) => signIn(`p${n}@x.example`, '192.0.2.2', true))
  expect(count(await Promise.all(people))).toBe(30)
})

test('wrong passwords at the same moment are counted as ever', async () => {
  const wrong = Array.from({ length: 30 }, () => signIn('b@lab.example', '192.0.2.3', false))
  expect(count(await Promise.all(wrong))).toBe(5)
})

test('more at once than may wait get no more turns for it', async () => {
  const wrong = Array.from({ length: 200 }, () => signIn('c@lab.example', '192.0.2.4', false))
  expect(count(await Promise.all(wrong))).toBe(5)
})

test('a person proves themselves with the right password in many tabs at once', async () => {
  const password = 'correct horse battery'
  const person = { name: 'Eli', email: 'eli@lab.example', password, role: 'engineer' as const }
  const id = await createPerson(lab.db, person)
  const tabs = Array.from({ length: 8 }, () => proveByPassword(lab.db, { id }, { password }, now))
  expect((await Promise.all(tabs)).map(({ status }) => status)).toEqual(Array(8).fill('proved'))
})
