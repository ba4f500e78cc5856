import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '../testing'
import { listAuditEntries } from './page'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const save = async () =>
  must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved').versionId

test('the trail of a protocol is that of all its versions and of no other', async () => {
  const [versionId] = [await save(), await save()]
  const [version] = await lab.sql`select protocol_id from protocol_versions where id = ${versionId}`
  const entries = await listAuditEntries(lab.db, { protocol: version?.protocol_id }, 50)
  expect(entries.map(({ tableName }) => tableName).toSorted()).toEqual([
    'protocol_versions',
    'protocols',
  ])
})

test('the trail of a person is what they did and what was done to their account', async () => {
  await lab.sql`insert into users (id, name, email) values (${engineer.id}, 'Erin', 'erin@lab.example')`
  await lab.sql`insert into users (id, name, email) values ('other', 'Olu', 'olu@lab.example')`
  await save()
  const entries = await listAuditEntries(lab.db, { who: engineer.id }, 50)
  expect(new Set(entries.map(({ byId, rowId }) => byId === engineer.id || rowId))).toEqual(
    new Set([true, engineer.id]),
  )
})
