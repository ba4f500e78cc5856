import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { admin, lead, must, now } from '../testing/people'
import { changeEmail } from './change-email'
import { resetPassword } from './make-link'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let count = 0
async function person() {
  const email = `p${count++}@lab.example`
  const password = 'a long password'
  const personId = await createPerson(lab.db, { name: 'Alan', email, password, role: 'engineer' })
  await lab.sql`insert into sessions (id, token, user_id, expires_at)
    values (${personId}, ${personId}, ${personId}, '2027-01-01')`
  return { personId, email }
}

test('another address ends sessions and open links, and the trail tells both addresses', async () => {
  const { personId, email } = await person()
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

test('nobody gets an address that is another’s, in whatever case, nor one that is theirs', async () => {
  const [one, other] = [await person(), await person()]
  const set = (email: string) => changeEmail(lab.db, admin, { personId: one.personId, email }, now)
  expect(await set(other.email.toUpperCase())).toMatchObject({ status: 'refused', field: 'email' })
  expect(await set(one.email)).toMatchObject({ status: 'refused', field: 'email' })
})

test('only an admin changes addresses, and only of somebody who is there', async () => {
  const { personId } = await person()
  const wanted = { personId, email: 'x@lab.example' }
  expect(await changeEmail(lab.db, lead, wanted, now)).toMatchObject({ status: 'refused' })
  const nobody = { ...wanted, personId: 'nobody' }
  expect(await changeEmail(lab.db, admin, nobody, now)).toMatchObject({ status: 'refused' })
})
