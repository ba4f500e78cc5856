import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ReviewFilter } from '@/lib/domain/trial/trial-filter'
import { countReviewed } from './analytics'
import { countTrials, listTrials } from './trial-list'

let lab: TestDb
let versionId: string

type Row = { tag: string; state?: string; consumed?: boolean; review?: string; open?: number }

/** A trial and its review written as rows; how they get there is tested elsewhere. */
const add = async ({ tag, state = 'concluded', consumed = true, review, open = 0 }: Row) => {
  const device = await addDevice(lab.db)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update devices set lab_tag = ${tag} where id = ${device.id}`
    const [trial] = await tx`
      insert into trials (device_id, protocol_version_id, state, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome)
      values (${device.id}, ${versionId}, ${state}, now(), 'Erin', 'x', '12.0', ${device.serial}, ${consumed}, 'refused') returning id`
    if (review)
      await tx`insert into trial_reviews (trial_id, state, queries, open_queries, approved_at, locked_at)
        values (${trial?.id}, ${review}, 1, ${open}, case when ${review} <> 'inReview' then now() end, case when ${review} = 'locked' then now() end)`
  })
}

beforeAll(async () => {
  lab = await createTestDb()
  const saved = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  versionId = saved.versionId
  await add({ tag: 'new' })
  await add({ tag: 'void', state: 'void' })
  await add({ tag: 'open', review: 'inReview', open: 1 })
  await add({ tag: 'approved', review: 'approved' })
  await add({ tag: 'locked', review: 'locked' })
  await add({ tag: 'unsent', state: 'withdrawn', consumed: false })
  await add({ tag: 'running', state: 'observing' })
  await lab.sql`select recount_outcomes()`
})
afterAll(() => lab.drop())

test.each<[ReviewFilter, string[]]>([
  ['toReview', ['new', 'open', 'void']],
  ['queried', ['open']],
  ['approved', ['approved']],
  ['locked', ['locked']],
])('%s finds what a reviewer looks for: %o', async (review, tags) => {
  const query = { environment: 'real', filter: { review } } as const
  const found = (await listTrials(lab.db, query)).rows.map(({ labTag }) => labTag)
  expect(found.toSorted()).toEqual(tags)
  expect(await countTrials(lab.db, query)).toBe(tags.length)
})

test('of the concluded trials it is counted how many are approved, and of those how many are locked', async () => {
  expect(await countReviewed(lab.db, 'real', {})).toEqual({
    trials: 4,
    approved: 2,
    locked: 1,
  })
})
