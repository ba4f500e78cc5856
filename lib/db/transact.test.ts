import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { engineer, lead } from '../core/testing/people'
import { systemActor } from '../domain/account/permissions'
import type { Db } from './client'
import { createTestDb, type TestDb } from './testing'
import { transact } from './transact'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const reported = async (db: Db) => {
  const [row] = await db.execute<{ actor: string | null; reason: string | null }>(
    sql`select nullif(current_setting('oneway.actor', true), '')::jsonb as actor,
      nullif(current_setting('oneway.reason', true), '') as reason`,
  )
  return row
}

test('the database knows who acts and why, until the transaction ends and no longer', async () => {
  const within = await transact(lab.db, { ...engineer, reason: 'a look' }, reported)
  expect(within).toEqual({ actor: engineer, reason: 'a look' })
  expect(await reported(lab.db)).toEqual({ actor: null, reason: null })
})

test('one transaction has one actor: a step inside it is done by who began it', async () => {
  const seen = await transact(lab.db, lead, async (tx) => {
    const inside = await transact(tx, systemActor, reported)
    return [inside, await reported(tx)]
  })
  expect(seen.map((one) => one?.actor)).toEqual([lead, lead])
})

test('a transaction that somebody else opened gets its actor too', async () => {
  const seen = await lab.db.transaction((tx) => transact(tx, engineer, reported))
  expect(seen?.actor).toEqual(engineer)
})

test('what is thrown undoes the transaction', async () => {
  const failing = transact(lab.db, engineer, async (tx) => {
    await tx.execute(
      sql`insert into lab_settings (name, value, changed_by) values ('never', '1', 'x')`,
    )
    throw new Error('stop')
  })
  await expect(failing).rejects.toThrow('stop')
  expect(await lab.db.execute(sql`select from lab_settings where name = 'never'`)).toHaveLength(0)
})
