import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { findTrialEnd } from '@/lib/db/queries/trials/trial-end'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { recordOsChange } from '../ingest/detect-os-change'
import { checkSignatures } from '../kernel/sign'
import { type Observe, observe } from '../record/observe'
import { approvedAndLocked, unlock } from '../record/review.testing'
import { concludedTrial } from '../record/trial-trip.testing'
import { readingsOf } from '../testing/device'
import { engineer, later, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { gatherEvidence } from './trial-evidence'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const newOs = { kind: 'newOsSeen', osVersion: '12.1', osBuild: '16B92' } as const

async function log(trialId: string, entry: Partial<Observe>): Promise<number> {
  const sighting = { kind: 'nothing' as const, text: '', observedAt: later(250), ...entry }
  const nonce = randomUUID()
  must(await observe(lab.db, engineer, { trialId, nonce, ...sighting }, later(1000)), 'logged')
  const [row] = await lab.sql`select id from observations where nonce = ${nonce}`
  return Number(row?.id)
}

let reasons = 0
const correct = (trialId: string, correctsId: number, to: Partial<Observe>) => {
  reasons += 1
  return log(trialId, { ...to, correctsId, reason: `it was another device, ${reasons}` })
}

const endOf = async (trialId: string) => {
  const trial = await findTrial(lab.db, trialId)
  const end = await findTrialEnd(lab.db, trialId)
  return [trial?.endOs, trial?.endBuild, trial?.endSeenAt, end?.state]
}

test('the end of a trial follows the correction of the sighting that it rests on', async () => {
  const { trialId } = await sentTrial(lab.db)
  const first = await log(trialId, newOs)
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(250), 'changed'])
  const moved = await correct(trialId, first, {
    ...{ ...newOs, osBuild: '16B93', observedAt: later(270) },
  })
  expect(await endOf(trialId)).toEqual(['12.1', '16B93', later(270), 'changed'])
  const struck = await correct(trialId, moved, { kind: 'nothing' })
  expect(await endOf(trialId)).toEqual([null, null, null, 'notSeen'])
  const trial = await findTrial(lab.db, trialId)
  if (!trial) throw new Error('no trial')
  expect((await gatherEvidence(lab.db, trial, later(1000))).current).toMatchObject({
    version: '12.0.1',
  })
  await correct(trialId, struck, newOs)
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(250), 'changed'])
})

test('where a sighting is struck, what was seen next is the end, and what the device reported first stays', async () => {
  const { trialId, device } = await sentTrial(lab.db)
  const early = await log(trialId, newOs)
  const report = readingsOf({ osVersion: '12.1', osBuild: '16B92' }, later(260))
  await insertReadings(lab.db, device.id, report)
  await recordOsChange(lab.db, device.id, { at: later(260) }, later(260))
  const late = await log(trialId, { ...newOs, observedAt: later(280) })
  await correct(trialId, early, { kind: 'screenDark' })
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(260), 'changed'])
  await correct(trialId, late, { kind: 'screenDark' })
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(260), 'changed'])
})

test('a correction after the conclusion moves the end too, and what the outcome counts as', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const counted = async () => {
    const [row] = await lab.sql`select against from trial_outcomes where trial_id = ${trialId}`
    return row?.against
  }
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(900), 'changed'])
  expect(await counted()).toBe(false)
  const [seen] =
    await lab.sql`select id from observations where trial_id = ${trialId} and kind = 'newOsSeen'`
  const struck = await correct(trialId, Number(seen?.id), { kind: 'nothing' })
  expect(await endOf(trialId)).toEqual([null, null, null, 'notSeen'])
  expect(await counted()).toBe(true)
  await correct(trialId, struck, { ...newOs, observedAt: later(800) })
  expect(await endOf(trialId)).toEqual(['12.1', '16B92', later(800), 'changed'])
  expect(await counted()).toBe(false)
})

test('a correction after an unlock breaks no signature from before it, and one behind the triggers does', async () => {
  const { trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  await approvedAndLocked(lab.db, trialId)
  must(await unlock(lab.db, trialId), 'sealed')
  const [prompt, seen] = await lab.sql`select id from observations
    where trial_id = ${trialId} and kind in ('promptShown', 'newOsSeen') order by kind = 'newOsSeen'`
  const broken = async () =>
    (await checkSignatures(lab.db, trialId)).flatMap(({ differences }) => differences)
  await lab.sql.begin(async (sql) => {
    await sql`set local session_replication_role = replica`
    await sql`update trials set end_os = '13' where id = ${trialId}`
  })
  expect((await broken()).join()).toContain('closing.endOs: signed "12.1", now "13"')
  // A correction that is about no sighting of a new OS covers nothing up.
  await correct(trialId, Number(prompt?.id), { kind: 'screenDark' })
  expect((await broken()).join()).toContain('closing.endOs: signed "12.1", now "13"')
  await correct(trialId, Number(seen?.id), { kind: 'nothing' })
  expect(await endOf(trialId)).toEqual([null, null, null, 'notSeen'])
  expect(await broken()).toEqual([])
})
