import { afterAll, beforeAll, expect, test } from 'vitest'
import { actionLimits } from '../core/shared/action-limits'
import { createTestDb, type TestDb } from '../db/testing'
import { exportWait } from './export-wait'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

test('F48 exports beyond those of a minute are answered 429 with the time to wait', async () => {
  const entered = { db: lab.db, actor: { id: 'e1', name: 'Erin', role: 'engineer' as const } }
  for (let turn = 0; turn < actionLimits.export.limit.max; turn++)
    expect(await exportWait(entered)).toBeUndefined()
  const answer = await exportWait(entered)
  expect(answer?.status).toBe(429)
  const seconds = Number(answer?.headers.get('retry-after'))
  expect(seconds).toBeGreaterThan(0)
  expect(seconds).toBeLessThanOrEqual(60)
  expect(await answer?.text()).toContain(`Try again in ${seconds} seconds`)
})
