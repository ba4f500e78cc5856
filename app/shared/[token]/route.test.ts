import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { guarded } from '@/lib/auth/route-guard.testing'
import { wholeTrial } from '@/lib/core/record/report/report.testing'
import { makeShareLink, previewShare, revokeShareLink } from '@/lib/core/record/share/share-report'
import { lead, must } from '@/lib/core/testing/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { GET } from './route'

let lab: TestDb
vi.mock('@/lib/auth/guard', () => import('@/lib/auth/route-guard.testing'))

beforeAll(async () => {
  lab = await createTestDb()
  guarded.db = lab.db
})
afterAll(() => lab.drop())

const ask = (token: string, { as, from = '192.0.2.1' }: { as?: string; from?: string } = {}) =>
  GET(
    new Request(`http://127.0.0.1/shared/${token}${as ? `?as=${as}` : ''}`, {
      headers: { 'x-oneway-nonce': 'bm9uY2U=', 'x-forwarded-for': from },
    }),
    { params: Promise.resolve({ token }) },
  )

async function link() {
  const of = { trialId: (await wholeTrial(lab.db)).trialId }
  const { digest } = must(await previewShare(lab.db, lead, { of, chosen: [] }, new Date()), 'shown')
  const order = { of, title: 'For the test', days: 1, chosen: [], digest }
  return must(await makeShareLink(lab.db, lead, order, new Date()), 'made')
}

test('a stranger gets a page with the number of its response, and the same as a marked file', async () => {
  const { token } = await link()
  const page = await ask(token)
  const html = await page.text()
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
  expect(page.headers.get('cache-control')).toBe('no-store')
  expect(page.headers.getSetCookie()).toEqual([])
  expect(html).toContain('<style nonce="bm9uY2U=">')
  expect(html).toContain('<meta name="robots" content="noindex, nofollow">')
  expect(html).toMatch(/SIMULATED[\s\S]*engineer 1/)
  const file = await ask(token, { as: 'json' })
  expect(file.headers.get('content-disposition')).toMatch(
    /^attachment; filename="T-\d+-SIMULATED-shared\.json"$/,
  )
  const json = await file.json()
  expect(json).toMatchObject({ format: 'oneway-shared-report', reports: [{ version: 1 }] })
  expect(json.documents).toBeUndefined()
})

test('a guessed and a revoked link get one and the same page', async () => {
  const { token, id } = await link()
  must(await revokeShareLink(lab.db, lead, id, new Date()), 'revoked')
  const answers = [await ask(token), await ask('x'.repeat(43)), await ask('')]
  const pages = await Promise.all(answers.map((one) => one.text()))
  expect(answers.map(({ status }) => status)).toEqual([404, 404, 404])
  expect(new Set(pages).size).toBe(1)
  expect(pages[0]).toContain('This link leads to nothing')
})

test('who guesses without end is told to wait', async () => {
  const from = '192.0.2.99'
  for (let n = 0; n < 20; n += 1) await ask(`guess-${n}`, { from })
  const answer = await ask('guess', { from })
  expect(answer.status).toBe(429)
  expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0)
})
