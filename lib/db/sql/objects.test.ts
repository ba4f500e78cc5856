import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { proofSeconds } from '@/lib/domain/signature/signature'
import { createTestDb, type TestDb } from '../testing'
import { listSqlObjects, prepareForMigrations, setUpSqlObjects, sqlFolder } from './objects'
import { sqlValues, withValues } from './values'

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

const setUp = (objects = listSqlObjects()) => lab.sql.begin((tx) => setUpSqlObjects(tx, objects))

test('a changed file is put up again, with other columns too, and an unchanged set is left alone', async () => {
  const folder = copyWith('views', 'reply_export', 'create view reply_export as select 1 as one')
  await setUp(listSqlObjects(folder))
  expect(await lab.sql`select * from reply_export`).toEqual([{ one: 1 }])
  const oid = () => lab.sql`select 'reply_export'::regclass::oid::int as oid`
  const [before] = await oid()
  await setUp(listSqlObjects(folder))
  expect((await oid())[0]).toEqual(before)
  await setUp()
  expect(await lab.sql`select payload_base64 from reply_export`).toEqual([])
})

test('what PostgreSQL refuses is named by its file, and nothing of the set is put up', async () => {
  const folder = copyWith('functions', 'half', 'create or replace function half() returns')
  await expect(setUp(listSqlObjects(folder))).rejects.toThrow('lib/db/sql/functions/half.sql')
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

const definitionOf = async (name: string): Promise<string> => {
  const [row] = await lab.sql<{ text: string }[]>`
    select pg_get_functiondef(oid) as text from pg_proc where proname = ${name}`
  return row?.text ?? ''
}

test('a rule of the domain that changes is put up anew, as the text with it is another', async () => {
  expect(await definitionOf('use_proof')).toContain(`interval '${proofSeconds} seconds'`)
  const planted = { ...sqlValues, proof_seconds: '7' }
  await setUp(listSqlObjects(sqlFolder, planted))
  expect(await definitionOf('use_proof')).toContain(`interval '7 seconds'`)
  await setUp()
  expect(await definitionOf('use_proof')).toContain(`interval '${proofSeconds} seconds'`)
})

test('a value that no text uses, and a placeholder without a value, are found', () => {
  const texts = rawTexts().map(({ text }) => text)
  const used = (name: string) => texts.some((text) => text.includes(`{{${name}}}`))
  expect(Object.keys(sqlValues).filter((name) => !used(name))).toEqual([])
  expect(() => withValues('select {{planted}}')).toThrow('{{planted}} has no value')
})

const rawTexts = (): { name: string; text: string }[] =>
  readdirSync(sqlFolder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.sql'))
    .map((name) => ({ name, text: readFileSync(path.join(sqlFolder, name), 'utf8') }))

/** The words of the lists that stand in the domain, in any order and between any brackets. */
const ruleLists = Object.values(sqlValues)
  .map((value) => [...value.matchAll(/'([^']+)'/g)].map(([, word = '']) => word))
  .filter((words) => words.length > 2)
const repeats = (text: string) =>
  [...text.matchAll(/(?:\(|array\[)((?:'\w+',\s*)+'\w+')(?:\)|\])/gi)]
    .map(([, list = '']) => [...list.matchAll(/'(\w+)'/g)].map(([, word = '']) => word).sort())
    .filter((words) => ruleLists.some((rule) => rule.toSorted().join() === words.join()))

test('no text of lib/db/sql writes a list again that the domain has', () => {
  expect(rawTexts().filter(({ text }) => repeats(text).length > 0)).toEqual([])
  expect(
    repeats("if new.kind in ('queried', 'approved', 'queryClosed', 'locked') then"),
  ).toHaveLength(1)
})

test('no column of an export is a constant', () => {
  const constant = /^\s*(?:null|'[^']*'|\d+|true|false)(?:::\w+)? as \w+,?$/im
  expect(rawTexts().filter(({ text }) => constant.test(text))).toEqual([])
  expect('  NULL::text AS planted,').toMatch(constant)
})
