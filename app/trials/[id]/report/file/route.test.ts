import { createHash, randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guarded } from '@/lib/auth/route-guard.testing'
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

const ask = (id: string, as?: string) =>
  GET(new Request(`http://127.0.0.1/trials/${id}/report/file${as ? `?as=${as}` : ''}`), {
    params: Promise.resolve({ id }),
  })

const exportsOf = async (trialId: string) => {
  const rows = await lab.sql`
    select new from audit_log where kind = 'exported' and trial_id = ${trialId} order by seq`
  return rows.map((row) => row.new)
}

test('both forms are files, marked in their name, and the trail has the hash of each', async () => {
  const { trialId } = await sentTrial(lab.db, { simulated: true })
  const hashes: string[] = []
  for (const [as, type, begin] of [
    ['json', 'application/json; charset=utf-8', '{'],
    ['pdf', 'application/pdf', '%PDF-'],
  ] as const) {
    const answer = await ask(trialId, as)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, type])
    expect(answer.headers.get('content-disposition')).toMatch(
      new RegExp(`^attachment; filename="T-\\d+-SIMULATED-report\\.${as}"$`),
    )
    expect(answer.headers.get('cache-control')).toBe('no-store, no-transform')
    const bytes = Buffer.from(await answer.arrayBuffer())
    expect(bytes.subarray(0, begin.length).toString()).toBe(begin)
    hashes.push(createHash('sha256').update(bytes).digest('hex'))
  }
  expect(await exportsOf(trialId)).toMatchObject([
    { file: 'trial report', filter: { as: 'json' }, complete: true, sha256: hashes[0] },
    { file: 'trial report', filter: { as: 'pdf' }, complete: true, sha256: hashes[1] },
  ])
  expect(new Set(guarded.asked)).toEqual(new Set(['readTrail']))
})

test('what is no trial is answered by 404 and an unknown form by 400, and neither is an export', async () => {
  const id = randomUUID()
  const none = await ask(id)
  expect([none.status, await none.text()]).toEqual([404, 'There is no such trial.\n'])
  const form = await ask(id, 'docx')
  expect([form.status, await form.text()]).toEqual([400, 'as: Accepted: json, pdf.\n'])
  expect(await exportsOf(id)).toEqual([])
})

test('a report takes a turn of the exports of this person, and the one too many waits', async () => {
  const { trialId } = await sentTrial(lab.db)
  while (!(await countAction(lab.db, lead, 'export', new Date())));
  const answer = await ask(trialId, 'pdf')
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([
    429,
    expect.stringMatching(/^\d+$/),
  ])
  expect(await exportsOf(trialId)).toEqual([])
})
