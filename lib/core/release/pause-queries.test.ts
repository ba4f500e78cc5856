import { afterEach, beforeEach, expect, test } from 'vitest'
import { insertReadings } from '@/lib/db/queries/devices/readings'
import { storeLabSetting } from '@/lib/db/queries/settings'
import {
  findCommand,
  findOpenCommand,
  listCommandsOfDevice,
  listUnaskedNotes,
} from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { systemActor } from '@/lib/domain/account/permissions'
import { renewRequestMs, requestLastsMs } from '@/lib/domain/trial/release'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { readingsOf } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { armedTrial, releaseSigned, seenSlot } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { pauseQueries } from './pause-queries'
import { fullQuery, queryDevice } from './query-device'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

/** The trial asks every 30 s, and the device answers each command 40 s after it was sent. */
const [askEvery, answersAfter, tick] = [30, 40, 10]

const noUpdate = '<key>OSUpdateStatus</key><array/>'
const sameOs =
  '<key>QueryResponses</key><dict><key>OSVersion</key><string>12.0.1</string><key>BuildVersion</key><string>16A404</string></dict>'

/** A trial whose first command is answered and whose second could be released now. */
async function slowDevice() {
  const by = { changedAt: later(0), changedBy: 'Lee' }
  await storeLabSetting(lab.db, 'probeSeconds', askEvery, by)
  const { trialId, device } = await armedTrial(lab.db)
  const clock = { at: 0 }
  const waiting = new Map<string, number>()
  const { servers, ledger } = fakeServer((uuid) => {
    waiting.set(uuid, clock.at + answersAfter)
    return { outcome: 'queued', reason: 'the server has it', httpStatus: 200 }
  })
  const round = () => carryOn({ db: lab.db, servers, clock: () => later(clock.at) })
  const advance = async (seconds: number) => {
    for (const end = clock.at + seconds; clock.at < end; ) {
      clock.at += tick
      for (const [commandUuid, dueAt] of waiting)
        if (dueAt <= clock.at) {
          waiting.delete(commandUuid)
          const { enrollmentId, mdmServerId } = device
          const at = later(clock.at)
          const asked = (await findCommand(lab.db, commandUuid))?.requestType
          const keys = asked === 'DeviceInformation' ? sameOs : noUpdate
          const answer = { enrollmentId, commandUuid, status: 'Acknowledged', keys, at }
          await keepEvent(lab.db, mdmServerId, answerBody(answer), at)
        }
      await round()
    }
  }
  const fresh = {
    supervised: true,
    batteryLevel: 0.9,
    externalPower: true,
    passcodePresent: false,
    freeCapacity: 40,
    totalCapacity: 64,
  }
  const release = async (ordinal: number) => {
    await insertReadings(lab.db, device.id, readingsOf(fresh, later(clock.at)))
    const seen = await seenSlot(lab.db, trialId, ordinal, later(clock.at))
    return releaseSigned(lab.db, engineer, seen, later(clock.at))
  }
  const hold = () => pauseQueries(lab.db, engineer, { trialId, ordinal: 2 }, later(clock.at))
  const open = () => findOpenCommand(lab.db, device.id)

  must(await release(1), 'released')
  await advance(250)
  return { trialId, device, ledger, advance, release, hold, open, clock }
}

test('a device that answers more slowly than the trial queries it can be released once the dialog is open', async () => {
  const { advance, release, hold, open } = await slowDevice()
  // Without a pause there is never a moment without an open query.
  for (let tries = 0; tries < 12; tries += 1) {
    await advance(tick)
    expect(await release(2)).toMatchObject({
      status: 'refused',
      reason: expect.stringMatching(
        /^waiting for the device's answer to \w+ \(sent \d+ s ago\), then you can release$/,
      ),
    })
  }
  expect(await hold()).toMatchObject({ waitsFor: { requestType: expect.any(String) } })
  await advance(answersAfter)
  expect(await open()).toBeUndefined()
  must(await release(2), 'released')
})

test('the queries go on once the release dialog is closed', async () => {
  const { advance, hold, open } = await slowDevice()
  await hold()
  await advance(answersAfter)
  expect(await open()).toBeUndefined()
  await advance(requestLastsMs / 1000)
  expect(await open()).toMatchObject({ purpose: 'probe' })
})

test('a query of the program that was not sent yet is cancelled at once', async () => {
  const { trialId, device, hold, open, clock } = await slowDevice()
  const settleOpen = () =>
    lab.sql`update commands set answered_at = ${later(clock.at).toISOString()} where answered_at is null`
  await settleOpen()
  const input = { deviceId: device.id, trialId }
  const asked = must(await queryDevice(lab.db, systemActor, input, later(clock.at)), 'asked')
  expect(await hold()).toEqual({ status: 'held', waitsFor: null })
  expect(await findCommand(lab.db, asked.commandUuid)).toMatchObject({ state: 'cancelled' })
  expect(await open()).toBeUndefined()
})

test("a person's own query goes before the release, which waits for it", async () => {
  const { device, advance, hold, clock } = await slowDevice()
  await hold()
  await advance(answersAfter)
  const input = { deviceId: device.id }
  const { commandUuid } = must(await queryDevice(lab.db, engineer, input, later(clock.at)), 'asked')
  expect(await hold()).toMatchObject({ waitsFor: { commandUuid } })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ state: 'reserved' })
})

/** A person's “Query device”: the device has its first query while somebody opens the release dialog. */
async function halfAsked() {
  const slow = await slowDevice()
  const { device, hold, advance, clock } = slow
  await hold()
  await advance(answersAfter)
  const input = { deviceId: device.id }
  const { commandUuid } = must(await queryDevice(lab.db, engineer, input, later(clock.at)), 'asked')
  await advance(tick)
  await hold()
  await advance(answersAfter)
  const askedBy = async () =>
    (await listCommandsOfDevice(lab.db, device.id, 100))
      .filter(({ reservedById }) => reservedById === engineer.id)
      .flatMap(({ purpose, requestType }) => (purpose === 'probe' ? [requestType] : []))
      .toReversed()
  const note = async () => (await listUnaskedNotes(lab.db, [commandUuid])).get(commandUuid)
  return { ...slow, askedBy, note }
}

const behind = 'SecurityInfo, AvailableOSUpdates, OSUpdateStatus'

test("a person's other queries wait, and are made once the dialog is closed without a release", async () => {
  const { advance, open, askedBy, note } = await halfAsked()
  expect(await open()).toBeUndefined()
  expect(await askedBy()).toEqual(['DeviceInformation'])
  expect(await note()).toBe(
    `Not queried yet: ${behind}, because Erin is about to release a command`,
  )
  await advance(requestLastsMs / 1000 + 4 * (answersAfter + tick))
  expect(await askedBy()).toEqual(fullQuery)
  expect(await note()).toBeUndefined()
})

test('while the dialog stays open they wait, and none is lost', async () => {
  const { advance, hold, askedBy } = await halfAsked()
  for (let renewed = 0; renewed < 4; renewed += 1) {
    await hold()
    await advance(renewRequestMs / 1000)
  }
  expect(await askedBy()).toEqual(['DeviceInformation'])
  await advance(requestLastsMs / 1000 + 4 * (answersAfter + tick))
  expect(await askedBy()).toEqual(fullQuery)
})

test('a release goes first, and the record says that they were not made', async () => {
  const { advance, release, askedBy, note } = await halfAsked()
  await advance(tick)
  must(await release(2), 'released')
  const reason = 'because command 2 of the trial was released first'
  expect(await note()).toBe(`Not queried: ${behind}, ${reason}`)
  await advance(400)
  expect(await askedBy()).toEqual(['DeviceInformation'])
})

test('a new query by hand replaces them', async () => {
  const { device, advance, clock, askedBy, note } = await halfAsked()
  must(await queryDevice(lab.db, engineer, { deviceId: device.id }, later(clock.at)), 'asked')
  expect(await note()).toBe(`Not queried: ${behind}, because the device was queried again`)
  await advance(4 * (answersAfter + tick))
  expect(await askedBy()).toEqual(['DeviceInformation', ...fullQuery])
})

test('queries that are no longer possible after the dialog was closed are on the record', async () => {
  const { device, advance, askedBy, note } = await halfAsked()
  await lab.sql`update mdm_servers set stop_reason = 'an odd answer' where id = ${device.mdmServerId}`
  await advance(requestLastsMs / 1000 + tick)
  expect(await note()).toMatch(`Not queried: ${behind}, because sending through`)
  expect(await askedBy()).toEqual(['DeviceInformation'])
})

test('nobody pauses queries without permission to release, nor for a slot that cannot be released', async () => {
  const { trialId, hold } = await slowDevice()
  const viewer = { id: 'v1', name: 'Vi', role: 'viewer' as const }
  const slot = (ordinal: number) => ({ trialId, ordinal })
  for (const refusedOne of [
    await pauseQueries(lab.db, viewer, slot(2), later(500)),
    await pauseQueries(lab.db, engineer, slot(1), later(500)),
  ])
    expect(refusedOne).toMatchObject({ status: 'refused' })
  expect(await hold()).toMatchObject({ status: 'held' })
})
