import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { textOf } from '../page-text.testing'
import PredictionsPage from './page'

const authorized = vi.hoisted((): { db: Db | undefined } => ({ db: undefined }))
vi.mock('@/lib/auth/guard', () => ({
  authorize: () => Promise.resolve({ actor: engineer, db: authorized.db }),
}))
vi.mock('next/navigation', () => ({
  useRouter: () => ({ push: () => undefined, replace: () => undefined }),
}))

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  authorized.db = lab.db
  const predicted = ['refused']
  for (const outcome of ['refused', 'refused', 'refused', 'promptNeverShown'])
    await concluded('11.2', outcome, predicted)
  await concluded('11.4', 'refused', null)
})
afterAll(() => lab.drop())

/** A concluded trial written as rows; how one gets there is tested elsewhere. */
async function concluded(startOs: string, outcome: string, prediction: string[] | null) {
  const device = await addDevice(lab.db)
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registered_by, prediction, registration_hash, start_os, start_build, consumed, outcome, concluded_at)
      values (${device.id}, ${versionId}, 'concluded', false, now(), 'Erin', 'Erin', ${prediction}, 'x', ${startOs}, ${device.serial}, true, ${outcome}, now())`
    // Past the triggers, nothing is counted.
    await tx`select recount_outcomes()`
  })
}

const pageText = async (params: Record<string, string>): Promise<string> =>
  textOf(
    await PredictionsPage({ searchParams: Promise.resolve({ environment: 'real', ...params }) }),
  )

test('n and the interval are given per version and per person, and a trial without a prediction stands apart', async () => {
  const text = await pageText({})
  expect(text).toContain('11.2 4 3 of 4 0.75 [0.30, 0.95] 0 0')
  expect(text).toContain('11.4 0 0 of 0 none, as n &lt; 3 1 0')
  expect(text).toContain('Erin 4 3 of 4 0.75 [0.30, 0.95] 1 0')
  expect(await pageText({ rows: 'platform', interval: 'exact' })).toContain(
    'iOS 4 3 of 4 0.75 [0.30, 0.95] [0.19, 0.99] 1 0',
  )
})

test('what the address does not have is reported, and an empty page says so', async () => {
  expect(await pageText({ rows: 'weather' })).toContain('“weather” is not valid for rows')
  expect(await pageText({ count: 'observation:rebooted' })).toContain('“count” is not a filter')
  expect(await pageText({ version: '9.0' })).toContain('No concluded trial matches')
})
