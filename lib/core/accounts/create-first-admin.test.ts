import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ensureSetUpCode } from '@/lib/credentials/set-up-code'
import { listPeople } from '@/lib/db/queries/people/users'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createFirstAdmin } from './create-first-admin'

const now = new Date('2026-03-02T09:00:00Z')
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('the printed code makes one admin, even if two people use it at the same time', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'oneway-first-'))
  const code = await ensureSetUpCode(dir)
  const visitor = (name: string, given: string) => {
    const input = { code: given, name, email: `${name}@lab.example`, password: 'a long password' }
    return createFirstAdmin(lab.db, input, dir, now)
  }
  expect(await visitor('eve', '0000-0000-0000')).toMatchObject({ status: 'refused', field: 'code' })
  expect(await listPeople(lab.db)).toEqual([])

  const results = await Promise.all([visitor('ada', code), visitor('eve', code)])
  expect(results.map(({ status }) => status).toSorted()).toEqual(['created', 'refused'])
  expect(await visitor('eve', code)).toMatchObject({ status: 'refused' })
  expect(await listPeople(lab.db)).toMatchObject([{ role: 'admin' }])
})
