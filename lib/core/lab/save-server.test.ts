import { afterAll, beforeAll, expect, test } from 'vitest'
import { findServer, insertServer, listServers, stopServer } from '@/lib/db/queries/servers/servers'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { hashWebhookToken } from '@/lib/mdm/webhook-proof'
import { renewWebhookToken, resumeSending, saveServer } from './save-server'

const admin: Actor = { id: 'a', name: 'Ada', role: 'admin' }
const lead: Actor = { id: 'l', name: 'Lea', role: 'lead' }
const keys = { apiKey: 'the-api-key-of-16', hmacKey: 'the-webhook-key-of-16' }
const wished = (slug: string) => ({ name: slug, slug, url: `https://mdm.example/${slug}`, ...keys })
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const added = async (slug: string) => {
  const result = await saveServer(lab.db, admin, wished(slug))
  if (result.status === 'refused') throw new Error(result.reason)
  return result.serverId
}

test('a lead adds no server', async () => {
  expect(await saveServer(lab.db, lead, wished('lead'))).toMatchObject({ status: 'refused' })
})

test('a new server needs both keys and is always a real one', async () => {
  for (const key of ['apiKey', 'hmacKey'])
    expect(
      await saveServer(lab.db, admin, { ...wished('keyless'), [key]: undefined }),
    ).toMatchObject({ status: 'refused', field: key })
  const id = await added('real')
  expect(await findServer(lab.db, id)).toMatchObject({ simulated: false, ...keys })
})

test('no page receives a key', async () => {
  await added('shown')
  expect(JSON.stringify(await listServers(lab.db))).not.toContain('the-')
})

test('a blank key keeps the stored one, another one replaces it', async () => {
  const id = await added('edited')
  const change = { ...wished('edited'), id, apiKey: undefined, hmacKey: 'another-key-of-16' }
  expect(await saveServer(lab.db, admin, change)).toMatchObject({ status: 'saved' })
  expect(await findServer(lab.db, id)).toMatchObject({
    apiKey: keys.apiKey,
    hmacKey: 'another-key-of-16',
  })
})

test.each([
  ['apiKey', 'nanomdm'],
  ['apiKey', 'short-key'],
  ['apiKey', 'secret-secret-secret'],
  ['hmacKey', 'aaaaaaaaaaaaaaaaaaaaaaaa'],
  ['hmacKey', 'nanomdm-1234567890'],
])(
  'F46: a server is not saved with an %s of %j, and the refusal does not repeat it',
  async (field, key) => {
    const id = await added(`weak-${field}-${key}`.toLowerCase().slice(0, 30))
    for (const input of [wished('weak-new'), { ...wished('weak-changed'), id }]) {
      const result = await saveServer(lab.db, admin, { ...input, [field]: key })
      expect(result).toMatchObject({ status: 'refused', field })
      expect(JSON.stringify(result)).not.toContain(key)
    }
  },
)

test('of two admins who edit a server at once neither puts back or types over what the other saved', async () => {
  const id = await added('twice')
  const { name, slug, url } = wished('twice')
  const mine = { ...{ id, slug, url, seen: { name, slug, url } }, name: 'Mine' }
  expect(
    await saveServer(lab.db, admin, { ...mine, name, url: 'https://mdm.example/moved' }),
  ).toMatchObject({ status: 'saved' })
  expect(await saveServer(lab.db, admin, mine)).toMatchObject({ status: 'saved' })
  expect(await findServer(lab.db, id)).toMatchObject({
    name: 'Mine',
    url: 'https://mdm.example/moved',
  })
  expect(await saveServer(lab.db, admin, { ...mine, name: 'Ours' })).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('Name is now “Mine”, yours is “Ours”'),
    stored: { name: 'Mine', url: 'https://mdm.example/moved' },
  })
})

test('two servers never share a webhook address', async () => {
  await added('first')
  expect(await saveServer(lab.db, admin, wished('first'))).toMatchObject({
    status: 'refused',
    field: 'slug',
  })
})

test('a form cannot change the address of the virtual lab', async () => {
  const virtual = { ...wished('virtual'), kind: 'nanomdm', simulated: true } as const
  const id = await insertServer(lab.db, virtual)
  const change = { ...wished('virtual'), id, url: 'https://mdm.real.example' }
  expect(await saveServer(lab.db, admin, change)).toMatchObject({ status: 'refused' })
  expect(await findServer(lab.db, id)).toMatchObject({ url: virtual.url })
})

test('only an admin resumes sending after an alarm, and the first alarm stays until then', async () => {
  const id = await added('stopped')
  await stopServer(lab.db, id, 'the first alarm')
  await stopServer(lab.db, id, 'the second alarm')
  expect(await resumeSending(lab.db, lead, id)).toMatchObject({ status: 'refused' })
  expect(await findServer(lab.db, id)).toMatchObject({ stopReason: 'the first alarm' })
  expect(await resumeSending(lab.db, admin, id)).toMatchObject({ status: 'saved' })
  expect(await findServer(lab.db, id)).toMatchObject({ stopReason: null })
})

test("a MicroMDM's webhook secret is shown once, stored as a hash, and can be renewed", async () => {
  const wish = { ...wished('micro'), kind: 'micromdm', hmacKey: undefined } as const
  const first = await saveServer(lab.db, admin, wish)
  if (first.status === 'refused') throw new Error(first.reason)
  const stored = async () => (await findServer(lab.db, first.serverId))?.webhookTokenSha256
  expect(await stored()).toBe(hashWebhookToken(first.webhookToken ?? ''))
  expect(JSON.stringify(await listServers(lab.db))).not.toContain(await stored())
  expect(await renewWebhookToken(lab.db, lead, first.serverId)).toMatchObject({ status: 'refused' })
  const second = await renewWebhookToken(lab.db, admin, first.serverId)
  expect(second).toMatchObject({ status: 'saved' })
  expect(await stored()).not.toBe(hashWebhookToken(first.webhookToken ?? ''))
})

test('a NanoHUB has the storages that it can be started with, and a secret in the address of its webhook', async () => {
  const wish = { ...wished('hub'), kind: 'nanohub', hmacKey: undefined } as const
  for (const storage of ['pgsql', 'filekv'] as const)
    expect(await saveServer(lab.db, admin, { ...wish, storage })).toMatchObject({
      status: 'refused',
      field: 'storage',
      reason: `A NanoHUB has no storage ${storage}. Choose one of mysql, file, inmem.`,
    })
  const saved = await saveServer(lab.db, admin, { ...wish, storage: 'file' })
  if (saved.status === 'refused') throw new Error(saved.reason)
  expect(saved.webhookToken).toMatch(/^[\w-]{43}$/)
  const { serverId: id } = saved
  expect(await findServer(lab.db, id)).toMatchObject({ kind: 'nanohub', storage: 'file' })
  const edit = { ...wish, id, storage: 'pgsql' } as const
  expect(await saveServer(lab.db, admin, edit)).toMatchObject({ field: 'storage' })
  const beside = lab.sql`update mdm_servers set storage = 'pgsql' where id = ${id}`
  await expect(beside).rejects.toThrow('a_storage_is_one_of_its_kind')
  const signed = lab.sql`update mdm_servers set webhook_token_sha256 = null where id = ${id}`
  await expect(signed).rejects.toThrow('a_webhook_has_a_secret')
})

test('a server keeps its kind, and an admin enters its storage', async () => {
  const id = await added('kept')
  const change = { ...wished('kept'), id, kind: 'micromdm', storage: 'pgsql' } as const
  expect(await saveServer(lab.db, admin, change)).toMatchObject({ status: 'saved' })
  expect(await findServer(lab.db, id)).toMatchObject({ kind: 'nanomdm', storage: 'pgsql' })
  const other = lab.sql`update mdm_servers set kind = 'micromdm' where id = ${id}`
  await expect(other).rejects.toThrow('keeps its kind')
})
