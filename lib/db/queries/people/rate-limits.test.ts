import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { clearAttempts, countAttempt, deleteOldLimits, uncountAttempt } from './rate-limits'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const start = new Date('2026-03-02T09:00:00Z')
const at = (seconds: number) => new Date(start.getTime() + seconds * 1000)
const limit = { max: 3, windowMs: 60_000 }
const growing = { ...limit, maxWaitMs: 240_000 }
const take = (key: string, seconds: number, rule: typeof limit = limit) =>
  countAttempt(lab.db, key, rule, at(seconds))
const useUp = async (key: string, seconds: number, rule = limit) => {
  for (let i = 0; i < rule.max; i++)
    expect(await take(key, seconds, rule)).toEqual({ status: 'counted' })
}

test('what has been used up waits until its window ends, and another thing does not', async () => {
  await useUp('export:ada', 0)
  expect(await take('export:ada', 20)).toEqual({ status: 'wait', seconds: 40 })
  expect(await take('export:grace', 20)).toEqual({ status: 'counted' })
  expect(await take('export:ada', 60)).toEqual({ status: 'counted' })
})

test('each window that is used up makes the wait longer, up to a longest one', async () => {
  let seconds = 0
  for (const wait of [60, 120, 240, 240]) {
    await useUp('guess', seconds, growing)
    expect(await take('guess', seconds, growing)).toEqual({ status: 'wait', seconds: wait })
    seconds += wait
  }
})

test('asking while waiting does not make the wait longer', async () => {
  await useUp('eager', 0, growing)
  for (let i = 1; i < 50; i++) await take('eager', i, growing)
  expect(await take('eager', 60, growing)).toEqual({ status: 'counted' })
})

test('after a quiet day the waits are short again', async () => {
  await useUp('quiet', 0, growing)
  await useUp('quiet', 60, growing)
  const nextDay = 60 + 120 + 24 * 3600
  await useUp('quiet', nextDay, growing)
  expect(await take('quiet', nextDay, growing)).toEqual({ status: 'wait', seconds: 60 })
})

test('fifty requests at once from several processes make as many attempts as the limit allows', async () => {
  const others = [connect(lab.url, { max: 5 }), connect(lab.url, { max: 5 })]
  const attempts = await Promise.all(
    Array.from({ length: 50 }, (_, i) =>
      countAttempt(others[i % 2]?.db ?? lab.db, 'at once', { max: 5, windowMs: 60_000 }, at(0)),
    ),
  )
  await Promise.all(others.map(({ end }) => end()))
  expect(attempts.filter(({ status }) => status === 'counted')).toHaveLength(5)
})

test('a success clears the count, and an attempt taken off the count can be made again', async () => {
  await useUp('right', 0, growing)
  await clearAttempts(lab.db, 'right')
  expect(await take('right', 1, growing)).toEqual({ status: 'counted' })
  await useUp('shared', 0, growing)
  await uncountAttempt(lab.db, 'shared')
  expect(await take('shared', 1, growing)).toEqual({ status: 'counted' })
  expect(await take('shared', 1, growing)).toMatchObject({ status: 'wait' })
})

test('made-up names do not stay for ever', async () => {
  await take('made up', 0)
  await deleteOldLimits(lab.db, at(60 + 24 * 3600 + 1))
  expect(await lab.sql`select key from rate_limits where key = 'made up'`).toEqual([])
})
