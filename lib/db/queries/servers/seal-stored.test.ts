import { afterEach, beforeEach, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { sealStored } from './seal-stored'
import { findServer, insertServer, updateServer } from './servers'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})

const testKey = process.env.ONEWAY_SECRET_KEY
afterEach(async () => {
  process.env.ONEWAY_SECRET_KEY = testKey
  delete process.env.ONEWAY_SECRET_KEY_OLD
  await lab.drop()
})

const keys = { apiKey: 'canary-api-key', hmacKey: 'canary-hmac-key' }
const about = {
  name: 'Lab',
  url: 'https://mdm.example',
  kind: 'nanomdm',
  simulated: false,
} as const
const add = (slug: string) => insertServer(lab.db, { ...about, ...keys, slug })

const stored = async () => JSON.stringify(await lab.sql`select * from mdm_servers`)

test('no key of a server stands in the database, after adding and after changing it', async () => {
  const id = await add('a')
  await updateServer(lab.db, id, { apiKey: 'canary-second-key' })
  expect(await stored()).not.toContain('canary')
  expect(await findServer(lab.db, id)).toMatchObject({
    apiKey: 'canary-second-key',
    hmacKey: keys.hmacKey,
  })
})

test('the database refuses a key that is not sealed', async () => {
  const id = await add('b')
  for (const change of [
    lab.sql`update mdm_servers set api_key = 'plain' where id = ${id}`,
    lab.sql`update mdm_servers set hmac_key = 'plain' where id = ${id}`,
  ])
    await expect(change).rejects.toThrow(/is_sealed/)
})

/** As an earlier version has left it: the checks came later. */
async function addUnsealed(): Promise<string> {
  const id = await add('old')
  await lab.sql`alter table mdm_servers drop constraint an_api_key_is_sealed,
    drop constraint an_hmac_key_is_sealed`
  await lab.sql`update mdm_servers set api_key = ${keys.apiKey}, hmac_key = ${keys.hmacKey}`
  await lab.sql`alter table mdm_servers
    add constraint an_api_key_is_sealed check (api_key like 'v1.%') not valid,
    add constraint an_hmac_key_is_sealed check (hmac_key = '' or hmac_key like 'v1.%') not valid`
  return id
}

test('keys from before are sealed at the next start, once', async () => {
  const id = await addUnsealed()
  expect(await sealStored(lab.owner)).toEqual({ sealed: 2, unreadable: [] })
  expect(await stored()).not.toContain('canary')
  expect(await findServer(lab.db, id)).toMatchObject(keys)
  expect(await sealStored(lab.owner)).toEqual({ sealed: 0, unreadable: [] })
})

test('after a change of keys everything is sealed anew, and the old key opens nothing', async () => {
  const id = await add('c')
  process.env.ONEWAY_SECRET_KEY = 'another key that seals, long enough'
  process.env.ONEWAY_SECRET_KEY_OLD = testKey
  expect(await sealStored(lab.owner)).toEqual({ sealed: 2, unreadable: [] })
  delete process.env.ONEWAY_SECRET_KEY_OLD
  expect(await findServer(lab.db, id)).toMatchObject(keys)
  process.env.ONEWAY_SECRET_KEY = testKey
  await expect(findServer(lab.db, id)).rejects.toThrow(/a key that is not here/)
})

test('a server whose key is lost is named, left as it is, and takes new keys', async () => {
  const id = await add('d')
  const before = await stored()
  process.env.ONEWAY_SECRET_KEY = 'another key that seals, long enough'
  expect(await sealStored(lab.owner)).toEqual({ sealed: 0, unreadable: ['Lab'] })
  expect(await stored()).toBe(before)
  await updateServer(lab.db, id, keys)
  expect(await findServer(lab.db, id)).toMatchObject(keys)
})
