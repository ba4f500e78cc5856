import { afterAll, beforeAll, expect, test } from 'vitest'
import { changeRadar } from '@/lib/core/record/change-radar'
import { concludedTrial } from '@/lib/core/record/trial-trip.testing'
import { proposeRadar, writeRadar } from '@/lib/core/record/write-radar'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, later, lead, must } from '@/lib/core/testing/people'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { listVerificationEntries, listVerificationPlans } from './verification'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const onDay = (day: string) => new Date(`${day}T09:00:00Z`)
const plansAt = (day: string) => listVerificationPlans(lab.db, 'real', onDay(day))

test('a filed radar is planned by the shipped catalogue and the unused devices of its environment', async () => {
  const from = { osVersion: '11.2.6', osBuild: '15D100' }
  const outcome = 'installedAfterUserAction'
  const { trialId, device: updated } = await concludedTrial(lab.db, { but: from, outcome })
  const at = { osVersion: '12.1', osBuild: '16B92' }
  const there = await addDevice(lab.db, { but: at })
  const other = await addDevice(lab.db, { but: at, simulated: true })
  const origin = { trialId }
  const { content } = must(await proposeRadar(lab.db, engineer, origin), 'proposed')
  const written = await writeRadar(lab.db, engineer, { origin, content }, later(2000))
  const { radarId } = must(written, 'written')
  expect(await plansAt('2018-12-01')).toEqual([])
  const change = (more: Partial<Parameters<typeof changeRadar>[2]>) =>
    changeRadar(
      lab.db,
      lead,
      { radarId, kind: 'filed', reason: 'As Apple wrote.', trials: '', ...more },
      later(3000),
    )
  must(await change({ number: '45414727' }), 'changed')
  expect(await plansAt('2018-12-01')).toMatchObject([
    { radar: { id: radarId }, plan: { verifiable: { state: 'unknown' }, devices: [] } },
  ])
  must(await change({ kind: 'claimedFixed', version: '12.1' }), 'changed')
  const [planned] = await plansAt('2018-12-01')
  expect(planned?.plan.verifiable).toEqual({ state: 'known', on: '2018-12-05', target: '12.1.1' })
  const ways = planned?.plan.devices.filter(({ hop }) => hop === undefined)
  // The device of the trial has come to 12.1 with it.
  expect(ways?.map(({ device }) => device).toSorted()).toEqual([there.id, updated.id].toSorted())
  const entriesOf = (deviceId: string) =>
    listVerificationEntries(lab.db, 'real', onDay('2018-12-01'), deviceId)
  expect(await entriesOf(there.id)).toMatchObject([
    { when: { day: '2018-12-05' }, about: { kind: 'radar', id: radarId } },
  ])
  expect(await entriesOf(other.id)).toEqual([])
  must(await change({ kind: 'claimedFixed', version: '12.99' }), 'changed')
  expect((await plansAt('2018-12-01'))[0]?.plan.verifiable).toMatchObject({
    reason: 'the catalogue has no release day of iOS 12.99',
  })
  expect(await listVerificationPlans(lab.db, 'simulated', onDay('2018-12-01'))).toEqual([])
})
