import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { recordDeviation } from '@/lib/core/record/record-deviation'
import { addDevice } from '@/lib/core/testing/device'
import { engineer, later, must, now } from '@/lib/core/testing/people'
import { armedTrial, seenSlot, sentTrial } from '@/lib/core/testing/trial'
import { withdrawTrial } from '@/lib/core/trials/close-trial'
import { draftTrial } from '@/lib/core/trials/prepare-trial'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import { type FlowPlace, flowBoxes, flowOf, inBox } from '@/lib/domain/statistics/flow'
import { deviationsOf } from '@/lib/domain/trial/deviation'
import { countFlow } from './flow'
import { countTrials } from './trial-list'
import { listTrialEvents } from './trials'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const flow = async () => flowOf(await countFlow(lab.db, 'real', {}))
const listed = (place: FlowPlace) =>
  countTrials(lab.db, { environment: 'real', filter: { flow: place } })

async function concluded(trialId: string, outcome: string) {
  await pastTriggers(
    lab.sql,
    (tx) =>
      tx`update trials set state = 'concluded', outcome = ${outcome}, concluded_at = now() where id = ${trialId}`,
  )
  await lab.sql`select recount_outcomes()`
}

/** A sent trial that kept to its protocol: the readings of these tests are entered by hand, which is a deviation. */
async function perProtocol() {
  const { trialId } = await sentTrial(lab.db)
  const [found] = deviationsOf(await listTrialEvents(lab.db, trialId))
  const { id: correctsId, what } = found?.entry ?? { id: 0, what: '' }
  const reason = 'the protocol asks for it'
  const judged = { ...{ trialId, what, why: '', effect: 'none' as const }, correctsId, reason }
  const input = { ...judged, stands: false, nonce: randomUUID() }
  must(await recordDeviation(lab.db, engineer, input, later(200)), 'recorded')
  return trialId
}

/** One trial for each way through, by the services as far as they go. */
async function allWays() {
  const draft = await armedTrial(lab.db)
  const { protocolVersionId } = (
    await lab.sql<{ protocolVersionId: string }[]>`
      select protocol_version_id as "protocolVersionId" from trials where id = ${draft.trialId}`
  )[0] ?? { protocolVersionId: '' }
  const device = await addDevice(lab.db)
  const input = { deviceId: device.id, protocolVersionId, expectation: 'It installs.' }
  must(await draftTrial(lab.db, engineer, input, now), 'done')
  const empty = await armedTrial(lab.db, { but: { batteryLevel: 0.1, externalPower: false } })
  await seenSlot(lab.db, empty.trialId)
  const ended = { trialId: empty.trialId, reason: 'The battery is empty.' }
  must(await withdrawTrial(lab.db, engineer, ended, now), 'closed')
  const fit = await armedTrial(lab.db)
  await seenSlot(lab.db, fit.trialId)
  const dropped = { trialId: fit.trialId, reason: 'Not needed any more.' }
  must(await withdrawTrial(lab.db, engineer, dropped, now), 'closed')
  await perProtocol()
  const first = await perProtocol()
  await concluded(first, 'refused')
  await concluded(await perProtocol(), 'voidInfrastructure')
  await concluded(await perProtocol(), 'installedAsExpected')
  const { trialId: second } = await sentTrial(lab.db)
  await onDeviceOf(first, second)
  await concluded(second, 'refused')
}

/** The later trial as one of the earlier one's device, from another build. */
const onDeviceOf = (earlier: string, later: string) =>
  pastTriggers(
    lab.sql,
    (tx) => tx`update trials set start_build = 'other', sent_at = e.sent_at + interval '1 day',
      device_id = e.device_id from trials e where e.id = ${earlier} and trials.id = ${later}`,
  )

test('the diagram is counted from the records, and each box has the trials of its list', async () => {
  await allWays()
  const counted = await flow()
  expect(counted).toMatchObject({
    drafted: 9,
    notRegistered: [{ why: 'draft', trials: 1 }],
    screenedOut: [{ why: 'Q12', trials: 1 }],
    notReleased: [
      { why: 'armed', trials: 1 },
      { why: 'withdrawn', trials: 1 },
    ],
    released: 5,
    deviated: 1,
    notAnalysed: [
      { why: 'againstBuilds', trials: 1 },
      { why: 'observing', trials: 1 },
      { why: 'voidInfrastructure', trials: 1 },
    ],
    analysed: 2,
    firstTrial: 1,
    usedBefore: 1,
  })
  for (const box of flowBoxes) {
    expect([box, await listed(box)]).toEqual([box, inBox(counted, box)])
    const content = counted[box]
    for (const exit of typeof content === 'number' ? [] : content)
      expect(await listed(`${box}:${exit.why}` as FlowPlace)).toBe(exit.trials)
  }
})

test('a trial of the other environment is in no box', async () => {
  const before = await flow()
  await armedTrial(lab.db, { simulated: true })
  expect(await flow()).toEqual(before)
})
