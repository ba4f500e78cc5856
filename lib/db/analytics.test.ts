import { afterAll, beforeAll, expect, test } from 'vitest'
import { saveProtocol } from '../services/save-protocol'
import { addDevice, engineer, must, now, twoSlots } from '../services/testing'
import { listConcluded } from './analytics'
import { createTestDb, type TestDb } from './testing'

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
  })
}

test('the two worlds are never in one answer', async () => {
  await concluded('11.3', 'refused')
  await concluded('11.3', 'installedAsExpected', true)
  const outcomesIn = async (world: 'real' | 'simulated') =>
    (await listConcluded(lab.db, world, {})).map(({ outcome }) => outcome)
  expect(await outcomesIn('real')).toEqual(['refused'])
  expect(await outcomesIn('simulated')).toEqual(['installedAsExpected'])
})

test('a filter narrows the chart as it narrows the list', async () => {
  await concluded('12.0', 'installedAsExpected')
  const found = await listConcluded(lab.db, 'real', { version: '12.0' })
  expect(found.map(({ startOs }) => startOs)).toEqual(['12.0'])
})
