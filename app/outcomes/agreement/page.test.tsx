import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { peer } from '@/lib/core/record/review.testing'
import { recordSecondReading } from '@/lib/core/record/second-reading'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { later, must } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Outcome } from '@/lib/domain/outcome/outcome'
import { textOf } from '../page-text.testing'
import AgreementPage from './page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: peer, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
}))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
})
afterAll(() => lab.drop())

const plan = { ...twoSlots, title: 'Read by two', secondReader: true }
const reason = 'the record shows nothing else'

/** Concluded by a lead, and read by somebody else where an outcome is given. */
async function decided(first: Outcome, second?: Outcome) {
  const { trialId } = await concludedTrial(lab.db, { plan, outcome: first })
  if (!second) return
  must(
    await recordSecondReading(lab.db, peer, { trialId, outcome: second, reason }, later(1000)),
    'recorded',
  )
}

const pageText = async (params: Record<string, string>): Promise<string> =>
  textOf(await AgreementPage({ searchParams: Promise.resolve({ environment: 'real', ...params }) }))

test('without a reading the page says so, and what waits is listed without its outcome', async () => {
  expect(await pageText({})).toContain('No outcome was read a second time')
  await decided('refused')
  const text = await pageText({})
  expect(text).toContain('Awaiting second reading (1)')
  expect(text).toContain('withheld until the second reading can read it blinded')
  expect(text).not.toContain('Kappa')
})

test('kappa is not defined while both say one outcome always, and has its interval and its warning after', async () => {
  await decided('refused', 'refused')
  expect(await pageText({})).toMatch(
    /All protocols 1 1 of 1 not defined 0 Both readers gave the same outcome/,
  )
  await decided('refused', 'lost')
  await decided('lost', 'lost')
  const text = await pageText({})
  expect(text).toContain('Awaiting adjudication (1)')
  expect(text).toContain('First: Refused by the device; second: Lost second reader')
  // 2 of 3 agree, 4/9 by chance: (2/3 − 4/9) / (1 − 4/9) = 0.40.
  expect(text).toMatch(/All protocols 3 2 of 3 0\.40 \[-0\.37, 1\.00\] 0 Fewer than 30 pairs/)
  // With one reader constant the formula gives no width.
  expect(text).toMatch(/Read by two 1 0 of 1 0\.00 0 Fewer than 30 pairs.*No interval/)
  expect(await pageText({ version: '9.0' })).toContain('No outcome was read a second time')
})
