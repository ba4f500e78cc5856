import { afterAll, beforeAll, expect, test } from 'vitest'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { twoOrders } from '@/lib/core/testing/arms'
import { declarationPlan } from '@/lib/core/testing/declaration-trial'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, must, now } from '@/lib/core/testing/people'
import { twoSlots } from '@/lib/core/testing/trial'
import { saveProtocol } from '@/lib/core/trials/save-protocol'
import { countsThatDiffer } from '@/lib/db/audit/check-folds'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { armValue, type FactorName, factorNames } from '@/lib/domain/trial/factors'
import { mechanismOf } from '@/lib/domain/trial/mechanism'
import type { ProtocolPlan } from '@/lib/domain/trial/protocol'
import { readTrialFilter } from '@/lib/domain/trial/trial-filter'
import { listForOtherLabs } from '../lab-reports'
import { countOutcomes, listConcluded } from './analytics'
import { listTrialFacets } from './trial-filter'
import { listTrials } from './trial-list'

let lab: TestDb
let protocolVersion: string
beforeAll(async () => {
  lab = await createTestDb()
  protocolVersion = must(
    await saveProtocol(lab.db, engineer, { plan: twoSlots }, now),
    'saved',
  ).versionId
})
afterAll(() => lab.drop())

type Trial = {
  version?: string
  startOs?: string
  state?: Record<string, { value: unknown; source?: string }>
  sentAt?: string
  releasedAt?: string
  deviceId?: string
}

/** A concluded trial written as rows; how one gets there is tested elsewhere. */
async function concluded(trial: Trial) {
  const { version = protocolVersion, startOs = '12.0', state = {} } = trial
  const { sentAt, releasedAt, deviceId } = trial
  const device = deviceId ?? (await addDevice(lab.db)).id
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into trials (device_id, protocol_version_id, state, simulated, drafted_at, drafted_by, registration_hash, start_os, start_build, consumed, outcome, concluded_at, starting_state, sent_at, released_at)
      values (${device}, ${version}, 'concluded', false, now(), 'Erin', 'x', ${startOs}, ${startOs}, true, 'refused', now(), ${JSON.stringify(state)}::text::jsonb, ${sentAt ?? null}, ${releasedAt ?? null})`
    await tx`select recount_outcomes()`
  })
  return device
}

const rowsBy = async (factor: FactorName, filter: Record<string, string>) => {
  const counted = await countOutcomes(lab.db, 'real', readTrialFilter(filter).filter, factor)
  const rows: Record<string, number> = {}
  for (const { row, trials } of counted) rows[row] = (rows[row] ?? 0) + trials
  return rows
}

test('each factor splits the same trials, and its filter gives the trials of its row', async () => {
  await concluded({
    startOs: '10.1',
    state: {
      batteryLevel: { value: 0.5, source: 'mdm' },
      externalPower: { value: true },
      network: { value: 'wifi' },
      passcodePresent: { value: false },
    },
    sentAt: '2026-03-02T08:00:00Z',
    releasedAt: '2026-03-02T07:59:00Z',
  })
  await concluded({ startOs: '10.1' })
  for (const factor of factorNames) {
    const rows = await rowsBy(factor, { version: '10.1' })
    expect(Object.values(rows).reduce((sum, n) => sum + n)).toBe(2)
    for (const [value, trials] of Object.entries(rows)) {
      if (value === 'unknown' && factor === 'hour') continue
      const filter = { ...readTrialFilter({ version: '10.1', [factor]: value }).filter }
      expect(await listConcluded(lab.db, 'real', filter)).toHaveLength(trials)
      const list = await listTrials(lab.db, { environment: 'real', filter })
      expect(list.rows).toHaveLength(trials)
    }
  }
  expect(await rowsBy('power', { version: '10.1' })).toEqual({ connected: 1, unknown: 1 })
  expect(await rowsBy('battery', { version: '10.1' })).toEqual({ from50: 1, unknown: 1 })
  expect(await rowsBy('hour', { version: '10.1' })).toEqual({ from06: 1, unknown: 1 })
  expect(await rowsBy('action', { version: '10.1' })).toEqual({ 'Default,Default': 2 })
})

test('a battery level that iOS 11.0 to 11.1.2 reports is unknown; one that a person typed is not', async () => {
  for (const startOs of ['10.3.3', '11.0', '11.1.2', '11.2'])
    await concluded({ startOs, state: { batteryLevel: { value: 0.9, source: 'mdm' } } })
  await concluded({ startOs: '11.1.1', state: { batteryLevel: { value: 0.9, source: 'typed' } } })
  const of = async (version: string) => Object.keys(await rowsBy('battery', { version }))
  expect(await of('10.3.3')).toEqual(['from80'])
  expect(await of('11.0')).toEqual(['unknown'])
  expect(await of('11.1.2')).toEqual(['unknown'])
  expect(await of('11.1.1')).toEqual(['from80'])
  expect(await of('11.2')).toEqual(['from80'])
})

let bandsRead = 0
test.each([
  [0, 'under20'],
  [0.199, 'under20'],
  [0.2, 'from20'],
  [0.799, 'from50'],
  [1, 'from80'],
  [-1, 'unknown'],
  ['full', 'unknown'],
])('a battery level of %s is in the band %s', async (value, band) => {
  const version = `9.${bandsRead++}`
  await concluded({ startOs: version, state: { batteryLevel: { value, source: 'mdm' } } })
  expect(Object.keys(await rowsBy('battery', { version }))).toEqual([band])
})

test('only a trial before it that was sent makes a device one that was used before', async () => {
  const device = await concluded({ startOs: '13.1', sentAt: '2026-01-01T00:00:00Z' })
  await concluded({ startOs: '13.2', sentAt: '2026-02-01T00:00:00Z', deviceId: device })
  await concluded({ startOs: '13.3', sentAt: '2026-01-01T00:00:00Z' })
  const of = async (version: string) => Object.keys(await rowsBy('treatment', { version }))
  expect(await of('13.1')).toEqual(['naive'])
  expect(await of('13.2')).toEqual(['retreated'])
  expect(await of('13.3')).toEqual(['naive'])
})

test('a trial counts in its arm, as drawn, with the commands of the arm; others have no arm', async () => {
  const but = { osVersion: '12.0.9', osBuild: '16A999' }
  const { trialId } = await concludedTrial(lab.db, {
    ...{ plan: twoOrders, but, outcome: 'installedAsExpected' },
  })
  const [found] = await lab.sql`select v.protocol_id, a.arm from arm_assignments a
    join protocol_versions v on v.id = a.protocol_version_id where a.trial_id = ${trialId}`
  const arm = armValue(found?.protocol_id, found?.arm)
  expect(await rowsBy('arm', { version: '12.0.9' })).toEqual({ [arm]: 1 })
  expect(await rowsBy('assigned', { arm })).toEqual({ random: 1 })
  const asked = found?.arm === 'Twice' ? 'Default,Default' : 'Default,InstallASAP'
  expect(await rowsBy('action', { arm })).toEqual({ [asked]: 1 })
  await concluded({ startOs: '14.1' })
  expect(await rowsBy('arm', { version: '14.1' })).toEqual({ none: 1 })
  const listed = async (filter: Record<string, string>) => {
    const asking = { environment: 'real' as const, filter: readTrialFilter(filter).filter }
    return (await listTrials(lab.db, { ...asking, limit: 9 })).rows.map(({ id }) => id)
  }
  expect(await listed({ arm })).toEqual([trialId])
  expect(await listed({ arm, assigned: 'choice' })).toEqual([])
  const facets = await listTrialFacets(lab.db, 'real')
  expect(facets.arms).toContainEqual({ value: arm, label: `${found?.arm} (Two ways to install)` })
  expect(facets.actions).toContain('Default,InstallASAP')
})

const declared = {
  mechanism: 'declaration',
  targetVersion: '18.2',
  when: { kind: 'asSoonAsPossible' },
} as const
const inAllWays: [string, ProtocolPlan, string, string][] = [
  ['18.0.1', twoSlots, 'command', 'Default,Default'],
  ['18.0.2', declarationPlan, 'declaration', 'none'],
  ['18.0.3', { ...twoSlots, slots: [declared, ...twoSlots.slots] }, 'both', 'Default,Default'],
]

test('a trial counts by what its protocol sends, and a declaration is no install action', async () => {
  for (const [startOs, plan, mechanism, action] of inAllWays) {
    const saved = must(await saveProtocol(lab.db, engineer, { plan }, now), 'saved')
    await concluded({ startOs, version: saved.versionId })
    expect(mechanismOf(plan)).toBe(mechanism)
    expect(await rowsBy('mechanism', { version: startOs })).toEqual({ [mechanism]: 1 })
    expect(await rowsBy('action', { version: startOs })).toEqual({ [action]: 1 })
    expect(await rowsBy('version', { mechanism, action })).toMatchObject({ [startOs]: 1 })
  }
  expect((await listTrialFacets(lab.db, 'real')).actions).toEqual(
    expect.arrayContaining(['Default,Default', 'none']),
  )
  expect(await countsThatDiffer(lab.sql)).toEqual([])
})

test('what other labs may have of a trial names its declarations among its actions, and those of its arm', async () => {
  const order = { ...twoOrders, slots: [declared, ...twoOrders.slots] }
  const saved = must(await saveProtocol(lab.db, engineer, { plan: order }, now), 'saved')
  await concluded({ startOs: '18.0.4', version: saved.versionId })
  await concluded({ startOs: '18.0.5', version: saved.versionId })
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`insert into arm_assignments (trial_id, protocol_version_id, arm, method, reason, at, by_id, by_name)
      select id, protocol_version_id, 'At once', 'choice', 'chosen for a test', now(), 'x', 'Erin' from trials where start_os = '18.0.5'`
    await tx`select recount_outcomes()`
  })
  const leaves = async (version: string) =>
    (await listForOtherLabs(lab.db, 'real', { version }, 9)).map(({ actions }) => actions)
  expect(await leaves('18.0.2')).toEqual(['declaration'])
  expect(await leaves('18.0.4')).toEqual(['declaration,Default,Default'])
  expect(await leaves('18.0.5')).toEqual(['declaration,Default,InstallASAP'])
  expect(await rowsBy('action', { version: '18.0.5' })).toEqual({ 'Default,InstallASAP': 1 })
})
