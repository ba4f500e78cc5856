import { afterAll, beforeAll, expect, test } from 'vitest'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { factorNames } from '@/lib/domain/trial/factors'
import { type CountedOutcome, countOutcomes, listConcluded } from './analytics'
import { listTrialFacets } from './trial-filter'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

/** A concluded trial written as rows; how one gets there is tested elsewhere. */
const concluded = async (startOs: string, outcome: string, simulated = false) => {
  const device = await addDevice(lab.db, { simulated })
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, concluded_at)
      values (${device.id}, ${versionId}, 'concluded', ${simulated}, now(), 'Erin', 'x', ${startOs}, ${device.serial}, true, ${outcome}, now())`
    await tx`select recount_outcomes()`
  })
}

test('the two environments are never in one answer', async () => {
  await concluded('11.3', 'refused')
  await concluded('11.3', 'installedAsExpected', true)
  const outcomesIn = async (environment: 'real' | 'simulated') =>
    (await listConcluded(lab.db, environment, {})).map(({ outcome }) => outcome)
  expect(await outcomesIn('real')).toEqual(['refused'])
  expect(await outcomesIn('simulated')).toEqual(['installedAsExpected'])
})

test('a filter narrows the chart as it narrows the list', async () => {
  await concluded('12.0', 'installedAsExpected')
  const found = await listConcluded(lab.db, 'real', { version: '12.0' })
  expect(found.map(({ startOs }) => startOs)).toEqual(['12.0'])
})

const asExpected = {
  ...{ row: '12.2', overruled: false, against: false, primary: 'installed' },
}

test('the numbers of a chart count every trial of the filter and environment, in one row per outcome', async () => {
  await concluded('12.2', 'refused')
  await concluded('12.2', 'refused')
  await concluded('12.2', 'lost')
  await concluded('12.2', 'refused', true)
  const counted = await countOutcomes(lab.db, 'real', { version: '12.2' })
  expect(counted.toSorted((a, b) => a.trials - b.trials)).toEqual([
    { ...asExpected, outcome: 'lost', trials: 1 },
    { ...asExpected, outcome: 'refused', trials: 2 },
  ])
})

test('kept counts and a count of each trial agree, whatever the filter', async () => {
  await concluded('13.0', 'installedAsExpected')
  await concluded('13.0', 'refused')
  const sorted = (counted: CountedOutcome[]) =>
    counted.toSorted((a, b) => JSON.stringify(a).localeCompare(JSON.stringify(b)))
  const wide = { from: '2000-01-01' }
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`update trials set released_at = now()`
  })
  await lab.sql`select recount_outcomes()`
  for (const rows of factorNames)
    for (const filter of [{}, { outcome: 'refused' as const }, { [rows]: '13.0' }]) {
      const kept = await countOutcomes(lab.db, 'real', filter, rows)
      // No counts are kept of a span of days, so these are read from the trials.
      const each = await countOutcomes(lab.db, 'real', { ...filter, ...wide }, rows)
      expect(sorted(kept), rows).toEqual(sorted(each))
      if (Object.keys(filter).length === 0) expect(kept.length).toBeGreaterThan(1)
    }
})

test('dots are listed for the rows that are asked for, and those against the builds apart', async () => {
  const values = ['13.0']
  const found = await listConcluded(lab.db, 'real', {}, 'version', { values, against: false })
  expect(found.map(({ startOs, outcome }) => [startOs, outcome])).toEqual([['13.0', 'refused']])
  const against = await listConcluded(lab.db, 'real', {}, 'version', { against: true, max: 1 })
  expect(against).toMatchObject([
    { startOs: '13.0', outcome: 'installedAsExpected', against: true },
  ])
})

test('an environment offers only what its own trials can be narrowed to', async () => {
  await concluded('9.3', 'refused', true)
  const [real, simulated] = [
    await listTrialFacets(lab.db, 'real'),
    await listTrialFacets(lab.db, 'simulated'),
  ]
  expect(real.versions).not.toContain('9.3')
  expect(simulated.versions).toContain('9.3')
  expect(simulated.models).toEqual([{ value: 'iPhone10,1', label: 'iPhone10,1' }])
  expect(simulated.targets).toEqual(['iOSUpdate16B92'])
  const protocol = simulated.protocols[0]?.value
  expect(protocol).toBeDefined()
  expect(real.protocols.map(({ value }) => value)).not.toContain(protocol)
})
