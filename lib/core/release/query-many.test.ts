import { afterEach, beforeEach, expect, test } from 'vitest'
import { updateDevice } from '@/lib/db/queries/devices/devices'
import { listQueryRuns, listRunDevices } from '@/lib/db/queries/devices/query-runs'
import { listCommandsOfDevice } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { queryRunLimits } from '@/lib/domain/device/query-run'
import { carryOn } from '@/lib/worker/carry-on'
import { keepEvent } from '../ingest/keep-events'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must } from '../testing/people'
import { answerBody } from '../testing/webhook'
import { queryDevice } from './query-device'
import { startQueryRun, stopQueryRun } from './query-many'

let lab: TestDb
beforeEach(async () => {
  lab = await createTestDb()
})
afterEach(() => lab.drop())

type Device = Awaited<ReturnType<typeof addDevice>>

/** Devices of one MDM server; each answers at once unless it is asleep. */
async function bench(count: number) {
  const serverId = await addServer(lab.db)
  const devices: Device[] = []
  for (let n = 0; n < count; n += 1) devices.push(await addDevice(lab.db, { serverId }))
  const asleep = new Set<string>()
  const { servers, ledger } = fakeServer()
  const clock = { at: 0 }
  const answered = new Set<string>()
  /** One round of the worker, and then what the devices answer to all that was sent. */
  const round = async (seconds = 1) => {
    clock.at += seconds
    await carryOn({ db: lab.db, servers, clock: () => later(clock.at) })
    for (const device of devices.filter(({ id }) => !asleep.has(id)))
      for (const { commandUuid, state } of await listCommandsOfDevice(lab.db, device.id, 50)) {
        if (state !== 'queued' || answered.has(commandUuid)) continue
        answered.add(commandUuid)
        const { enrollmentId, mdmServerId } = device
        const at = later(clock.at)
        await keepEvent(
          lab.db,
          mdmServerId,
          answerBody({ enrollmentId, commandUuid, status: 'Acknowledged', at }),
          at,
        )
      }
  }
  const rounds = async (many: number, seconds = 1) => {
    for (let n = 0; n < many; n += 1) await round(seconds)
  }
  const start = (more: Partial<Parameters<typeof startQueryRun>[2]> = {}) =>
    startQueryRun(lab.db, engineer, { environment: 'real', filter: {}, ...more }, later(clock.at))
  const states = async () => {
    const [run] = await listQueryRuns(lab.db, 'real', { limit: 1 })
    return { ...run?.counts, ended: run?.endedAt !== null }
  }
  const queriesOf = async ({ id }: Device) =>
    (await listCommandsOfDevice(lab.db, id, 50)).map(({ requestType }) => requestType).reverse()
  return { devices, asleep, ledger, clock, rounds, start, states, queriesOf }
}

test('every device of the list is queried once with all queries, a few at a time', async () => {
  const { devices, start, rounds, states, queriesOf } = await bench(7)
  expect(must(await start(), 'started')).toMatchObject({ devices: 7, leftOut: 0 })
  await rounds(1)
  expect(await states()).toEqual({ querying: 5, waiting: 2, ended: false })
  await rounds(12)
  expect(await states()).toEqual({ answered: 7, ended: true })
  for (const device of devices)
    expect(await queriesOf(device)).toEqual([
      'DeviceInformation',
      'SecurityInfo',
      'AvailableOSUpdates',
      'OSUpdateStatus',
    ])
})

test('devices that are asleep keep no other one waiting, and are reported after half an hour', async () => {
  const { devices, asleep, start, rounds, states, ledger } = await bench(6)
  for (const { id } of devices.slice(0, 5)) asleep.add(id)
  const order = devices.map(({ id }) => id)
  must(await start(), 'started')
  await rounds(1)
  const sent = ledger.enqueued.length
  expect(sent).toBeLessThanOrEqual(5)
  await rounds(8, queryRunLimits.awakeMs / 1000)
  expect(await states()).toMatchObject({ answered: 1, querying: 5 })
  await rounds(2, queryRunLimits.answerWithinMs / 1000)
  expect(await states()).toEqual({ answered: 1, notAnswered: 5, ended: true })
  const rows = await listRunDevices(lab.db, 1)
  expect(rows.find(({ deviceId }) => deviceId === order[0])?.reason).toBe(
    'DeviceInformation was not answered within 30 minutes; it stays in the queue',
  )
  // One command in flight per device, however long it sleeps.
  expect(ledger.enqueued).toHaveLength(5 + 4)
})

test('a device with an open command waits for its end, and one that was retired meanwhile is left alone', async () => {
  const { devices, asleep, start, rounds, states, clock } = await bench(2)
  const [busy, gone] = devices
  if (!busy || !gone) throw new Error('the bench has two devices')
  asleep.add(busy.id)
  must(await queryDevice(lab.db, engineer, { deviceId: busy.id }, later(0)), 'asked')
  await rounds(1)
  const { runId } = must(await start(), 'started')
  await updateDevice(lab.db, gone.id, {
    retiredAt: later(clock.at),
    retirementReason: 'Broken glass',
  })
  await rounds(2)
  const rows = await listRunDevices(lab.db, runId)
  expect(rows.map(({ state, reason }) => [state, reason])).toEqual([
    ['notQueried', 'the device is retired'],
    ['waiting', 'DeviceInformation is still queued on it; one command at a time'],
  ])
  asleep.clear()
  await rounds(20)
  expect(await states()).toEqual({ notQueried: 1, answered: 1, ended: true })
})

test('a stopped run queries nothing more, and says who stopped it', async () => {
  const { asleep, devices, start, rounds, states, ledger } = await bench(7)
  for (const { id } of devices) asleep.add(id)
  const { runId } = must(await start(), 'started')
  await rounds(1)
  const sent = ledger.enqueued.length
  must(await stopQueryRun(lab.db, engineer, { runId }, later(2)), 'stopped')
  await rounds(3)
  expect(ledger.enqueued).toHaveLength(sent)
  expect(await states()).toEqual({ notAnswered: 5, notQueried: 2, ended: true })
  const reasons = new Set((await listRunDevices(lab.db, runId)).map(({ reason }) => reason))
  expect([...reasons].sort()).toEqual([
    'Erin stopped the run before it answered; its command stays in the queue',
    'Erin stopped the run before its turn',
  ])
  expect(await stopQueryRun(lab.db, engineer, { runId }, later(3))).toMatchObject({
    reason: 'It has ended already.',
  })
})

test('in a window devices are queried again before their readings are stale, and not outside of it', async () => {
  const { devices, start, rounds, states, queriesOf } = await bench(1)
  const [device] = devices
  if (!device) throw new Error('the bench has a device')
  must(await start({ window: { from: later(600), until: later(600 + 20 * 60) } }), 'started')
  await rounds(5, 100)
  expect(await queriesOf(device)).toEqual([])
  const times = async () =>
    (await queriesOf(device)).filter((one) => one === 'DeviceInformation').length
  await rounds(6, 20)
  expect(await times()).toBe(1)
  // Every five minutes of the twenty, as the shortest age that a rule allows is ten.
  await rounds(16, 20)
  expect(await times()).toBe(2)
  await rounds(50, 20)
  expect(await states()).toEqual({ answered: 1, ended: true })
  expect(await times()).toBe(4)
})

test('nothing is begun where nothing can be queried, too much is chosen, or the window is wrong', async () => {
  const { start } = await bench(1)
  expect(await start({ filter: { text: 'no such device' } })).toMatchObject({
    reason: expect.stringMatching(/^No device of this list can be queried/),
  })
  expect(await start({ window: { from: later(60), until: later(30) } })).toMatchObject({
    field: 'window',
  })
  expect(await start({ environment: 'simulated' })).toMatchObject({ status: 'refused' })
})
