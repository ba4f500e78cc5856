import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connect } from '../client'
import { createTestDb, type TestDb } from '../testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

async function withOne(
  options: { prepared?: true },
  run: (connection: Connection) => Promise<void>,
): Promise<void> {
  const connection = connect(lab.url, { max: 1, ...options })
  try {
    await run(connection)
  } finally {
    await connection.end()
  }
}

const preparedTexts = async ({ sql: client }: Connection) => {
  const rows = await client`select statement from pg_prepared_statements`
  return rows.map(({ statement }) => String(statement)).filter((text) => text.includes('asked'))
}

const ask = (db: Connection['db'], value: number) =>
  db.execute<{ asked: number }>(sql`select ${value}::int + 1 as asked`)

test('a statement is prepared once, in and outside of transactions and steps inside them', async () => {
  await withOne({ prepared: true }, async (connection) => {
    const { db } = connection
    expect(await ask(db, 1)).toMatchObject([{ asked: 2 }])
    const inside = await db.transaction(async (tx) => {
      const outer = await ask(tx, 2)
      const inner = await tx.transaction((step) => ask(step, 3))
      return [...outer, ...inner]
    })
    expect(inside).toEqual([{ asked: 3 }, { asked: 4 }])
    expect(await preparedTexts(connection)).toEqual(['select $1::int + 1 as asked'])
  })
})

test('what fails in a transaction is undone, and the connection goes on', async () => {
  await withOne({ prepared: true }, async ({ db }) => {
    await db.execute(sql`create temporary table marks (n int)`)
    await expect(
      db.transaction(async (tx) => {
        await tx.execute(sql`insert into marks values (${1})`)
        throw new Error('no')
      }),
    ).rejects.toThrow('no')
    await db.transaction(async (tx) => {
      await tx.execute(sql`insert into marks values (${2})`)
      await tx
        .transaction(async (step) => {
          await step.execute(sql`insert into marks values (${3})`)
          throw new Error('only the step')
        })
        .catch(() => undefined)
    })
    expect(await db.execute(sql`select n from marks`)).toMatchObject([{ n: 2 }])
  })
})

test('nothing is prepared where nobody asked for it', async () => {
  await withOne({}, async (connection) => {
    await ask(connection.db, 1)
    expect(await preparedTexts(connection)).toEqual([])
  })
})
