import { afterAll, beforeAll, expect, test } from 'vitest'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { readingsOf } from '@/lib/core/testing/device'
import { later } from '@/lib/core/testing/people'
import { sentTrial, twoSlots } from '@/lib/core/testing/trial'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { isAgainstEnd, outcomes } from '@/lib/domain/outcome/outcome'
import { predictionResult } from '@/lib/domain/outcome/prediction'
import { installActions } from '@/lib/domain/trial/install-action'
import {
  hasReached,
  primaryOutcomeOf,
  primaryOutcomes,
  unreachable,
} from '@/lib/domain/trial/primary-outcome'
import { insertReadings } from '../devices/readings'
import { findTrialEnd } from './trial-end'
import { listTrials } from './trial-list'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const same = { osVersion: '12.0.1', osBuild: '16A404' }
const other = { osVersion: '12.1', osBuild: '16B92' }

test('not seen again and seen unchanged are told apart', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  expect(await findTrialEnd(lab.db, trialId)).toMatchObject({ state: 'notSeen', os: null })
  await insertReadings(lab.db, device.id, readingsOf(same, later(300)))
  expect(await findTrialEnd(lab.db, trialId)).toEqual({
    state: 'unchanged',
    os: '12.0.1',
    build: '16A404',
    lastSeenAt: later(300),
  })
  await insertReadings(lab.db, device.id, readingsOf(other, later(400)))
  expect(await findTrialEnd(lab.db, trialId)).toMatchObject({ state: 'changed', build: '16B92' })
})

test('a version read without its build is a change, and the same version is none', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  await insertReadings(lab.db, device.id, readingsOf({ osVersion: '12.0.1' }, later(300)))
  expect(await findTrialEnd(lab.db, trialId)).toMatchObject({ state: 'unchanged' })
  await insertReadings(lab.db, device.id, readingsOf({ osVersion: '12.1' }, later(400)))
  expect(await findTrialEnd(lab.db, trialId)).toMatchObject({ state: 'changed', os: '12.1' })
})

test('a file is no sighting, and neither is what was read after the end', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  const imported = readingsOf(other, later(300)).map((one) => ({
    ...one,
    source: 'imported' as const,
  }))
  await insertReadings(lab.db, device.id, imported)
  expect(await findTrialEnd(lab.db, trialId)).toMatchObject({ state: 'notSeen' })
  const ended = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  await insertReadings(lab.db, ended.device.id, readingsOf(same, later(950)))
  expect(await findTrialEnd(lab.db, ended.trialId)).toMatchObject({ state: 'changed' })
})

test('the list says that an outcome is against the builds', async () => {
  const { device } = await concludedTrial(lab.db, { outcome: 'refused' })
  const { rows } = await listTrials(lab.db, { environment: 'real', filter: { device: device.id } })
  expect(rows[0]).toMatchObject({
    overruled: true,
    end: { state: 'changed', os: '12.1', build: '16B92', against: true },
  })
})

test('the database and the domain agree on what is against the builds', async () => {
  for (const end of ['changed', 'unchanged', 'notSeen'] as const)
    for (const outcome of outcomes) {
      const [row] = await lab.sql`select outcome_against_end(${outcome}, ${end}) as against`
      expect([outcome, end, row?.against]).toEqual([outcome, end, isAgainstEnd(outcome, end)])
    }
})

test('the database and the domain agree on what became of a prediction', async () => {
  for (const end of ['changed', 'unchanged', 'notSeen'] as const)
    for (const prediction of [null, ['refused' as const], ['installedAsExpected' as const]])
      for (const outcome of outcomes) {
        const [row] =
          await lab.sql`select prediction_result(${prediction}, ${outcome}, ${end}) as result`
        const result = predictionResult(prediction, outcome, isAgainstEnd(outcome, end))
        expect([outcome, end, row?.result]).toEqual([outcome, end, result])
      }
})

test('the database and the domain agree on what a protocol is about', async () => {
  const slot = (installAction: 'Default' | 'DownloadOnly' | 'InstallASAP') => ({ installAction })
  const declaration = { mechanism: 'declaration', targetVersion: '18.2' } as const
  for (const slots of [
    twoSlots.slots,
    [slot('DownloadOnly')],
    [slot('DownloadOnly'), slot('DownloadOnly')],
    [slot('DownloadOnly'), slot('InstallASAP')],
    [slot('Default')],
    [declaration],
    [slot('DownloadOnly'), declaration],
  ]) {
    for (const primaryOutcome of [undefined, ...primaryOutcomes]) {
      const plan = JSON.stringify({ ...twoSlots, slots, primaryOutcome })
      const [row] = await lab.sql`select primary_outcome(${plan}::text::jsonb) as primary`
      expect(row?.primary).toBe(primaryOutcomeOf({ slots, primaryOutcome }))
    }
  }
})

test('the database and the domain agree on the numerator of each primary outcome', async () => {
  for (const primary of primaryOutcomes)
    for (const outcome of outcomes) {
      const [row] = await lab.sql`select primary_reached(${primary}, ${outcome}) as reached`
      expect([primary, outcome, row?.reached]).toEqual([
        ...[primary, outcome],
        hasReached(outcome, primary),
      ])
    }
})

test('the database refuses a version without a primary outcome, and one that no trial could reach', async () => {
  const write = (plan: object) =>
    lab.sql.begin(async (tx) => {
      await tx`with p as (insert into protocols (created_by) values ('Erin') returning id)
        insert into protocol_versions (protocol_id, version, plan, created_by, created_by_id)
        select id, 1, ${JSON.stringify({ ...twoSlots, ...plan })}::text::jsonb, 'Erin', 'e1' from p`
      return 'written'
    })
  await expect(write({ primaryOutcome: undefined })).rejects.toThrow('names its primary outcome')
  await expect(write({ primaryOutcome: 'whatever' })).rejects.toThrow('names its primary outcome')
  const sets = installActions.flatMap((first) => [
    [{ installAction: first }],
    ...installActions.map((second) => [{ installAction: first }, { installAction: second }]),
  ])
  for (const slots of sets)
    for (const primaryOutcome of primaryOutcomes) {
      const refused = await write({ slots, primaryOutcome }).catch(String)
      const why = unreachable({ slots }, primaryOutcome)
      expect([slots, primaryOutcome, refused === 'written']).toEqual([
        ...[slots, primaryOutcome],
        why === undefined,
      ])
    }
})
