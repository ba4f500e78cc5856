import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guarded } from '@/lib/auth/route-guard.testing'
import { trialCopySchema } from '@/lib/core/record/trial-copy-format'
import { countAction } from '@/lib/core/shared/action-limits'
import { lead } from '@/lib/core/testing/people'
import { sentTrial } from '@/lib/core/testing/trial'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { GET } from './route'

let lab: TestDb
vi.mock('@/lib/auth/guard', () => import('@/lib/auth/route-guard.testing'))

beforeAll(async () => {
  lab = await createTestDb()
  guarded.db = lab.db
})
afterAll(() => lab.drop())

const ask = (id: string, query = '') =>
  GET(new Request(`http://127.0.0.1/trials/${id}/copy${query}`), {
    params: Promise.resolve({ id }),
  })

const exportsOf = async (trialId: string) => {
  const rows = await lab.sql`
    select new from audit_log where kind = 'exported' and trial_id = ${trialId} order by seq`
  return rows.map((row) => row.new)
}

test('one request gives the whole trial as a file, marked in its name, and the trail has both forms', async () => {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const json = await ask(trialId)
  expect(json.status).toBe(200)
  expect(json.headers.get('content-type')).toBe('application/json; charset=utf-8')
  expect(json.headers.get('cache-control')).toBe('no-store, no-transform')
  expect(json.headers.get('x-content-type-options')).toBe('nosniff')
  const copy = trialCopySchema.parse(await json.json())
  expect(json.headers.get('content-disposition')).toBe(
    `attachment; filename="${copy.name}-SIMULATED-copy.json"`,
  )
  const text = await ask(trialId, '?as=text')
  expect(text.headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(text.headers.get('content-disposition')).toBe(
    `attachment; filename="${copy.name}-SIMULATED-copy.txt"`,
  )
  expect(await text.text()).toContain(`Complete copy of trial ${copy.name}\nSIMULATED`)
  expect(await exportsOf(trialId)).toMatchObject([
    { file: 'trial copy', filter: { as: 'json' }, complete: true },
    { file: 'trial copy', filter: { as: 'text' }, complete: true },
  ])
  expect(new Set(guarded.asked)).toEqual(new Set(['readTrail']))
})

test('a real trial has no mark in its name', async () => {
  const { trialId } = await sentTrial(lab.db)
  const answer = await ask(trialId)
  expect(answer.headers.get('content-disposition')).toMatch(/filename="T-\d+-copy\.json"$/)
  await answer.body?.cancel()
})

test('what is no trial is answered by 404 and an unknown form by 400, and neither is an export', async () => {
  const id = randomUUID()
  const none = await ask(id)
  expect([none.status, await none.text()]).toEqual([404, 'There is no such trial.\n'])
  const form = await ask(id, '?as=pdf')
  expect([form.status, await form.text()]).toEqual([400, 'as: Accepted: json, text.\n'])
  expect(await exportsOf(id)).toEqual([])
})

test('a copy takes a turn of the exports of this person, and the one too many waits', async () => {
  const { trialId } = await sentTrial(lab.db)
  const before = await exportsOf(trialId)
  while (!(await countAction(lab.db, lead, 'export', new Date())));
  const answer = await ask(trialId)
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([
    429,
    expect.stringMatching(/^\d+$/),
  ])
  expect(await exportsOf(trialId)).toEqual(before)
})
