import { eq, sql } from 'drizzle-orm'
import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { rowsStatement, statement } from './statements'
import { createTestDb, type TestDb } from './testing'

const things = pgTable('things_of_statements', {
  id: integer('id').primaryKey(),
  name: text('name'),
  at: timestamp('at', { withTimezone: true, mode: 'date' }),
  data: jsonb('data'),
  more: text('more').default('usual'),
})
type Thing = typeof things.$inferInsert

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  await lab.sql`create table things_of_statements (id int primary key, name text, at timestamptz, data jsonb, more text default 'usual')`
  await lab.sql`grant all on things_of_statements to public`
})
afterAll(() => lab.drop())
beforeEach(() => lab.sql`truncate things_of_statements`)

const at = new Date('2026-03-02T09:00:00Z')
const addAll = (build = vi.fn()) =>
  rowsStatement<Thing, Thing[]>((db, rows) => {
    build()
    return db.insert(things).values(rows).returning()
  })
const find = statement((db, { id, name }: { id: number; name: string }) =>
  db
    .select()
    .from(things)
    .where(sql`${eq(things.id, id)} and ${eq(things.name, name)}`),
)

test('rows are stored and returned as Drizzle does it, NULL in a JSON column and defaults too', async () => {
  const rows = [
    { id: 1, name: 'a', at, data: { of: [1, null] } },
    { id: 2, name: null, at: null, data: null, more: undefined },
  ]
  const stored = await addAll()(lab.db, rows)
  expect(stored).toEqual([
    { ...rows[0], more: 'usual' },
    { id: 2, name: null, at: null, data: null, more: 'usual' },
  ])
  expect(await lab.sql`select id from things_of_statements where data is null`).toEqual([{ id: 2 }])
  expect(await find(lab.db, { id: 1, name: 'a' })).toEqual([stored[0]])
  expect(await find(lab.db, { id: 1, name: 'b' })).toEqual([])
})

test('it is built once for each set of columns and number of rows', async () => {
  const build = vi.fn()
  const add = addAll(build)
  for (const id of [1, 2, 3]) await add(lab.db, [{ id, name: `${id}` }])
  expect(build).toHaveBeenCalledTimes(1)
  await add(lab.db, [{ id: 4 }])
  await add(lab.db, [
    { id: 5, name: 'five' },
    { id: 6, name: undefined },
  ])
  expect(build).toHaveBeenCalledTimes(3)
  const kept = await lab.db
    .select({ id: things.id, name: things.name })
    .from(things)
    .orderBy(things.id)
  expect(kept.map(({ id, name }) => `${id} ${name}`)).toEqual([
    '1 1',
    '2 2',
    '3 3',
    '4 null',
    '5 five',
    '6 null',
  ])
})

test('it runs in the transaction that it is given, whatever ran it first', async () => {
  const add = addAll()
  await add(lab.db, [{ id: 1 }])
  const undone = lab.db.transaction(async (tx) => {
    await add(tx, [{ id: 2 }])
    await tx.transaction((inner) => add(inner, [{ id: 3 }]))
    throw new Error('undone')
  })
  await expect(undone).rejects.toThrow('undone')
  await lab.db.transaction((tx) => add(tx, [{ id: 4 }]))
  expect(await lab.sql`select id from things_of_statements order by id`).toEqual([
    { id: 1 },
    { id: 4 },
  ])
})

test('many shapes are not all kept', async () => {
  const build = vi.fn()
  const add = addAll(build)
  const rowsOf = (count: number) => Array.from({ length: count }, (_, id) => ({ id }))
  for (let count = 1; count <= 101; count += 1) {
    await lab.sql`truncate things_of_statements`
    await add(lab.db, rowsOf(count))
  }
  await lab.sql`truncate things_of_statements`
  await add(lab.db, rowsOf(1))
  expect(build).toHaveBeenCalledTimes(102)
})
