import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { makeApiKey, revokeApiKey } from '@/lib/core/accounts/api-keys'
import { must } from '@/lib/core/testing/people'
import { createPerson } from '@/lib/credentials/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { KeyScope } from '@/lib/domain/account/api-key'

const own = 'http://127.0.0.1:3000'

let lab: TestDb
let pool: typeof import('@/lib/db/pool').sql
let get: typeof import('./route').GET

beforeAll(async () => {
  lab = await createTestDb()
  vi.stubEnv('DATABASE_URL', lab.url)
  vi.stubEnv('BETTER_AUTH_SECRET', 'a secret of this test, 32 characters')
  vi.stubEnv('ONEWAY_BASE_URL', own)
  pool = (await import('@/lib/db/pool')).sql
  get = (await import('./route')).GET
})

afterAll(async () => {
  await pool.end()
  await lab.drop()
  vi.unstubAllEnvs()
})

let people = 0
async function keyFor(scopes: KeyScope[]) {
  people += 1
  const person = { name: 'Vi', email: `vi-${people}@lab.example`, role: 'viewer' as const }
  const id = await createPerson(lab.db, { ...person, password: 'correct horse battery staple' })
  const actor = { ...person, id }
  const wanted = { name: 'phone', scopes, days: 1 }
  return { actor, ...must(await makeApiKey(lab.db, actor, wanted, new Date()), 'made') }
}
const ask = (query: string, headers: Record<string, string> = {}) =>
  get(new Request(`${own}/radars/calendar.ics${query}`, { headers }))

test('a calendar program reads the file by the key in its address, until the key is revoked', async () => {
  const { actor, key, keyId } = await keyFor(['calendar'])
  const answer = await ask(`?environment=real&key=${key}`)
  expect(answer.status).toBe(200)
  expect(answer.headers.get('content-type')).toContain('text/calendar')
  expect(answer.headers.get('cache-control')).toContain('no-store')
  const text = await answer.text()
  expect(text).toMatch(/^BEGIN:VCALENDAR\r\n/)
  expect(text).not.toContain(key)
  expect((await ask('', { authorization: `Bearer ${key}` })).status).toBe(403)
  must(await revokeApiKey(lab.db, actor, keyId, new Date()), 'revoked')
  const refused = await ask(`?key=${key}`)
  expect(refused.status).toBe(401)
  const trail = JSON.stringify(await lab.sql`select * from audit_log`)
  expect(trail).not.toContain(key.slice(12))
})

test('no other key is accepted in the address, and no key beside an empty one', async () => {
  const { key } = await keyFor(['read', 'export'])
  const answer = await ask(`?key=${key}`)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toEqual({ error: expect.stringContaining('revoke it') })
  for (const wrong of ['', 'oneway_', 'x'.repeat(10_000), encodeURIComponent("' or 1=1")])
    expect((await ask(`?key=${wrong}`)).status).toBe(401)
  expect((await ask('', { authorization: `Bearer ${key}` })).status).toBe(200)
  expect((await ask('?colour=red', { authorization: `Bearer ${key}` })).status).toBe(400)
  expect((await ask('')).status).toBe(401)
})
