import { appendFileSync, cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, beforeEach, expect, test } from 'vitest'
import { createTestDb, type TestDb } from '../testing'
import { migrateDatabase, migrationsFolder } from './migrate'

const home = mkdtempSync(path.join(tmpdir(), 'oneway-migrate-'))
let folder = ''
let migrated: TestDb | undefined
let empty: TestDb | undefined

const open = async () => {
  migrated ??= await createTestDb()
  if (!empty) {
    empty = await createTestDb()
    await empty.sql`drop schema drizzle cascade`
    await empty.sql`drop schema public cascade`
    await empty.sql`create schema public`
  }
  return { migrated, empty }
}

type Journal = {
  entries: { idx: number; version: string; when: number; tag: string; breakpoints: boolean }[]
}
const journalFile = () => path.join(folder, 'meta', '_journal.json')
const readJournal = (): Journal => JSON.parse(readFileSync(journalFile(), 'utf8'))

const addMigration = (tag: string, sql: string) => {
  const journal = readJournal()
  const last = journal.entries.at(-1)
  const when = (last?.when ?? 0) + 1000
  journal.entries.push({ idx: journal.entries.length, version: '7', when, tag, breakpoints: true })
  writeFileSync(journalFile(), JSON.stringify(journal))
  writeFileSync(path.join(folder, `${tag}.sql`), sql)
}

beforeEach(() => {
  folder = mkdtempSync(path.join(home, 'drizzle-'))
  cpSync(migrationsFolder, folder, { recursive: true })
})

afterAll(async () => {
  await migrated?.drop()
  await empty?.drop()
  rmSync(home, { recursive: true, force: true })
})

test('a migrated database is left as it is', async () => {
  const { url, sql } = (await open()).migrated
  const before = await sql`select * from drizzle.__drizzle_migrations`
  await migrateDatabase(url)
  expect(await sql`select * from drizzle.__drizzle_migrations`).toEqual(before)
})

test('F34: a migration that fails in the middle leaves nothing behind', async () => {
  const { url, sql } = (await open()).migrated
  addMigration('9999_broken', 'create table half (n int);\n--> statement-breakpoint\nselect 1/0;')
  await expect(migrateDatabase(url, folder)).rejects.toThrow()
  const [row] = await sql`select to_regclass('half') as half`
  expect(row?.half).toBeNull()
})

test('several processes at once migrate once', async () => {
  const { url, sql } = (await open()).empty
  await Promise.all([1, 2, 3].map(() => migrateDatabase(url)))
  const rows = await sql`select created_at from drizzle.__drizzle_migrations`
  expect(rows).toHaveLength(readJournal().entries.length)
})

test('F34: code that is older than the database refuses to run on it', async () => {
  const newer = await createTestDb()
  try {
    addMigration('9999_newer', 'alter table protocols add column newer int;')
    await migrateDatabase(newer.url, folder)
    await expect(migrateDatabase(newer.url)).rejects.toThrow(/does not know.*newer/)
  } finally {
    await newer.drop()
  }
})

test('F34: a migration older than the newest applied one is refused by name, not passed over', async () => {
  const behind = await createTestDb()
  try {
    addMigration('9997_applied', 'alter table protocols add column applied int;')
    await migrateDatabase(behind.url, folder)
    addMigration('9998_late', 'create table late (n int);')
    const late = readJournal()
    const [entry] = late.entries.splice(-1)
    const last = late.entries.at(-1)
    if (!entry || !last) throw new Error('the journal is empty')
    // Landed after its successor was applied: a number of before, in the order of the journal.
    late.entries.splice(-1, 0, { ...entry, when: last.when - 1 })
    writeFileSync(journalFile(), JSON.stringify(late))
    await expect(migrateDatabase(behind.url, folder)).rejects.toThrow(
      /never applied.*passed over in silence.*nothing was changed/,
    )
    const [row] = await behind.sql`select to_regclass('late') as late`
    expect(row?.late).toBeNull()
  } finally {
    await behind.drop()
  }
})

test('a migration edited after it was applied is refused', async () => {
  const { url } = (await open()).migrated
  appendFileSync(path.join(folder, `${readJournal().entries[0]?.tag}.sql`), '\n-- edited')
  await expect(migrateDatabase(url, folder)).rejects.toThrow(/was edited after/)
})

test('a database from before the baseline is refused, with the export and the way to begin anew', async () => {
  const older = await createTestDb()
  try {
    await older.sql`truncate drizzle.__drizzle_migrations`
    await older.sql`insert into drizzle.__drizzle_migrations (hash, created_at)
      select sha256(n::text::bytea)::text, 1795542000000 + n from generate_series(0, 34) n`
    await expect(migrateDatabase(older.url)).rejects.toThrow(
      /development version.*nothing was changed.*\/api\/exports\/trials\.csv.*begin anew.*ONEWAY_DATA.*db:reset/,
    )
    expect(await older.sql`select from drizzle.__drizzle_migrations`).toHaveLength(35)
  } finally {
    await older.drop()
  }
})

test('a server that is away is an error, not an empty success', async () => {
  await expect(migrateDatabase('postgres://nobody@127.0.0.1:1/none')).rejects.toThrow(
    /ECONNREFUSED/,
  )
})
