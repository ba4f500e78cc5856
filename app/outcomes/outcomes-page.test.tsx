import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { twoOrders } from '@/lib/core/testing/arms'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import type { Db } from '@/lib/db/client'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { armValue } from '@/lib/domain/trial/factors'
import OutcomesPage from './page'
import { textOf } from './page-text.testing'

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
  for (const [startOs, outcomes] of groups)
    for (const outcome of outcomes) await concluded(startOs, outcome)
  await lab.sql`select recount_outcomes()`
})
afterAll(() => lab.drop())

const installed = 'installedAsExpected'
const groups: [string, string[]][] = [
  ['11.2', [installed, installed, installed, installed, 'refused']],
  ['11.4', ['refused', 'refused', 'refused', 'refused', 'promptNeverShown']],
  ['12.0', [installed, installed]],
  ['12.1', [installed, installed, installed]],
]

/** A concluded trial written as rows; how one gets there is tested elsewhere. */
async function concluded(startOs: string, outcome: string) {
  const device = await addDevice(lab.db)
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, end_seen_at, concluded_at)
      values (${device.id}, ${versionId}, 'concluded', false, now(), 'Erin', 'x', ${startOs}, ${device.serial}, true, ${outcome}, ${outcome === installed ? now.toISOString() : null}, now())`
  })
}

const pageText = async (params: Record<string, string>): Promise<string> =>
  textOf(await OutcomesPage({ searchParams: Promise.resolve({ environment: 'real', ...params }) }))

test('n is printed for each version, and no rate below three trials', async () => {
  const text = await pageText({})
  expect(text).toContain('5 4 of 5 0.80 [0.38, 0.96]')
  expect(text).toContain('2 2 of 2 none, as n &lt; 3')
  expect(text).not.toContain('Hide the Clopper–Pearson')
})

test('Clopper and Pearson’s interval stands beside it on demand', async () => {
  const text = await pageText({ interval: 'exact' })
  expect(text).toContain('0.80 [0.38, 0.96] [0.28, 0.99]')
  expect(text).toContain('Hide the Clopper–Pearson interval')
})

test('two groups: p, the odds ratio with its limits, and what they can show at best', async () => {
  const text = await pageText({ by: 'version', first: '11.2', second: '11.4' })
  expect(text).toContain('p = 0.0476')
  expect(text).toContain('Conditional odds ratio unbounded, 95 % interval 1.02 to unbounded')
  expect(text).toContain('smallest p there is: 0.0079')
  expect(text).toContain(
    'p ≤ 0.05 needs 4 or more of 5 in the first group , or the other way round',
  )
})

test('groups that are too small, all alike or empty are not called a result', async () => {
  const small = await pageText({ by: 'version', first: '12.0', second: '12.1' })
  expect(small).toContain('came out alike, so there is no odds ratio')
  expect(small).toContain('No result of groups of these sizes reaches p = 0.05')
  const empty = await pageText({ by: 'version', first: '11.2', second: '10.3' })
  expect(empty).toContain('Cannot be tested: 10.3 has no counted trial')
  const neither = await pageText({ by: 'version', first: '9.0', second: '10.3' })
  expect(neither).toContain('Neither group has a counted trial')
})

test('a factor that is none, and a protocol that is gone, are reported', async () => {
  expect(await pageText({ by: 'weather', first: 'wet' })).toContain('“weather” is not valid for by')
  const gone = await pageText({ by: 'protocol', first: 'gone', second: 'gone' })
  expect(gone).toContain('“gone” is not valid for first')
})

test('a row for each value of a factor; a filter of an unknown factor and a protocol that is gone are reported', async () => {
  const text = await pageText({ rows: 'battery' })
  expect(text).toContain('Outcomes by battery')
  expect(text).toContain('Battery unknown')
  expect(text).toContain('15 9 of 15')
  expect(await pageText({ weather: 'wet' })).toContain('“weather” is not a filter of this page')
  const id = '4f9f6a0e-1f0a-4e0a-9a51-0d5a2b7c3d11'
  expect(await pageText({ protocol: id })).toContain(
    'No trial of this environment has the protocol',
  )
})

test('an observation is counted out of the trials with a record; nobody observed these', async () => {
  const text = await pageText({ count: 'observation:promptShown' })
  expect(text).toContain('without a record is unknown and not counted')
  expect(text).toContain('11.2 0 0 of 0 none, as n &lt; 3 5 × Nothing recorded about it')
  expect(text).not.toContain('4 of 5')
  expect(await pageText({ count: 'observation:weather' })).toContain(
    '“observation:weather” is not valid for count',
  )
})

test('two groups are compared by what is counted', async () => {
  const text = await pageText({
    ...{ count: 'observation:rebooted', by: 'version', first: '11.2', second: '11.4' },
  })
  expect(text).toContain('Neither group has a counted trial')
})

let drawn = 0
/** A concluded trial in an arm, written as rows like those above. */
async function inArm(versionId: string, arm: string, method: 'random' | 'choice', outcome: string) {
  const device = await addDevice(lab.db)
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    const [trial] =
      await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, end_seen_at, concluded_at)
      values (${device.id}, ${versionId}, 'concluded', false, now(), 'Erin', 'x', '10.3.3', ${device.serial}, true, ${outcome}, ${outcome === installed ? now.toISOString() : null}, now()) returning id`
    const place = method === 'random' ? [1, '{}', 1, ++drawn] : [null, null, null, null]
    const reason = method === 'random' ? null : 'the device has no lock'
    await tx`insert into arm_assignments (trial_id, protocol_version_id, arm, method, reason, list_id, stratum, block, position, at, by_id, by_name)
      values (${trial?.id}, ${versionId}, ${arm}, ${method}, ${reason}, ${place[0] ?? null}, ${place[1] ?? null}, ${place[2] ?? null}, ${place[3] ?? null}, now(), 'x', 'Erin')`
    await tx`select recount_outcomes()`
  })
}

test('two arms are compared like other groups, and it is said which of their trials were chosen', async () => {
  const { versionId, protocolId } = must(
    await saveProtocol(lab.db, engineer, { plan: twoOrders }, now),
    'saved',
  )
  const [twice, atOnce] = [armValue(protocolId, 'Twice'), armValue(protocolId, 'At once')]
  for (const outcome of [installed, installed, installed])
    await inArm(versionId, 'Twice', 'random', outcome)
  for (const outcome of ['refused', 'refused', 'refused'])
    await inArm(versionId, 'At once', 'random', outcome)
  const compare = { by: 'arm', first: twice, second: atOnce }
  const random = await pageText({ ...compare, rows: 'arm' })
  expect(random).toContain('Twice (Two ways to install) : 3 assigned at random, 0 by choice')
  // Fisher: 2 / C(6, 3) = 0.1
  expect(random).toContain('p = 0.1000')
  expect(random).toContain('whatever was done then')
  await inArm(versionId, 'At once', 'choice', installed)
  const mixed = await pageText(compare)
  expect(mixed).toContain('At once (Two ways to install) : 3 assigned at random, 1 by choice')
  expect(mixed).toContain('narrow “Assigned” to “At random”')
  const narrowed = await pageText({ ...compare, assigned: 'random' })
  expect(narrowed).toContain('3 assigned at random, 0 by choice')
  expect(narrowed).toContain('p = 0.1000')
})
