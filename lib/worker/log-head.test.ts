import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { addServer } from '@/lib/core/testing/device'
import { findHead } from '@/lib/db/audit/log'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { createLog } from '@/lib/log'
import { logHead } from './log-head'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())
beforeEach(() => {
  vi.stubEnv('LOG_LEVEL', 'info')
})

test('the head of the audit trail is logged at once and again and again, as it then is', async () => {
  const lines: { msg: string; seq: number; hash: string }[] = []
  const log = createLog('worker', { write: (line) => void lines.push(JSON.parse(line)) })
  const first = await findHead(lab.sql)
  const stop = logHead(lab.sql, log, 20)
  await expect.poll(() => lines.length).toBeGreaterThan(0)
  expect(lines[0]).toMatchObject({ msg: 'audit trail head', ...first })
  await addServer(lab.db)
  const head = await findHead(lab.sql)
  expect(head).not.toEqual(first)
  await expect.poll(() => lines.at(-1)).toMatchObject(head)
  stop()
})
