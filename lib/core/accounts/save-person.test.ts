import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { findPerson, listPeople } from '@/lib/db/queries/people/users'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Role } from '@/lib/domain/account/permissions'
import { admin, engineer, lead, must, now } from '../testing/people'
import { resetPassword } from './one-time-links'
import { changeEmail, changeRole, disablePerson, enablePerson } from './save-person'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let count = 0
async function person(role: Role): Promise<string> {
  const email = `p${count++}@lab.example`
  const id = await createPerson(lab.db, { name: 'Alan', email, password: 'a long password', role })
  await lab.sql`insert into sessions (id, token, user_id, expires_at)
    values (${id}, ${id}, ${id}, '2027-01-01')`
  return id
}
const sessionsOf = (id: string) => lab.sql`select id from sessions where user_id = ${id}`

test('two admins who step down at once leave one admin', async () => {
  const [one, two] = [await person('admin'), await person('admin')]
  const down = (personId: string) => changeRole(lab.db, admin, { personId, role: 'engineer' }, now)
  const results = await Promise.all([down(one), down(two)])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['refused', 'saved'])
  const admins = (await listPeople(lab.db)).filter(({ role }) => role === 'admin')
  expect(admins).toHaveLength(1)
})

test('the last admin is neither disabled nor demoted, by anybody and in any way', async () => {
  const [last] = (await listPeople(lab.db)).filter(({ role }) => role === 'admin')
  if (!last) throw new Error('the test before leaves one')
  expect(await disablePerson(lab.db, admin, last.id, now)).toMatchObject({
    reason: expect.stringContaining('only admin'),
  })
  await expect(lab.sql`update users set disabled_at = now() where id = ${last.id}`).rejects.toThrow(
    'keeps one admin',
  )
  await expect(lab.sql`update users set role = 'lead' where id = ${last.id}`).rejects.toThrow(
    'keeps one admin',
  )
})

test('a disabled admin does not count as an admin', async () => {
  const second = await person('admin')
  await disablePerson(lab.db, admin, second, now)
  const [last] = (await listPeople(lab.db)).filter((it) => it.role === 'admin' && !it.disabledAt)
  expect(last && (await disablePerson(lab.db, admin, last.id, now))).toMatchObject({
    status: 'refused',
  })
})

test('a changed role ends the sessions of its person (F39)', async () => {
  const id = await person('lead')
  await changeRole(lab.db, admin, { personId: id, role: 'lead' }, now)
  expect(await sessionsOf(id)).toHaveLength(1)
  await changeRole(lab.db, admin, { personId: id, role: 'engineer' }, now)
  expect(await sessionsOf(id)).toEqual([])
})

test('disabling ends every session, keeps the name, and can be undone', async () => {
  const id = await person('engineer')
  expect(await disablePerson(lab.db, admin, id, now)).toEqual({ status: 'saved' })
  expect(await sessionsOf(id)).toEqual([])
  expect(await findPerson(lab.db, id)).toMatchObject({ name: 'Alan', disabledAt: now })
  expect(await enablePerson(lab.db, admin, id, now)).toEqual({ status: 'saved' })
  expect(await findPerson(lab.db, id)).toMatchObject({ disabledAt: null })
})

test('nobody disables themselves, and nobody but an admin disables anybody', async () => {
  const id = await person('admin')
  expect(await disablePerson(lab.db, { ...admin, id }, id, now)).toMatchObject({
    status: 'refused',
  })
  for (const actor of [engineer, lead])
    expect(await disablePerson(lab.db, actor, id, now)).toMatchObject({ status: 'refused' })
})

test('a person is never removed, so that no name in the record is lost (R15)', async () => {
  const id = await person('viewer')
  await expect(lab.sql`delete from users where id = ${id}`).rejects.toThrow('only grows')
})

async function personWithEmail() {
  const email = `e${count++}@lab.example`
  const password = 'a long password'
  const personId = await createPerson(lab.db, { name: 'Alan', email, password, role: 'engineer' })
  await lab.sql`insert into sessions (id, token, user_id, expires_at)
    values (${personId}, ${personId}, ${personId}, '2027-01-01')`
  return { personId, email }
}

test('a new address ends sessions and open links, and the trail has both addresses', async () => {
  const { personId, email } = await personWithEmail()
  const reset = { personId, removesSecondFactors: false }
  must(await resetPassword(lab.db, admin, reset, now), 'made')
  const changed = await changeEmail(lab.db, admin, { personId, email: 'New@Lab.Example ' }, now)
  expect(changed).toEqual({ status: 'changed', name: 'Alan', was: email, email: 'new@lab.example' })
  expect(await lab.sql`select id from sessions where user_id = ${personId}`).toHaveLength(0)
  const open = await lab.sql`select id from person_links
    where person_id = ${personId} and used_at is null and withdrawn_at is null`
  expect(open).toHaveLength(0)
  const [entry] = await lab.sql`select old->>'email' as old, new->>'email' as new, by_name
    from audit_log where table_name = 'users' and row_id = ${personId} and new ? 'email'
    order by seq desc limit 1`
  expect(entry).toMatchObject({ old: email, new: 'new@lab.example', by_name: admin.name })
})

test('a new address must not be another person’s, in any letter case, nor the current one', async () => {
  const [one, other] = [await personWithEmail(), await personWithEmail()]
  const set = (email: string) => changeEmail(lab.db, admin, { personId: one.personId, email }, now)
  expect(await set(other.email.toUpperCase())).toMatchObject({ status: 'refused', field: 'email' })
  expect(await set(one.email)).toMatchObject({ status: 'refused', field: 'email' })
})

test('only an admin changes addresses, and only of an existing person', async () => {
  const { personId } = await personWithEmail()
  const wanted = { personId, email: 'x@lab.example' }
  expect(await changeEmail(lab.db, lead, wanted, now)).toMatchObject({ status: 'refused' })
  const nobody = { ...wanted, personId: 'nobody' }
  expect(await changeEmail(lab.db, admin, nobody, now)).toMatchObject({ status: 'refused' })
})
