import { afterAll, beforeAll, expect, test } from 'vitest'
import { createPerson } from '@/lib/credentials/people'
import { proveByPassword } from '@/lib/credentials/prove'
import { listOpenLinks } from '@/lib/db/queries/people/person-links'
import { findPerson, findPersonByEmail } from '@/lib/db/queries/people/users'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Role } from '@/lib/domain/account/permissions'
import { admin, engineer, must, now } from '../testing/people'
import { invitePerson, lookAtLink, resetPassword, useLink, withdrawLink } from './one-time-links'

const days = (n: number) => new Date(now.getTime() + n * 24 * 3_600_000)
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let count = 0
const invited = async (role: Role = 'engineer') =>
  must(await invitePerson(lab.db, admin, { email: `New${count++}@Lab.example`, role }, now), 'made')
const person = () =>
  createPerson(lab.db, {
    name: 'Alan',
    email: `alan${count++}@lab.example`,
    password: 'the old password',
    role: 'lead',
  })
const use = (
  token: string,
  but: { name?: string; password?: string; address?: string } = {},
  at = now,
) =>
  useLink(
    lab.db,
    { token, address: `192.0.2.${count}`, name: 'Grace', password: 'four words of mine', ...but },
    at,
  )

test('an invited person sets name and password and has the role of the invitation', async () => {
  const { token, email } = await invited('lead')
  expect(await lookAtLink(lab.db, { token, address: 'here' }, now)).toMatchObject({
    status: 'open',
    kind: 'invitation',
    email,
    role: 'lead',
  })
  expect(await use(token)).toEqual({ status: 'set', email })
  const grace = await findPersonByEmail(lab.db, email)
  expect(grace).toMatchObject({ name: 'Grace', role: 'lead' })
  expect(
    await proveByPassword(lab.db, { id: grace?.id ?? '' }, { password: 'four words of mine' }, now),
  ).toMatchObject({ status: 'proved' })
})

test('a link works once, even if used twice at the same time', async () => {
  const { token } = await invited()
  const results = await Promise.all([use(token), use(token)])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['refused', 'set'])
  expect(await use(token)).toMatchObject({ reason: expect.stringContaining('used already') })
})

test('a link ends when it expires, when it is withdrawn, and when a newer one is made', async () => {
  const old = await invited()
  expect(await use(old.token, {}, days(7))).toMatchObject({
    reason: expect.stringContaining('expired'),
  })
  await withdrawLink(lab.db, admin, old.linkId, now)
  expect(await use(old.token)).toMatchObject({ reason: expect.stringContaining('withdrawn') })

  const first = await invited()
  await invitePerson(lab.db, admin, { email: first.email, role: 'viewer' }, now)
  expect(await use(first.token)).toMatchObject({ status: 'refused' })
})

test('the stored form of a link cannot be used', async () => {
  const { token, linkId } = await invited()
  const [row] = await lab.sql`select * from person_links where id = ${linkId}`
  expect(JSON.stringify(row)).not.toContain(token)
  expect(await use(String(row?.token_sha256))).toMatchObject({ status: 'refused' })
})

test('a weak password is refused and leaves the link as it was', async () => {
  const { token } = await invited()
  for (const password of ['short', 'qwerty123456789', 'grace grace grace', 'ILOVEYOUFOREVER'])
    expect(await use(token, { password })).toMatchObject({ field: 'password' })
  expect(await use(token)).toMatchObject({ status: 'set' })
})

test('guessing tokens from one address is slowed down', async () => {
  const guess = (i: number) => lookAtLink(lab.db, { token: `guess ${i}`, address: 'guesser' }, now)
  for (let i = 0; i < 20; i++) await guess(i)
  expect(await guess(20)).toMatchObject({ reason: expect.stringContaining('Too many') })
})

test('a reset replaces the password, ends every session, and on request removes second factors', async () => {
  const id = await person()
  await lab.sql`insert into sessions (id, token, user_id, expires_at)
    values (${id}, ${id}, ${id}, '2027-01-01')`
  await lab.sql`insert into two_factors (id, user_id, secret, backup_codes, verified)
    values (${id}, ${id}, 's', 'c', true)`
  await lab.sql`update users set two_factor_enabled = true where id = ${id}`
  const reset = { personId: id, removesSecondFactors: true }
  const { token } = must(await resetPassword(lab.db, admin, reset, now), 'made')
  expect(await use(token)).toMatchObject({ status: 'set' })
  const proved = (password: string) => proveByPassword(lab.db, { id }, { password }, now)
  expect(await proved('the old password')).toMatchObject({ status: 'refused' })
  expect(await proved('four words of mine')).toMatchObject({ status: 'proved' })
  expect(await lab.sql`select id from sessions where user_id = ${id}`).toEqual([])
  expect(await findPerson(lab.db, id)).toMatchObject({ name: 'Alan', twoFactorEnabled: false })
})

test('a reset lasts a day, and not past the disabling of its person', async () => {
  const id = await person()
  const reset = { personId: id, removesSecondFactors: false }
  const { token } = must(await resetPassword(lab.db, admin, reset, now), 'made')
  expect(await use(token, {}, days(1))).toMatchObject({ status: 'refused' })
  await lab.sql`update users set disabled_at = now() where id = ${id}`
  expect(await use(token)).toMatchObject({ status: 'refused' })
  expect(await resetPassword(lab.db, admin, reset, now)).toMatchObject({ status: 'refused' })
})

test('only an admin makes or withdraws links, and an address is invited once', async () => {
  const input = { email: 'eve@lab.example', role: 'admin' } as const
  expect(await invitePerson(lab.db, engineer, input, now)).toMatchObject({ status: 'refused' })
  const { email, token, linkId } = await invited()
  expect(await withdrawLink(lab.db, engineer, linkId, now)).toMatchObject({ status: 'refused' })
  await use(token)
  expect(await invitePerson(lab.db, admin, { email, role: 'lead' }, now)).toMatchObject({
    field: 'email',
  })
})

test('the list shows the links that can still be used, without their tokens', async () => {
  const { linkId } = await invited('viewer')
  const line = (await listOpenLinks(lab.db, now)).find(({ id }) => id === linkId)
  expect(line).toMatchObject({ kind: 'invitation', role: 'viewer', madeByName: 'Ada' })
  expect(line).not.toHaveProperty('tokenSha256')
  const later = await listOpenLinks(lab.db, days(8))
  expect(later.find(({ id }) => id === linkId)).toBeUndefined()
})

test('the links of one person are found by an index', async () => {
  const [row] = await lab.sql`
    select pg_get_indexdef('person_links_by_person'::regclass) as index`
  expect(row?.index).toContain('(person_id) WHERE (person_id IS NOT NULL)')
})

test('guesses from an address make only guesses wait there: a link that exists is opened and used', async () => {
  const { token, email } = await invited('engineer')
  const address = '198.51.100.7'
  for (let n = 0; n < 21; n += 1) await lookAtLink(lab.db, { token: `guess-${n}`, address }, now)
  expect(await lookAtLink(lab.db, { token: 'guess', address }, now)).toMatchObject({
    reason: expect.stringMatching(/^Too many wrong tries/),
  })
  const wrong = await use('guess', { address })
  expect(wrong).toMatchObject({ reason: expect.stringMatching(/^Too many wrong tries/) })
  expect(await lookAtLink(lab.db, { token, address }, now)).toMatchObject({ status: 'open' })
  expect(await use(token, { address })).toEqual({ status: 'set', email })
})
