import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../testing'
import { hasVirtualLab, noRealTrialsYet, resolveEnvironment } from './environments'
import { insertServer } from './servers/servers'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('a lab without real trials opens on the simulated environment and says so', async () => {
  expect(await resolveEnvironment(lab.db)).toEqual({
    environment: 'simulated',
    reason: noRealTrialsYet,
  })
})

test('what the address says wins, and nonsense in it says nothing', async () => {
  expect(await resolveEnvironment(lab.db, 'real')).toEqual({ environment: 'real' })
  for (const param of ['both', '', ['real', 'simulated']])
    expect(await resolveEnvironment(lab.db, param)).toMatchObject({ environment: 'simulated' })
})

test('with a real trial the lab opens on the real environment', async () => {
  const plan = { primaryOutcome: 'installed', slots: [{ installAction: 'Default' }] }
  await lab.sql`with d as (insert into devices (name, platform) values ('iPad', 'iPadOS') returning id),
    p as (insert into protocols (created_by) values ('ada') returning id),
    v as (insert into protocol_versions (protocol_id, version, plan, created_by, created_by_id)
      select id, 1, ${JSON.stringify(plan)}::text::jsonb, 'ada', 'a1' from p returning id)
    insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by)
      select d.id, v.id, 'draft', now(), 'ada' from d, v`
  expect(await resolveEnvironment(lab.db)).toEqual({ environment: 'real' })
})

test('only a virtual MDM server makes a virtual lab', async () => {
  const server = { name: 'n', kind: 'nanomdm', url: 'http://x', apiKey: 'k', hmacKey: 'h' } as const
  await insertServer(lab.db, { ...server, slug: 'real', simulated: false })
  expect(await hasVirtualLab(lab.db)).toBe(false)
  await insertServer(lab.db, { ...server, slug: 'virtual', url: 'http://y', simulated: true })
  expect(await hasVirtualLab(lab.db)).toBe(true)
})
