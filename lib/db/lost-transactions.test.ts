import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connect } from './client'
import { createTestDb, type TestDb } from './testing'

// What postgres.js would throw at the whole process fails these tests by itself: vitest counts it.
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const one = { max: 1, deadlineMs: 500, retrySeconds: 0 }
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

test('a connection that is killed between two questions of a transaction fails it, and is replaced', async () => {
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
