import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { addDevice } from '../testing/device'
import { later } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { checkinBody } from '../testing/webhook'
import { keepEvent } from './keep-events'
import { readKeptEvent } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const receive = async (serverId: string, body: Uint8Array, at: Date) => {
  const id = await keepEvent(lab.db, serverId, body, at)
  if (id === undefined) throw new Error('nothing to read')
  await readKeptEvent(lab.db, id, at)
  return findRawEvent(lab.db, id)
}
const os = (version: string, build: string) =>
  `<key>OSVersion</key><string>${version}</string><key>BuildVersion</key><string>${build}</string>`
const twoDays = 2 * 86_400

test.each(['Authenticate', 'TokenUpdate', 'CheckOut'])(
  'a replayed %s changes nothing, however late it arrives',
  async (kind) => {
    const { trialId, device } = await armedTrial(lab.db, { at: later(twoDays) })
    const body = checkinBody(kind, device.enrollmentId, os('11.4', '15F79'), later(-10))
    const first = await receive(device.mdmServerId, body, later(-9))
    expect(first).toMatchObject({ readState: 'read' })
    const [state, row, events] = [
      await currentState(lab.db, device.id),
      await findDeviceRow(lab.db, device.id),
      await listTrialEvents(lab.db, trialId),
    ]
    for (const seconds of [60, twoDays + 60]) {
      const again = await receive(device.mdmServerId, body, later(seconds))
      expect(again).toMatchObject({
        readState: 'duplicate',
        duplicateOf: first?.id,
        deviceId: device.id,
      })
    }
    expect(await currentState(lab.db, device.id)).toEqual(state)
    expect((await findDeviceRow(lab.db, device.id))?.lastSeenAt).toEqual(row?.lastSeenAt)
    expect(await listTrialEvents(lab.db, trialId)).toEqual(events)
    expect((await findTrial(lab.db, trialId))?.state).toBe('armed')
  },
)

test('a replayed check-in sets no end state on a trial that is observing', async () => {
  const { device: tried, trialId } = await sentTrial(lab.db)
  const body = checkinBody('Authenticate', tried.enrollmentId, os('11.4', '15F79'), later(-90_000))
  await receive(tried.mdmServerId, body, later(-89_999))
  await receive(tried.mdmServerId, body, later(600))
  expect(await findTrial(lab.db, trialId)).toMatchObject({ endOs: null, endBuild: null })
})

test('the same check-in with another time is not a replay', async () => {
  const device = await addDevice(lab.db)
  for (const seconds of [10, 20]) {
    const body = checkinBody('TokenUpdate', device.enrollmentId, '', later(seconds))
    expect(await receive(device.mdmServerId, body, later(seconds + 1))).toMatchObject({
      readState: 'read',
    })
  }
})
