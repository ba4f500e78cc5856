import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { readingsOf } from '../testing/device'
import { engineer, later, lead, must, now } from '../testing/people'
import { armedTrial, proofOf, releaseSigned, seenSlot, twoSlots } from '../testing/trial'
import { counterSign } from './counter-sign'
import { listWaitingReleases } from './waiting-releases'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

const byTwo = { ...twoSlots, twoPersonRelease: true }
const waitingFor = async (actor: Actor, at = now) =>
  (await listWaitingReleases(lab.db, actor, 'real', at)).map(({ trialId }) => trialId)

const sign = async (trialId: string, at: Date) => {
  const seen = await seenSlot(lab.db, trialId, 1, at)
  const proofId = await proofOf(lab.db, lead, 'counterSign', trialId, at)
  must(await counterSign(lab.db, lead, { ...seen, proofId }, at), 'counterSigned')
}

test('of several armed trials those wait that need a second person, the oldest first, until one has signed', async () => {
  const first = await armedTrial(lab.db, { plan: byTwo })
  await armedTrial(lab.db, { at: later(1) })
  const third = await armedTrial(lab.db, { plan: byTwo, at: later(2) })
  expect(await listWaitingReleases(lab.db, lead, 'real', later(3))).toEqual([
    expect.objectContaining({ trialId: first.trialId, ordinal: 1, armedBy: engineer.name }),
    expect.objectContaining({ trialId: third.trialId, ordinal: 1, armedBy: engineer.name }),
  ])
  expect(await listWaitingReleases(lab.db, lead, 'simulated', later(3))).toEqual([])
  expect(await waitingFor({ id: 'v1', name: 'Vic', role: 'viewer' }, later(3))).toEqual([])
  await sign(first.trialId, later(4))
  expect(await waitingFor(lead, later(5))).toEqual([third.trialId])
  // Another release than the one that was seen: it waits again.
  await insertReadings(lab.db, first.device.id, readingsOf({ passcodePresent: true }, later(6)))
  expect(await waitingFor(lead, later(7))).toEqual([first.trialId, third.trialId])
})

test('a release on a device that does not qualify waits for nobody, and one that was released waits no more', async () => {
  const { trialId, device } = await armedTrial(lab.db, { plan: byTwo })
  expect(await waitingFor(lead)).toEqual([trialId])
  await insertReadings(lab.db, device.id, readingsOf({ supervised: false }, later(5)))
  expect(await waitingFor(lead, later(6))).toEqual([])
  await insertReadings(lab.db, device.id, readingsOf({ supervised: true }, later(10)))
  expect(await waitingFor(lead, later(11))).toEqual([trialId])
  await sign(trialId, later(12))
  must(
    await releaseSigned(lab.db, engineer, await seenSlot(lab.db, trialId, 1, later(13)), later(13)),
    'released',
  )
  expect(await waitingFor(lead, later(14))).toEqual([])
})

test('the last device of its version waits for a lead, and for nobody else', async () => {
  const { trialId } = await armedTrial(lab.db, { twoPersonRelease: 'lastOne' })
  expect(await waitingFor({ id: 'e2', name: 'Eve', role: 'engineer' })).toEqual([])
  expect(await waitingFor(lead)).toEqual([trialId])
})
