import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '../credentials/people'
import { setRole } from '../db/queries/people/users'
import { storeAccessSettings } from '../db/queries/settings'
import { createTestDb, type TestDb } from '../db/testing'
import { defaultAccessSettings } from '../domain/account/access-settings'
import { checkSession } from './session'

const now = new Date('2026-03-02T09:00:00Z')
const hoursLater = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function session() {
  const id = randomUUID()
  const personId = await createPerson(lab.db, {
    name: 'Eli',
    email: `${id}@lab.example`,
    password: 'correct horse battery',
    role: 'engineer',
  })
  await lab.sql`insert into sessions (id, token, user_id, created_at, last_seen_at, expires_at)
    values (${id}, ${id}, ${personId}, ${now.toISOString()}, ${now.toISOString()}, ${hoursLater(999).toISOString()})`
  const ask = (at: Date) => checkSession(lab.db, id, at)
  return { id, personId, ask }
}

test('a session ends after twelve hours without a request, and one within them starts them anew', async () => {
  const { ask } = await session()
  expect(await ask(hoursLater(11.9))).toBeDefined()
  expect(await ask(hoursLater(23.8))).toBeDefined()
  expect(await ask(hoursLater(23.8 + 12))).toBeUndefined()
})

test('a session ends seven days after sign-in, however busy it is', async () => {
  const { ask } = await session()
  for (let hour = 6; hour < 7 * 24; hour += 6) expect(await ask(hoursLater(hour))).toBeDefined()
  expect(await ask(hoursLater(7 * 24))).toBeUndefined()
})

test('a session that is over stays over, even if a clock goes back', async () => {
  const { id, ask } = await session()
  await ask(hoursLater(13))
  expect(await ask(now)).toBeUndefined()
  expect(await lab.sql`select id from sessions where id = ${id}`).toEqual([])
})

test('limits a lab has set count for sessions that are open already', async () => {
  const { ask } = await session()
  const by = { changedAt: now, changedBy: 'Ada' }
  await storeAccessSettings(lab.db, { ...defaultAccessSettings, idleHours: 1 }, by)
  expect(await ask(hoursLater(1))).toBeUndefined()
  await storeAccessSettings(lab.db, defaultAccessSettings, by)
})

test('a changed role counts from the next request on (F39)', async () => {
  const { personId, ask } = await session()
  await setRole(lab.db, personId, 'viewer', now)
  expect(await ask(now)).toMatchObject({ actor: { role: 'viewer' } })
})

test('a disabled person has no session, not even one opened before', async () => {
  const { personId, ask } = await session()
  await lab.sql`update users set disabled_at = now() where id = ${personId}`
  expect(await ask(now)).toBeUndefined()
  await expect(
    lab.sql`insert into sessions (id, token, user_id, expires_at) values ('x', 'x', ${personId}, now())`,
  ).rejects.toThrow('a disabled person has no session')
})

test('who must have a second factor is told so until there is one', async () => {
  const { personId, ask } = await session()
  const by = { changedAt: now, changedBy: 'Ada' }
  const asked = { ...defaultAccessSettings, secondFactorRoles: ['engineer' as const] }
  await storeAccessSettings(lab.db, asked, by)
  expect(await ask(now)).toMatchObject({ mustSetSecondFactor: true })
  await lab.sql`update users set two_factor_enabled = true where id = ${personId}`
  expect(await ask(now)).toMatchObject({ mustSetSecondFactor: false, hasSecondFactor: true })
  await storeAccessSettings(lab.db, defaultAccessSettings, by)
})
