import { afterAll, beforeAll, expect, test } from 'vitest'
import { keyFor, own, type ServedLab, serveLab } from '@/lib/auth/served-lab.testing'
import { revokeApiKey } from '@/lib/core/accounts/api-keys'
import { must } from '@/lib/core/testing/people'

let lab: ServedLab
let get: typeof import('./route').GET

beforeAll(async () => {
  lab = await serveLab()
  get = (await import('./route')).GET
})

afterAll(() => lab.end())

const ask = (query: string, headers: Record<string, string> = {}) =>
  get(new Request(`${own}/radars/calendar.ics${query}`, { headers }))

test('a calendar program reads the file by the key in its address, until the key is revoked', async () => {
  const { actor, key, keyId } = await keyFor(lab.db, ['calendar'])
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
  const { key } = await keyFor(lab.db, ['read', 'export'])
  const answer = await ask(`?key=${key}`)
  expect(answer.status).toBe(403)
  expect(await answer.json()).toEqual({ error: expect.stringContaining('revoke it') })
  for (const wrong of ['', 'oneway_', 'x'.repeat(10_000), encodeURIComponent("' or 1=1")])
    expect((await ask(`?key=${wrong}`)).status).toBe(401)
  expect((await ask('', { authorization: `Bearer ${key}` })).status).toBe(200)
  expect((await ask('?colour=red', { authorization: `Bearer ${key}` })).status).toBe(400)
  expect((await ask('')).status).toBe(401)
})
