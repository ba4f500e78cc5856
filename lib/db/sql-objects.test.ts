import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listSqlObjects, prepareForMigrations, setUpSqlObjects, sqlFolder } from './sql-objects'
import { createTestDb, type TestDb } from './testing'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-sql-'))
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(async () => {
  await lab.drop()
  rmSync(home, { recursive: true, force: true })
})

const copyWith = (kind: string, name: string, text: string) => {
  const folder = mkdtempSync(path.join(home, 'sql-'))
  cpSync(sqlFolder, folder, { recursive: true })
  mkdirSync(path.join(folder, kind), { recursive: true })
  writeFileSync(path.join(folder, kind, `${name}.sql`), text)
  return folder
}

test('each file creates the object it is named after', () => {
  const verbs = { columns: 'function', functions: 'function', guards: 'function', views: 'view' }
  for (const { kind, name, text } of listSqlObjects())
    expect(text.toLowerCase()).toMatch(
      new RegExp(`^create (or replace )?${verbs[kind]} (public\\.)?${name}\\b`, 'm'),
    )
})

const setUp = (folder = sqlFolder) => lab.sql.begin((tx) => setUpSqlObjects(tx, folder))

test('a changed file is put up again, with other columns too, and an unchanged set is left alone', async () => {
  const folder = copyWith('views', 'reply_export', 'create view reply_export as select 1 as one')
  await setUp(folder)
  expect(await lab.sql`select * from reply_export`).toEqual([{ one: 1 }])
  const oid = () => lab.sql`select 'reply_export'::regclass::oid::int as oid`
  const [before] = await oid()
  await setUp(folder)
  expect((await oid())[0]).toEqual(before)
  await setUp()
  expect(await lab.sql`select payload_base64 from reply_export`).toEqual([])
})

test('what PostgreSQL refuses is named by its file, and nothing of the set is put up', async () => {
  const folder = copyWith('functions', 'half', 'create or replace function half() returns')
  await expect(setUp(folder)).rejects.toThrow('lib/db/sql/functions/half.sql')
  expect(await lab.sql`select payload_base64 from reply_export`).toEqual([])
})

test('views make way for a migration, and are put up again after it', async () => {
  await lab.sql.begin(async (tx) => {
    await prepareForMigrations(tx)
    await tx`alter table signature_checks alter column checked_at type timestamptz(3)`
    await setUpSqlObjects(tx)
  })
  expect(await lab.sql`select trial from trial_export`).toEqual([])
})
