import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connect } from '../client'
import { createTestDb, type TestDb } from '../testing'

// An error that postgres.js throws in the whole process fails these tests: vitest counts it.
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const one = { max: 1, deadlineMs: 2_000, retrySeconds: 0 }
const pidOf = async (db: Connection['db']) => {
  const [row] = await db.execute<{ pid: number }>(sql`select pg_backend_pid() as pid`)
  return row?.pid
}

test.each([{ prepared: undefined }, { prepared: true as const }])(
  'a transaction past its deadline fails, and its place in the pool answers the next one ($prepared)',
  async ({ prepared }) => {
    const { db, end } = connect(lab.url, { ...one, ...(prepared && { prepared }) })
    const lost = db.transaction((tx) =>
      tx.transaction((inner) => inner.execute(sql`select pg_sleep(30)`)),
    )
    await expect(lost).rejects.toThrow()
    expect(await pidOf(db)).toBeGreaterThan(0)
    const after = await db.transaction(async (tx) => tx.execute(sql`select 3 as three`))
    expect([...after]).toEqual([{ three: 3 }])
    await end()
  },
)

test('a connection that is killed between two queries of a transaction fails it, and is replaced', async () => {
  const { db, end } = connect(lab.url, { ...one, deadlineMs: 20_000 })
  let later: unknown
  const lost = db.transaction(async (tx) => {
    const pid = await pidOf(tx)
    await lab.sql`select pg_terminate_backend(${pid ?? 0}, 5000)`
    later = await tx.execute(sql`select 1`).catch((error: unknown) => error)
    throw later
  })
  await expect(lost).rejects.toThrow()
  const after = await db.transaction(async (tx) => tx.execute(sql`select 3 as three`))
  expect([...after]).toEqual([{ three: 3 }])
  await end()
})

test('a transaction that fails for a reason of its own is rolled back', async () => {
  const { db, end } = connect(lab.url, one)
  const failed = db.transaction(async (tx) => {
    await tx.execute(sql`select set_config('oneway.reason', 'of the one that failed', true)`)
    throw new Error('my own')
  })
  await expect(failed).rejects.toThrow('my own')
  const [row] = await db.execute<{ reason: string | null }>(
    sql`select nullif(current_setting('oneway.reason', true), '') as reason, pg_current_xact_id_if_assigned() as xact`,
  )
  expect(row).toEqual({ reason: null, xact: null })
  await end()
})

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

test('a statement of hundreds of values is run and not kept: every number of rows has its own', async () => {
  await withOne({ prepared: true }, async (connection) => {
    const askMany = (count: number) => {
      const values = Array.from({ length: count }, (_, n) => sql`${n}::int`)
      return connection.db.execute(sql`select ${sql.join(values, sql` + `)} as asked`)
    }
    expect(await askMany(300)).toMatchObject([{ asked: 44_850 }])
    expect(await askMany(301)).toMatchObject([{ asked: 45_150 }])
    expect(await preparedTexts(connection)).toHaveLength(1)
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
