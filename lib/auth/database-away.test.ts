import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../db/client'
import { DatabaseAwayError, isDatabaseAway } from '../db/errors'
import { devices } from '../db/schema/schema'
import { createTestDb, type TestDb } from '../db/testing'
import { transact } from '../db/transact'
import { systemActor } from '../domain/account/permissions'
import { databaseAwayMark } from '../domain/database-away'
import { textAnswer } from '../text-answers'
import { answerWhenAway, refuseWhenAway } from './database-away'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** What `run` throws while somebody else holds the table of devices. */
async function whileLocked(run: (db: TestDb['db']) => Promise<unknown>): Promise<unknown> {
  const { db, sql: pool } = connect(lab.url, { max: 1, deadlineMs: 500 })
  let thrown: unknown
  await lab.sql.begin(async (tx) => {
    await tx`lock table devices in access exclusive mode`
    thrown = await run(db).catch((error: unknown) => error)
  })
  await pool.end({ timeout: 0 })
  return thrown
}
const digestOf = (error: unknown) =>
  error instanceof Error && 'digest' in error ? error.digest : undefined

test('a query that waits past its deadline carries the mark by which a page says so', async () => {
  const error = await whileLocked((db) => db.select().from(devices))
  expect(isDatabaseAway(error)).toBe(true)
  expect(digestOf(error)).toBe(databaseAwayMark)
})

test('so does a transaction', async () => {
  const error = await whileLocked((db) =>
    transact(db, systemActor, (tx) => tx.select().from(devices)),
  )
  expect(digestOf(error)).toBe(databaseAwayMark)
})

test('an error of what was asked is a bug, and Next may write its own mark on it', async () => {
  const error = await lab.db.execute(sql`select no_such_column`).catch((one: unknown) => one)
  expect(isDatabaseAway(error)).toBe(false)
  expect(digestOf(error)).toBeUndefined()
  Object.assign(error instanceof Error ? error : {}, { digest: '4711' })
  expect(digestOf(error)).toBe('4711')
})

test('an action is refused in words that do not say whether it was done', async () => {
  const away = refuseWhenAway(() => Promise.reject(new DatabaseAwayError('lost')))
  await expect(away).resolves.toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/did not answer in time.*unknown whether your change was made/),
  })
  await expect(refuseWhenAway(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
  await expect(refuseWhenAway(async () => 'done')).resolves.toBe('done')
})

test('a route answers 503 in words, and a bug is not taken for the database', async () => {
  const lost = Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' })
  const answer = await answerWhenAway(textAnswer, () => Promise.reject(lost))
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('did not answer in time')
  await expect(
    answerWhenAway(textAnswer, () => Promise.reject(new Error('a bug'))),
  ).rejects.toThrow('a bug')
})
