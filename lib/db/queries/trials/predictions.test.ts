import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { exportPredictions } from '@/lib/core/record/export-charts'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { countPredictions, countPredictionsByPerson } from './predictions'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
  const installed = ['installedAsExpected']
  await concluded({ startOs: '11.2', prediction: installed, outcome: 'installedAsExpected' })
  await concluded({ startOs: '11.2', prediction: installed, outcome: 'refused' })
  await concluded({ startOs: '11.2', prediction: ['refused'], outcome: 'lost' })
  // Decided as installed, and no other OS was read.
  await concluded({
    startOs: '11.2',
    prediction: installed,
    outcome: 'installedAsExpected',
    seen: false,
  })
  await concluded({ startOs: '11.4', outcome: 'refused' })
  await concluded({
    startOs: '11.4',
    prediction: ['downloadedOnly', 'refused'],
    outcome: 'refused',
    by: 'Erin Smith',
  })
  await concluded({ startOs: '11.4', prediction: ['refused'], outcome: 'refused', byId: 'e2' })
  await concluded({ startOs: '11.4', prediction: ['refused'], outcome: 'refused', simulated: true })
})
afterAll(() => lab.drop())

type Given = {
  startOs: string
  outcome: string
  prediction?: string[]
  /** Whether another OS was read where the outcome says so. */
  seen?: boolean
  by?: string
  byId?: string
  simulated?: boolean
}

/** A concluded trial written as rows; how one gets there is tested elsewhere. */
async function concluded(given: Given) {
  const { startOs, outcome, prediction = null, seen = true, simulated = false } = given
  const { by = 'Erin', byId = 'e1' } = given
  const device = await addDevice(lab.db, { simulated })
  const { versionId } = must(await saveProtocol(lab.db, engineer, { plan: twoSlots }, now), 'saved')
  const id = randomUUID()
  const at = now.toISOString()
  const ended = seen && outcome === 'installedAsExpected' ? at : null
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (id, device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, registered_by, prediction, start_os, start_build, consumed, outcome, end_seen_at, concluded_at)
      values (${id}, ${device.id}, ${versionId}, 'concluded', ${simulated}, ${at}, 'Erin', 'x', ${by}, ${prediction}, ${startOs}, ${device.serial}, true, ${outcome}, ${ended}, ${at})`
    await tx`insert into trial_events (trial_id, kind, at, by_id, by_name, by_role)
      values (${id}, 'registered', ${at}, ${byId}, ${by}, 'engineer')`
    await tx`select recount_outcomes()`
  })
}

const tally = (rows: { row: string; result: string; trials: number }[]) =>
  Object.fromEntries(rows.map(({ row, result, trials }) => [`${row} ${result}`, trials]))

test('what came true is counted per version; lost trials and those against the builds are not', async () => {
  expect(tally(await countPredictions(lab.db, 'real', {}, 'version'))).toEqual({
    ...{ '11.2 cameTrue': 1, '11.2 didNot': 1, '11.2 notCounted': 2 },
    ...{ '11.4 cameTrue': 2, '11.4 none': 1 },
  })
  expect(tally(await countPredictions(lab.db, 'simulated', {}, 'version'))).toEqual({
    '11.4 cameTrue': 1,
  })
  expect(tally(await countPredictions(lab.db, 'real', { version: '11.4' }, 'platform'))).toEqual({
    ...{ 'iOS cameTrue': 2, 'iOS none': 1 },
  })
})

test('people are counted by who they are, under their newest name', async () => {
  const rows = await countPredictionsByPerson(lab.db, 'real', {})
  expect(tally(rows)).toEqual({
    ...{ 'e1 cameTrue': 2, 'e1 didNot': 1, 'e1 notCounted': 2, 'e1 none': 1, 'e2 cameTrue': 1 },
  })
  const file = must(
    await exportPredictions(
      lab.db,
      engineer,
      { environment: 'real', filter: {}, bom: false, rows: 'version' },
      now,
    ),
    'ready',
  )
  const lines = file.body.split('\r\n')
  expect(lines).toContain('version,11.2,2,1,,,,,,0,2,real')
  expect(lines).toContain('version,11.4,2,2,,,,,,1,0,real')
  expect(lines.find((line) => line.startsWith('person,Erin Smith,3,2,0.66'))).toMatch(/,1,2,real$/)
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  const query = { environment: 'real', filter: {}, bom: false, rows: 'version' } as const
  expect(await exportPredictions(lab.db, nobody, query, now)).toMatchObject({ status: 'refused' })
})
