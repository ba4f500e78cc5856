import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { proveByPassword } from '@/lib/credentials/prove'
import { listSessions } from '@/lib/db/queries/people/sessions'
import { findPerson } from '@/lib/db/queries/people/users'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { changeAccessSettings } from '../lab/change-settings'
import { admin, lead, now } from '../testing/people'
import {
  changeOwnName,
  changeOwnPassword,
  endOtherSessions,
  endOwnSession,
} from './change-own-account'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function person() {
  const email = `${randomUUID()}@lab.example`
  const id = await createPerson(lab.db, {
    name: 'Alan',
    email,
    password: 'the old password',
    role: 'engineer',
  })
  const actor: Actor = { id, name: 'Alan', role: 'engineer' }
  const open = async () => {
    const sessionId = randomUUID()
    await lab.sql`insert into sessions (id, token, user_id, expires_at)
      values (${sessionId}, ${sessionId}, ${id}, '2027-01-01')`
    return sessionId
  }
  return { actor, open, here: await open() }
}
const idsOf = async (personId: string) => (await listSessions(lab.db, personId)).map(({ id }) => id)

test('a new password needs the old one and ends every other session (F39)', async () => {
  const { actor, open, here } = await person()
  await open()
  const change = (oldPassword: string, password: string) =>
    changeOwnPassword(lab.db, actor, { oldPassword, password, sessionId: here }, now)
  expect(await change('not the old one', 'four words of mine')).toMatchObject({
    field: 'oldPassword',
  })
  expect(await change('the old password', 'alan alan alan alan')).toMatchObject({
    field: 'password',
  })
  expect(await idsOf(actor.id)).toHaveLength(2)
  expect(await change('the old password', 'four words of mine')).toEqual({
    status: 'saved',
    endedSessions: 1,
  })
  expect(await idsOf(actor.id)).toEqual([here])
  expect(
    await proveByPassword(lab.db, actor, { password: 'four words of mine' }, now),
  ).toMatchObject({ status: 'proved' })
})

test('a person ends their own sessions, and nobody else’s by guessing an id', async () => {
  const mine = await person()
  const other = await person()
  expect(await endOwnSession(lab.db, mine.actor, other.here)).toMatchObject({ status: 'refused' })
  const second = await mine.open()
  expect(await endOwnSession(lab.db, mine.actor, second)).toEqual({ status: 'ended' })
  await mine.open()
  await mine.open()
  expect(await endOtherSessions(lab.db, mine.actor, mine.here)).toEqual({
    status: 'ended',
    sessions: 2,
  })
  expect(await idsOf(mine.actor.id)).toEqual([mine.here])
  expect(await idsOf(other.actor.id)).toEqual([other.here])
})

test('a long name in any script is stored unchanged', async () => {
  const { actor } = await person()
  const name = `${'א'.repeat(60)} 🦊‏ <b>&amp;`
  expect(await changeOwnName(lab.db, actor, ` ${name} `, now)).toEqual({ status: 'saved' })
  expect(await findPerson(lab.db, actor.id)).toMatchObject({ name })
  for (const bad of ['', '   ', 'x'.repeat(101)])
    expect(await changeOwnName(lab.db, actor, bad, now)).toMatchObject({ field: 'name' })
})

test('only an admin sets how long sessions last, and only to valid values', async () => {
  const settings = { idleHours: 1, sessionHours: 24, secondFactorRoles: ['admin' as const] }
  expect(await changeAccessSettings(lab.db, lead, settings, now)).toMatchObject({
    status: 'refused',
  })
  expect(await changeAccessSettings(lab.db, admin, settings, now)).toMatchObject({
    changed: ['idleHours', 'sessionHours', 'secondFactorRoles'],
  })
  expect(await changeAccessSettings(lab.db, admin, { ...settings, idleHours: 25 }, now)).toEqual(
    expect.objectContaining({ field: 'idleHours' }),
  )
  expect(await changeAccessSettings(lab.db, admin, { ...settings, idleHours: 0 }, now)).toEqual(
    expect.objectContaining({ status: 'refused' }),
  )
})
