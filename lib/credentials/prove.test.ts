import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../db/testing'
import { createPerson } from './people'
import { proveByPassword, proveForPasskeys } from './prove'

const password = 'correct horse battery'
const now = new Date('2026-03-02T09:00:00Z')
const later = (seconds: number) => new Date(now.getTime() + seconds * 1000)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let people = 0
const person = async () => ({
  id: await createPerson(lab.db, {
    name: 'Eli',
    email: `eli-${people++}@lab.example`,
    password,
    role: 'engineer',
  }),
})

test('only the own password proves who is at the keyboard', async () => {
  const eli = await person()
  expect(await proveByPassword(lab.db, eli, { password }, now)).toEqual({
    status: 'proved',
    method: 'password',
  })
  expect(await proveByPassword(lab.db, eli, { password: `${password} ` }, now)).toMatchObject({
    status: 'refused',
    field: 'password',
  })
})

test('after five wrong passwords even the right one waits, and is heard a minute later', async () => {
  const eli = await person()
  const prove = (given: string, at: Date) => proveByPassword(lab.db, eli, { password: given }, at)
  for (let i = 0; i < 5; i++) await prove('wrong', now)
  expect(await prove(password, later(1))).toMatchObject({
    reason: 'Too many wrong tries. Try again in 59 seconds.',
  })
  expect(await prove(password, later(60))).toMatchObject({ status: 'proved' })
})

test('five at once do not get more than five tries', async () => {
  const eli = await person()
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => proveByPassword(lab.db, eli, { password: 'wrong' }, now)),
  )
  const waiting = answers.filter((it) => it.status === 'refused' && /Too many/.test(it.reason))
  expect(waiting).toHaveLength(3)
})

test('who is disabled or has no password proves nothing', async () => {
  const eli = await person()
  await lab.sql`update users set disabled_at = now() where id = ${eli.id}`
  expect(await proveByPassword(lab.db, eli, { password }, now)).toMatchObject({ status: 'refused' })
  expect(await proveByPassword(lab.db, { id: 'nobody' }, { password }, now)).toMatchObject({
    status: 'refused',
  })
})

test('a password typed on another keyboard, in other Unicode signs of the same letters, is the same', async () => {
  const id = await createPerson(lab.db, {
    name: 'Zoë',
    email: 'zoe@lab.example',
    password: 'Zoë likes ﬁne coffee',
    role: 'lead',
  })
  const typed = 'Zoe\u0308 likes fine coffee'
  expect(await proveByPassword(lab.db, { id }, { password: typed }, now)).toMatchObject({
    status: 'proved',
  })
})

test('who has no password changes passkeys in a session opened a moment ago, and nobody else does', async () => {
  const eli = await person()
  const prove = (id: string, minutes: number, own?: string) =>
    proveForPasskeys(lab.db, { id }, { password: own, signedInAt: now }, later(minutes * 60))
  expect(await prove(eli.id, 1)).toMatchObject({ status: 'refused', field: 'password' })
  expect(await prove(eli.id, 60, password)).toMatchObject({ status: 'proved' })
  await lab.sql`delete from accounts where user_id = ${eli.id}`
  expect(await prove(eli.id, 10)).toEqual({ status: 'proved', method: 'session' })
  expect(await prove(eli.id, 10.1)).toMatchObject({
    reason: expect.stringContaining('within 10 minutes of signing in'),
  })
})
