import { verifyPassword } from 'better-auth/crypto'
import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '../auth/people'
import { accounts, sessions } from '../db/schema'
import { createTestDb, type TestDb } from '../db/testing'
import { findPerson, listPeople } from '../db/users'
import type { Actor } from '../domain/actor'
import { addPerson, changeRole, renewPassword } from './save-person'

const now = new Date('2026-03-02T09:00:00Z')
const as = (role: Actor['role']): Actor => ({ id: role, name: role, role })
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const hashOf = async (userId: string) => {
  const [row] = await lab.db.select().from(accounts).where(eq(accounts.userId, userId))
  return row?.password ?? ''
}

test('only an admin adds people', async () => {
  const input = { name: 'Eve', email: 'eve@lab.example', role: 'admin' } as const
  for (const role of ['engineer', 'lead'] as const)
    expect(await addPerson(lab.db, as(role), input)).toMatchObject({ status: 'refused' })
  expect(await listPeople(lab.db)).toEqual([])
})

test('the password told once opens the account and is not kept as it is', async () => {
  const input = { name: 'Ada', email: 'Ada@Lab.example', role: 'engineer' } as const
  const result = await addPerson(lab.db, as('admin'), input)
  if (result.status !== 'saved') throw new Error(result.because)
  const hash = await hashOf(result.personId)
  expect(hash).not.toContain(result.password)
  expect(await verifyPassword({ hash, password: result.password })).toBe(true)
  expect(await findPerson(lab.db, result.personId)).toMatchObject({ email: 'ada@lab.example' })
})

test('one address belongs to one person, in any letter case, even when two admins add it at once', async () => {
  const add = (email: string) =>
    addPerson(lab.db, as('admin'), { name: 'Grace', email, role: 'lead' })
  const results = await Promise.all([add('grace@lab.example'), add('GRACE@lab.example')])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['refused', 'saved'])
})

test('two admins who step down at once leave one admin', async () => {
  const person = { name: 'A', password: 'a long password', role: 'admin' } as const
  const one = await createPerson(lab.db, { ...person, email: 'one@lab.example' })
  const two = await createPerson(lab.db, { ...person, email: 'two@lab.example' })
  const down = (personId: string) =>
    changeRole(lab.db, as('admin'), { personId, role: 'engineer' }, now)
  const results = await Promise.all([down(one), down(two)])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['refused', 'saved'])
  const admins = (await listPeople(lab.db)).filter(({ role }) => role === 'admin')
  expect(admins).toHaveLength(1)
})

test('a new password ends every session of its person', async () => {
  const email = 'alan@lab.example'
  const person = { name: 'Alan', email, password: 'the old password', role: 'lead' } as const
  const userId = await createPerson(lab.db, person)
  const expiresAt = new Date('2027-01-01T00:00:00Z')
  await lab.db.insert(sessions).values({ id: 's1', token: 't1', userId, expiresAt })
  const result = await renewPassword(lab.db, as('admin'), userId, now)
  if (result.status !== 'saved') throw new Error(result.because)
  const hash = await hashOf(userId)
  expect(await verifyPassword({ hash, password: 'the old password' })).toBe(false)
  expect(await verifyPassword({ hash, password: result.password })).toBe(true)
  expect(await lab.db.select().from(sessions).where(eq(sessions.userId, userId))).toEqual([])
})
