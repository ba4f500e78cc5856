import { afterAll, beforeAll, expect, test } from 'vitest'
import { listOutsideUpdates } from '@/lib/db/queries/devices/outside-updates'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { SendResult } from '@/lib/mdm/server'
import { typeReadings } from '../devices/type-readings'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, lead, must, now } from '../testing/people'
import {
  armedTrial,
  proofOf,
  releasedTrial,
  reviewedProtocol,
  sentTrial,
  twoSlots,
} from '../testing/trial'
import { answerBody, checkinBody } from '../testing/webhook'
import { voidTrial, withdrawTrial } from '../trials/close-trial'
import { draftTrial, registerTrial } from '../trials/prepare-trial'
import { recordOsChange } from './detect-os-change'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

type Device = Awaited<ReturnType<typeof addDevice>>

const receive = async (serverId: string, body: Uint8Array, at: Date) => {
  const id = await keepEvent(lab.db, serverId, body, at)
  if (id === undefined) throw new Error('the event was not kept')
  await readKeptEvent(lab.db, id, at)
  return id
}

/** The device enrols and reports its OS. */
const enrol = (device: Device, os: string, build: string, at: Date) => {
  const keys = `<key>OSVersion</key><string>${os}</string><key>BuildVersion</key><string>${build}</string>
    <key>ProductName</key><string>iPhone10,1</string><key>SerialNumber</key><string>${device.serial}</string>`
  return receive(device.mdmServerId, checkinBody('Authenticate', device.enrollmentId, keys, at), at)
}
const losses = (device: { id: string }) => listOutsideUpdates(lab.db, device.id)

test('a changed OS without a trial is one update outside a trial, from the OS the device had, with its event', async () => {
  const device = await addDevice(lab.db)
  const rawEventId = await enrol(device, '12.1', '16B92', later(100))
  expect(await losses(device)).toMatchObject([
    {
      fromOs: '12.0.1',
      fromBuild: '16A404',
      toOs: '12.1',
      toBuild: '16B92',
      seenAt: later(100),
      source: 'mdm',
      rawEventId,
      simulated: false,
      acknowledgedAt: null,
    },
  ])
  await enrol(device, '12.1', '16B92', later(200))
  expect(await losses(device)).toHaveLength(1)
})

test('an answer to a query shows an update outside a trial, as a check-in does', async () => {
  const device = await addDevice(lab.db)
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  const keys = `<key>QueryResponses</key><dict><key>OSVersion</key><string>12.1</string>
    <key>BuildVersion</key><string>16B92</string></dict>`
  const { commandUuid } = ask
  const body = answerBody({ ...device, commandUuid, status: 'Acknowledged', keys, at: later(50) })
  const rawEventId = await receive(device.mdmServerId, body, later(50))
  expect(await losses(device)).toMatchObject([{ toOs: '12.1', rawEventId }])
})

test('the first reading of a device is no update outside a trial', async () => {
  const device = await addDevice(lab.db, { but: { osVersion: undefined, osBuild: undefined } })
  await enrol(device, '12.1', '16B92', later(100))
  expect(await losses(device)).toEqual([])
})

test('a build that changes alone, and a restore to an older version, are recorded', async () => {
  const device = await addDevice(lab.db)
  await enrol(device, '12.0.1', '16A405', later(100))
  await enrol(device, '11.4.1', '15G77', later(200))
  expect(await losses(device)).toMatchObject([
    { fromOs: '12.0.1', toOs: '11.4.1' },
    { fromBuild: '16A404', toBuild: '16A405' },
  ])
})

test('an update outside a trial on a virtual device is simulated', async () => {
  const device = await addDevice(lab.db, { simulated: true })
  await enrol(device, '12.1', '16B92', later(100))
  expect(await losses(device)).toMatchObject([{ simulated: true, source: 'simulated' }])
})

test('a typed OS counts and names who typed it, and its build typed later is no second update', async () => {
  const device = await addDevice(lab.db)
  const type = async (texts: object, at: Date) =>
    must(await typeReadings(lab.db, engineer, { deviceId: device.id, texts }, at), 'typed')
  await type({ osVersion: '12.1' }, later(100))
  await type({ osBuild: '16B92' }, later(200))
  expect(await losses(device)).toMatchObject([
    { toOs: '12.1', toBuild: null, source: 'typed', byName: engineer.name, rawEventId: null },
  ])
})

test('an imported OS does not count', async () => {
  const device = await addDevice(lab.db)
  const imported = readingsOf({ osVersion: '12.1', osBuild: '16B92' }, later(100))
  await insertReadings(
    lab.db,
    device.id,
    imported.map((reading) => ({ ...reading, source: 'imported' as const })),
  )
  await recordOsChange(lab.db, device.id, { at: later(100) }, later(100))
  expect(await losses(device)).toEqual([])
})

test('a late reply with an older OS is no update outside a trial', async () => {
  const device = await addDevice(lab.db)
  await enrol(device, '11.4.1', '15G77', later(-500))
  expect(await losses(device)).toEqual([])
})

const drafted = async (at = now) => {
  const device = await addDevice(lab.db)
  const versionId = await reviewedProtocol(lab.db, twoSlots, at)
  const draft = { deviceId: device.id, protocolVersionId: versionId, expectation: 'It installs.' }
  const { trialId } = must(await draftTrial(lab.db, engineer, draft, at), 'done')
  return { device, trialId }
}
const registered = async () => {
  const trial = await drafted()
  must(await registerTrial(lab.db, engineer, { trialId: trial.trialId }, now), 'done')
  return trial
}

test.each([
  ['draft', drafted],
  ['registered', registered],
  ['armed', () => armedTrial(lab.db)],
])('a %s trial of the device is lost with the reason', async (state, prepare) => {
  const { device, trialId } = await prepare()
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state })
  await enrol(device, '12.1', '16B92', later(100))
  const [loss] = await losses(device)
  expect(await findTrial(lab.db, trialId)).toMatchObject({
    state: 'lost',
    closedReason: 'the OS changed outside the trial',
    endOs: '12.1',
    endBuild: '16B92',
    endSeenAt: later(100),
  })
  expect((await listTrialEvents(lab.db, trialId)).at(-1)).toMatchObject({
    kind: 'lost',
    text: expect.stringContaining(
      'Updated outside a trial: 12.0.1 (16A404) before, then found on 12.1 (16B92)',
    ),
    data: { outsideUpdateId: loss?.id },
  })
})

test('a trial drafted after the change starts from the new OS', async () => {
  const { device, trialId } = await drafted(later(300))
  await enrol(device, '12.1', '16B92', later(100))
  expect(await losses(device)).toHaveLength(1)
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'draft' })
})

const released = () => releasedTrial(lab.db)
const sent = (result?: SendResult) => sentTrial(lab.db, result && { result })
const unanswered: SendResult = { outcome: 'unconfirmed', reason: 'no answer came' }
const refusal: SendResult = { outcome: 'refused', reason: 'the server said no' }

test('a released command that was not sent explains no change: it is cancelled', async () => {
  const { device, trialId, commandUuid } = await released()
  await enrol(device, '12.1', '16B92', later(30))
  expect(await losses(device)).toHaveLength(1)
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'lost' })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'cancelled' })
})

test.each([
  ['queued', undefined],
  ['unconfirmed', unanswered],
] as const)('F01: a slot that is %s explains the change', async (state, answer) => {
  const { device, trialId, commandUuid } = await sent(answer)
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state })
  await enrol(device, '12.1', '16B92', later(900))
  expect(await losses(device)).toEqual([])
  expect(await findTrial(lab.db, trialId)).toMatchObject({ endBuild: '16B92' })
})

test('a command that the MDM server refused explains no change', async () => {
  const { device, trialId } = await sent(refusal)
  await enrol(device, '12.1', '16B92', later(900))
  expect(await losses(device)).toHaveLength(1)
  expect(await findTrial(lab.db, trialId)).toMatchObject({ endBuild: '16B92' })
})

test('a command does not explain a change that was seen before it was sent', async () => {
  const { device } = await sent()
  await enrol(device, '12.1', '16B92', later(30))
  expect(await losses(device)).toHaveLength(1)
})

test.each([
  ['withdrawn', withdrawTrial],
  ['void', voidTrial],
] as const)(
  'the command of a trial that is %s still explains a change from its starting state, and no further one',
  async (_, close) => {
    const { device, trialId } = await sent()
    const reason = 'the bench was cleared'
    const proofId = await proofOf(lab.db, lead, 'voidTrial', trialId, later(300))
    must(await close(lab.db, lead, { trialId, reason, proofId }, later(300)), 'closed')
    await enrol(device, '12.1', '16B92', later(900))
    expect(await losses(device)).toEqual([])
    await enrol(device, '12.1.1', '16C50', later(1800))
    expect(await losses(device)).toMatchObject([{ fromOs: '12.1', toOs: '12.1.1' }])
  },
)
