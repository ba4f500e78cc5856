import { eq } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { authorizeKey } from '@/lib/auth/api-key-request'
import { createPerson } from '@/lib/credentials/people'
import { listApiKeys } from '@/lib/db/queries/people/api-keys'
import { setRole } from '@/lib/db/queries/people/users'
import { apiKeys } from '@/lib/db/schema/keys'
import { users } from '@/lib/db/schema/schema'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor, Role } from '@/lib/domain/account/permissions'
import { makeApiKey, revokeApiKey } from './api-keys'

const now = new Date('2026-03-02T09:00:00Z')
const later = (days: number) => new Date(now.getTime() + days * 24 * 3600 * 1000)

let lab: TestDb

beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

let made = 0
async function person(role: Role = 'engineer'): Promise<Actor> {
  made += 1
  const email = `person-${made}@lab.example`
  const password = 'correct horse battery staple'
  const id = await createPerson(lab.db, { name: `Person ${made}`, email, password, role })
  return { id, name: `Person ${made}`, role }
}

const forAll = { name: 'nightly report', scopes: ['read', 'export'] as const, days: 90 }

async function keyOf(actor: Actor, but: Partial<Parameters<typeof makeApiKey>[2]> = {}) {
  const result = await makeApiKey(lab.db, actor, { ...forAll, ...but }, now)
  if (result.status !== 'made') throw new Error(result.reason)
  return result
}
const hold = (key: string, action: Parameters<typeof authorizeKey>[2] = 'look', at = now) =>
  authorizeKey(lab.db, key, action, at)

test('a key is shown once: only its hash and its first characters are stored', async () => {
  const { key, keyId } = await keyOf(await person())
  expect(key).toMatch(/^oneway_[\w-]{43}$/)
  const [row] = await lab.db.select().from(apiKeys).where(eq(apiKeys.id, keyId))
  expect(JSON.stringify(row)).not.toContain(key.slice(12))
  expect(row).toMatchObject({ hint: key.slice(0, 11), expiresAt: later(90) })
})

test('a key acts as its owner, with their current role', async () => {
  const owner = await person('lead')
  const { key } = await keyOf(owner)
  await setRole(lab.db, owner.id, 'viewer', now)
  expect(await hold(key)).toMatchObject({
    status: 'authorized',
    actor: { id: owner.id, role: 'viewer', name: `${owner.name} (API key “nightly report”)` },
  })
})

test.each(['releaseTrial', 'armTrial', 'editDevice', 'managePeople', 'overruleOutcome'] as const)(
  'a key of an owner of any role never does %s',
  async (action) => {
    for (const role of ['engineer', 'lead', 'admin'] as const) {
      const { key } = await keyOf(await person(role))
      expect(await hold(key, action)).toMatchObject({ status: 'refused', code: 403 })
    }
  },
)

test('a key without the export scope may not export', async () => {
  const { key } = await keyOf(await person(), { scopes: ['read'] })
  expect(await hold(key, 'export')).toMatchObject({
    code: 403,
    reason: expect.stringContaining('export'),
  })
})

test('a key ends on its day, when it is revoked, and when its owner is disabled', async () => {
  const owner = await person()
  const [short, long, other] = [
    await keyOf(owner, { days: 1 }),
    await keyOf(owner),
    await keyOf(owner),
  ]
  expect(await hold(short.key, 'look', later(1))).toMatchObject({ code: 401 })
  expect(await revokeApiKey(lab.db, owner, long.keyId, now)).toEqual({ status: 'revoked' })
  expect(await hold(long.key)).toMatchObject({ code: 401 })
  await lab.db.update(users).set({ disabledAt: now }).where(eq(users.id, owner.id))
  expect(await hold(other.key)).toMatchObject({ code: 401 })
})

test('an invalid or mistyped key gives no access', async () => {
  const { key } = await keyOf(await person())
  for (const wrong of [
    '',
    'oneway_',
    key.slice(0, -1),
    `${key}=`,
    key.toUpperCase(),
    'x'.repeat(10_000),
  ])
    expect(await hold(wrong)).toMatchObject({ status: 'refused', code: 401 })
})

test('the hundred and twenty-first request of a minute waits, and another key does not', async () => {
  const owner = await person()
  const [busy, other] = [await keyOf(owner), await keyOf(owner)]
  for (let n = 0; n < 120; n++) expect(await hold(busy.key)).toMatchObject({ status: 'authorized' })
  const refused = await hold(busy.key)
  expect(refused).toMatchObject({ code: 429, waitSeconds: expect.any(Number) })
  expect(await hold(other.key)).toMatchObject({ status: 'authorized' })
  expect(await hold(busy.key, 'look', new Date(now.getTime() + 61_000))).toMatchObject({
    status: 'authorized',
  })
})

test('the last use is stored, at most once in five minutes', async () => {
  const owner = await person()
  const { key } = await keyOf(owner)
  const lastUse = async () => (await listApiKeys(lab.db, owner.id))[0]?.lastUsedAt
  await hold(key)
  await hold(key, 'look', new Date(now.getTime() + 60_000))
  expect(await lastUse()).toEqual(now)
  const then = new Date(now.getTime() + 301_000)
  await hold(key, 'look', then)
  expect(await lastUse()).toEqual(then)
})

test("only an admin revokes another person's key; for others it does not exist", async () => {
  const { keyId } = await keyOf(await person())
  const not = { status: 'refused', reason: 'There is no such key.' }
  expect(await revokeApiKey(lab.db, await person('lead'), keyId, now)).toMatchObject(not)
  expect(await revokeApiKey(lab.db, await person('admin'), keyId, now)).toEqual({
    status: 'revoked',
  })
  expect(await revokeApiKey(lab.db, await person('admin'), keyId, now)).toMatchObject({
    status: 'refused',
  })
})

test.each([
  [{ days: 0 }, 'days'],
  [{ days: 366 }, 'days'],
  [{ days: 1.5 }, 'days'],
  [{ scopes: [] }, 'scopes'],
  [{ name: '  ' }, 'name'],
])('a key with %o is not made', async (but, field) => {
  const result = await makeApiKey(lab.db, await person(), { ...forAll, ...but }, now)
  expect(result).toMatchObject({ status: 'refused', field })
})

test('a person has twenty keys at most, however many are asked for at once', async () => {
  const owner = await person()
  const asked = Array.from({ length: 25 }, () => makeApiKey(lab.db, owner, forAll, now))
  const results = await Promise.all(asked)
  expect(results.filter(({ status }) => status === 'made')).toHaveLength(20)
})

test('the database refuses a key with more scopes, a longer life, or a revocation undone', async () => {
  const owner = await person()
  const { keyId } = await keyOf(owner)
  await revokeApiKey(lab.db, owner, keyId, now)
  const { sql } = lab
  await expect(
    sql`update api_keys set revoked_at = null, revoked_by_id = null, revoked_by_name = null where id = ${keyId}`,
  ).rejects.toThrow('stays revoked')
  await expect(
    sql`update api_keys set scopes = array['read', 'export', 'release'] where id = ${keyId}`,
  ).rejects.toThrow()
  await expect(
    sql`update api_keys set expires_at = expires_at + interval '1 day' where id = ${keyId}`,
  ).rejects.toThrow('stands')
  await expect(sql`delete from api_keys where id = ${keyId}`).rejects.toThrow()
  const wide = sql`insert into api_keys (user_id, name, scopes, sha256, hint, made_at, expires_at) values (${owner.id}, 'x', array['release'], repeat('0', 64), 'x', now(), now() + interval '1 day')`
  await expect(wide).rejects.toThrow('a_key_only_reads')
})

test('a key for the calendar stands in its address alone, and the database holds that it is for nothing else', async () => {
  const owner = await person()
  const { key, keyId } = await keyOf(owner, { scopes: ['calendar'] })
  const inAddress = (sent: string, at = now) => authorizeKey(lab.db, sent, 'look', at, 'address')
  expect(await inAddress(key)).toMatchObject({ status: 'authorized', actor: { id: owner.id } })
  expect(await hold(key)).toMatchObject({ status: 'refused', code: 403 })
  const { key: usual } = await keyOf(owner)
  expect(await inAddress(usual)).toMatchObject({ status: 'refused', code: 403 })
  const both = { ...forAll, scopes: ['read', 'calendar'] as const }
  expect(await makeApiKey(lab.db, owner, both, now)).toMatchObject({ field: 'scopes' })
  await expect(
    lab.db
      .update(apiKeys)
      .set({ scopes: [...both.scopes] })
      .where(eq(apiKeys.id, keyId)),
  ).rejects.toThrow()
  expect(await revokeApiKey(lab.db, owner, keyId, now)).toEqual({ status: 'revoked' })
  expect(await inAddress(key)).toMatchObject({ code: 401 })
})
