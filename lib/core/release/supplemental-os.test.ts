import { afterAll, beforeAll, expect, test } from 'vitest'
import { insertReadings, recordedState } from '@/lib/db/queries/devices/readings'
import { findTrial } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { ReadingValues } from '@/lib/domain/reading/reading'
import { deviceQueries } from '@/lib/mdm/command'
import { readPlist } from '@/lib/mdm/plist/plist'
import { interpretReply } from '@/lib/mdm/reply'
import { understand } from '../devices/type-readings'
import { casePlist } from '../ingest/case-bodies.testing'
import { recordOsChange } from '../ingest/detect-os-change'
import { readingsOf } from '../testing/device'
import { later } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { gatherEvidence } from '../trials/trial-evidence'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const base: Partial<ReadingValues> = {
  osVersion: '26.3.1',
  osBuild: '23D8133',
  osSupplementalBuild: '23D8133',
  availableUpdates: [
    {
      productKey: 'iOSUpdate16B92',
      version: '26.4',
      build: '16B92',
      downloadBytes: 1,
      installBytes: 1,
      securityResponse: false,
    },
  ],
}
const supplemented = {
  osVersion: '26.3.1',
  osBuild: '23D8133',
  osSupplementalBuild: '23D771330a',
  osVersionExtra: '(a)',
}

test('the supplement is queried and read, and a missing one is not stored as unknown', () => {
  expect(deviceQueries).toEqual(
    expect.arrayContaining(['SupplementalBuildVersion', 'SupplementalOSVersionExtra']),
  )
  const plist = readPlist(casePlist('30-supplemental-build', 'udid', 'uuid'))
  if (!plist.ok) throw new Error(plist.reason)
  const reply = interpretReply('DeviceInformation', plist.value)
  const reported = Object.fromEntries(reply.readings.map(({ field, value }) => [field, value]))
  expect(reported).toMatchObject(supplemented)
  expect(reply.oddities).toEqual([])
})

test('a supplement installed before anything is sent loses the trial', async () => {
  const { trialId, device } = await armedTrial(lab.db, { but: base })
  await insertReadings(lab.db, device.id, readingsOf(supplemented, later(60)))
  await recordOsChange(lab.db, device.id, { at: later(60) }, later(61))
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'lost' })
  const [loss] = await lab.sql`select from_os, from_build, to_os, to_build from outside_updates
    where device_id = ${device.id}`
  expect(loss).toEqual({
    from_os: '26.3.1',
    from_build: '23D8133',
    to_os: '26.3.1 (a)',
    to_build: '23D771330a',
  })
})

test('it is part of the starting state, and its change is the end state of a trial', async () => {
  const { trialId, device } = await sentTrial(lab.db, {
    but: { ...base, ...supplemented },
    simulated: true,
  })
  const started = await findTrial(lab.db, trialId)
  expect(started).toMatchObject({ startOs: '26.3.1 (a)', startBuild: '23D8133' })
  expect(started?.startingState?.osSupplementalBuild?.value).toBe('23D771330a')
  const next = { ...supplemented, osSupplementalBuild: '23D771331a', osVersionExtra: '(b)' }
  await insertReadings(lab.db, device.id, readingsOf(next, later(300)))
  await recordOsChange(lab.db, device.id, { at: later(300) }, later(301))
  const ended = await findTrial(lab.db, trialId)
  expect(ended).toMatchObject({ endOs: '26.3.1 (b)', endSupplementalBuild: '23D771331a' })
  if (!ended) throw new Error('no trial')
  expect((await gatherEvidence(lab.db, ended, later(400))).current).toMatchObject({ extra: '(b)' })
  const [row] = await lab.sql`select start_supplemental_build, end_supplemental_build
    from trial_export where trial = ${trialId}`
  expect(row).toEqual({
    start_supplemental_build: '23D771330a',
    end_supplemental_build: '23D771331a',
  })
})

test('a check-in, which has no supplement, is no change', async () => {
  const { trialId, device } = await armedTrial(lab.db, { but: { ...base, ...supplemented } })
  const checkin = { osVersion: '26.3.1', osBuild: '23D8133' }
  await insertReadings(lab.db, device.id, readingsOf(checkin, later(60)))
  await recordOsChange(lab.db, device.id, { at: later(60) }, later(61))
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'armed' })
  expect((await recordedState(lab.db, device.id)).osSupplementalBuild).toBeUndefined()
})

test('a person types it as Settings show it; a version without its build gets a note', () => {
  const { readings, notes, problems } = understand({ osVersion: '26.3.1 (a)' }, 'iOS')
  expect(readings).toEqual([
    { field: 'osVersion', value: '26.3.1' },
    { field: 'osVersionExtra', value: '(a)' },
  ])
  expect(notes.join()).toContain('entered without its build')
  expect(problems).toEqual([])
  expect(understand({ osVersion: '12.01' }, 'iOS').problems).toMatchObject([
    { field: 'osVersion', accepted: expect.stringContaining('without leading zeros') },
  ])
})
