import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import ContradictionsPage from '@/app/contradictions/page'
import ForOtherLabsPage from '@/app/reports/for-other-labs/page'
import OtherLabsPage from '@/app/reports/other-labs/page'
import { SeenElsewhere } from '@/app/trials/[id]/seen-elsewhere'
import { importLabReport } from '@/lib/core/record/lab-report/import-lab-report'
import { fileOfAnotherLab, rowLike } from '@/lib/core/record/lab-report/lab-report.testing'
import { previewLabReport } from '@/lib/core/record/lab-report/make-lab-report'
import { readTrial } from '@/lib/core/record/read-record'
import { wholeTrial } from '@/lib/core/record/report/report.testing'
import { later, lead, must } from '@/lib/core/testing/people'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import OutcomesPage from './page'
import { textOf } from './page-text.testing'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: lead, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, replace: () => undefined, refresh: () => undefined }),
  usePathname: () => '/',
}))

let lab: TestDb
let trialId: string
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
  trialId = (await wholeTrial(lab.db)).trialId
})
afterAll(() => lab.drop())

const asked = (params: Record<string, string> = {}) => ({
  searchParams: Promise.resolve({ environment: 'simulated', ...params }),
})
async function imported(bytes: Uint8Array, labName: string) {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  must(await importLabReport(lab.db, lead, { bytes, sha256, labName }, later(6000)), 'imported')
}
const trialPage = async () => {
  const { record } = must(await readTrial(lab.db, lead, { id: trialId }, new Date()), 'shown')
  return textOf(await SeenElsewhere(record))
}
const outcomes = async (params = {}) => textOf(await OutcomesPage(asked(params)))

test('without a report nothing is said of other labs; with one it stands apart on each page', async () => {
  const before = await outcomes()
  expect(before).not.toContain('Other labs')
  const simulated = { environment: 'simulated' as const, filter: {} }
  const [own] = must(await previewLabReport(lab.db, lead, simulated), 'shown').trials
  if (!own) throw new Error('no trial')
  const [first] = own.row.contradictions
  if (!first) throw new Error('no contradiction')
  const trials = [
    rowLike(own.row, '1'),
    rowLike(own.row, '2', { startOs: '11.3', outcome: 'refused' }),
    rowLike(own.row, '3', { contradictions: [{ ...first, observed: '"Novel"' }] }),
  ]
  const bytes = fileOfAnotherLab({ trials, name: 'Lab <b>North</b>' })
  await imported(bytes, 'Lab <b>North</b>')

  const after = await outcomes()
  const shown = 'Lab &lt;b&gt;North&lt;/b&gt;'
  expect(after).toContain(`12.0.1 ${shown} 2 2 × Installed as expected`)
  expect(after).toContain(`11.3 ${shown} 1 1 × Refused by the device`)
  expect(after.slice(0, before.lastIndexOf('Export'))).toBe(
    before.slice(0, before.lastIndexOf('Export')),
  )
  expect(await outcomes({ version: '11.3' })).toContain('1 × Refused by the device')
  expect(await outcomes({ text: 'T-1' })).toContain('They cannot be narrowed by text')
  expect(await outcomes({ rows: 'hour' })).toContain('Their rows have no time of day')
  expect(await outcomes({ environment: 'real' })).not.toContain('Other labs')

  const contradictions = await textOf(await ContradictionsPage(asked()))
  expect(contradictions).toContain(`Other labs: seen by 1 other lab (${shown}) on`)
  expect(contradictions).toMatch(/Seen by other labs only .*&quot;Novel&quot;/)
  expect(await textOf(await OtherLabsPage())).toContain(`${shown} F-1`)
})

test('a trial says at how many labs its outcome and its contradictions were seen', async () => {
  const text = await trialPage()
  expect(text).toContain('This outcome at 1 of 1 other lab with the same test')
  expect(text).toContain('seen by 1 other lab')
})

test('the page to choose from has each trial with its facts, and the file to the letter', async () => {
  const text = await textOf(await ForOtherLabsPage(asked()))
  expect(text).toMatch(/T-\d+ .*12\.0\.1/)
  expect(text).toContain('&quot;startOs&quot;: &quot;12.0.1&quot;')
})

test('what a lab saw too is found among more contradictions than a page lists', async () => {
  const seenHere = async () =>
    [await trialPage(), await textOf(await ContradictionsPage(asked()))].map(
      (text) => [...text.matchAll(/seen by 1 other lab /g)].length,
    )
  const before = await seenHere()
  expect(Math.min(...before)).toBeGreaterThan(0)
  const simulated = { environment: 'simulated' as const, filter: {} }
  const [own] = must(await previewLabReport(lab.db, lead, simulated), 'shown').trials
  if (!own) throw new Error('no trial')
  // By their request they come before those of this lab.
  const contradictionsOf = (trial: number) =>
    Array.from({ length: 50 }, (_, place) => ({
      ...{
        requestType: 'AvailableOSUpdates' as const,
        path: 'Key',
        kind: 'notDocumented' as const,
      },
      ...{ observed: String(1000 * trial + place), osVersion: '11.3' },
    }))
  const trials = Array.from({ length: 11 }, (_, trial) =>
    rowLike(own.row, `many ${trial}`, { contradictions: contradictionsOf(trial) }),
  )
  await imported(fileOfAnotherLab({ lab: 'b', trials }), 'Lab South')
  expect(await seenHere()).toEqual(before)
})
