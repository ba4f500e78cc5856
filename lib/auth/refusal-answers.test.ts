import { sql } from 'drizzle-orm'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionLimits } from '../core/shared/action-limits'
import { connect } from '../db/client'
import { DatabaseAwayError, isDatabaseAway } from '../db/errors'
import { devices } from '../db/schema/schema'
import { createTestDb, type TestDb } from '../db/testing'
import { transact } from '../db/transact'
import { systemActor } from '../domain/account/permissions'
import { databaseAwayMark } from '../domain/database-away'
import { textAnswer } from '../text-answers'
import { answerWhenAway, exportLimitAnswer, refuseWhenAway } from './refusal-answers'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** What `run` throws while another transaction locks the table of devices. */
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

test('a query that waits past its deadline is marked, so that the page can say that the database is away', async () => {
  const error = await whileLocked((db) => db.select().from(devices))
  expect(isDatabaseAway(error)).toBe(true)
  expect(digestOf(error)).toBe(databaseAwayMark)
})

test('a transaction that waits past its deadline is marked too', async () => {
  const error = await whileLocked((db) =>
    transact(db, systemActor, (tx) => tx.select().from(devices)),
  )
  expect(digestOf(error)).toBe(databaseAwayMark)
})

test('an error in the query itself is a bug without the mark, and Next may write its own digest on it', async () => {
  const error = await lab.db.execute(sql`select no_such_column`).catch((one: unknown) => one)
  expect(isDatabaseAway(error)).toBe(false)
  expect(digestOf(error)).toBeUndefined()
  Object.assign(error instanceof Error ? error : {}, { digest: '4711' })
  expect(digestOf(error)).toBe('4711')
})

test('an action is refused with the statement that its change may have been made', async () => {
  const away = refuseWhenAway(() => Promise.reject(new DatabaseAwayError('lost')))
  await expect(away).resolves.toMatchObject({
    status: 'refused',
    reason: expect.stringMatching(/did not answer in time.*unknown whether your change was made/),
  })
  await expect(refuseWhenAway(() => Promise.reject(new Error('a bug')))).rejects.toThrow('a bug')
  await expect(refuseWhenAway(async () => 'done')).resolves.toBe('done')
})

test('a route answers 503 in words, and a bug stays an error', async () => {
  const lost = Object.assign(new Error('write CONNECTION_CLOSED'), { code: 'CONNECTION_CLOSED' })
  const answer = await answerWhenAway(textAnswer, () => Promise.reject(lost))
  expect(answer.status).toBe(503)
  expect(await answer.text()).toContain('did not answer in time')
  await expect(
    answerWhenAway(textAnswer, () => Promise.reject(new Error('a bug'))),
  ).rejects.toThrow('a bug')
})

test('F48 exports beyond those of a minute are answered 429 with the time to wait', async () => {
  const entered = { db: lab.db, actor: { id: 'e1', name: 'Erin', role: 'engineer' as const } }
  for (let turn = 0; turn < actionLimits.export.limit.max; turn++)
    expect(await exportLimitAnswer(entered)).toBeUndefined()
  const answer = await exportLimitAnswer(entered)
  expect(answer?.status).toBe(429)
  const seconds = Number(answer?.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
  expect(await answer?.text()).toContain(`Try again in ${seconds} seconds`)
})
