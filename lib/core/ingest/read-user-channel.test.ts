import { afterAll, beforeAll, expect, test } from 'vitest'
import { lastUserChannelAt } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { listEventsOfDevice } from '@/lib/db/queries/events/event-list'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { casePlist, postedBody } from './case-bodies.testing'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const receive = async (serverId: string, body: Uint8Array, s = 200) => {
  const id = await keepEvent(lab.db, serverId, body, later(s))
  if (id === undefined) return undefined
  await readOrSetAside(lab.db, id, later(s))
  return findRawEvent(lab.db, id)
}
const seenAt = async (id: string) => {
  const [row] = await lab.sql`select last_seen_at from devices where id = ${id}`
  return new Date(String(row?.last_seen_at))
}

test.each([
  ['NanoMDM', { user: 'pupil' }],
  ['NanoMDM that gives the device’s ids', {}],
  ['MicroMDM, which gives no ids', { micromdm: true }],
])('case 35: a user channel at %s is not the device', async (_, how) => {
  const device = await addDevice(lab.db)
  const plist = casePlist('35-user-channel-tokenupdate', device.enrollmentId)
  const posted = { udid: device.enrollmentId, plist, topic: 'mdm.TokenUpdate', at: later(200) }
  const before = await currentState(lab.db, device.id)
  const event = await receive(device.mdmServerId, postedBody({ ...posted, ...how }))
  expect(event).toMatchObject({ readState: 'read', kind: 'userChannel', deviceId: device.id })
  expect(event?.reason).toContain('pupil')
  // A person had typed that nobody is logged in; this event shows that somebody is.
  expect(before.userLoggedIn).toMatchObject({ value: false, source: 'typed' })
  const { userLoggedIn, ...others } = await currentState(lab.db, device.id)
  expect(userLoggedIn).toMatchObject({ value: true, source: 'mdm', answeredAt: later(200) })
  expect({ ...others, userLoggedIn: before.userLoggedIn }).toEqual(before)
  expect(await seenAt(device.id)).toEqual(now)
  expect(await lastUserChannelAt(lab.db, device.id)).toEqual(later(200))
  const [listed] = await listEventsOfDevice(lab.db, device.id, 1)
  expect(listed).toMatchObject({ id: event?.id, kind: 'userChannel', topic: 'mdm.TokenUpdate' })
})

const idle = (udid: string) =>
  Buffer.from(
    `<plist version="1.0"><dict><key>Status</key><string>Idle</string><key>UDID</key><string>${udid}</string><key>UserID</key><string>FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF</string><key>UserShortName</key><string>pupil</string></dict></plist>`,
  )

test.each([{ micromdm: true }, { user: 'pupil' }])(
  'an idle poll on a user channel is no contact of the device: %o',
  async (how) => {
    const device = await addDevice(lab.db)
    const udid = device.enrollmentId
    const body = postedBody({ udid, plist: idle(udid), status: 'Idle', at: later(60), ...how })
    expect(await receive(device.mdmServerId, body, 60)).toMatchObject({ kind: 'userChannel' })
    expect(await seenAt(device.id)).toEqual(now)
  },
)

test('an answer on a user channel is no answer of the device', async () => {
  const device = await addDevice(lab.db)
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  const udid = device.enrollmentId
  const { commandUuid } = ask
  for (const how of [{ micromdm: true }, { user: 'pupil' }]) {
    const answer = { udid, plist: idle(udid), status: 'Acknowledged', commandUuid, at: later(60) }
    const event = await receive(device.mdmServerId, postedBody({ ...answer, ...how }))
    expect(event).toMatchObject({ readState: 'read', kind: 'userChannel' })
  }
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({ answeredAt: null })
})

test('a user channel of an unknown device adds no device, and is matched once the device enrols', async () => {
  const serverId = await addServer(lab.db)
  const udid = 'shared-ipad-0001'
  const plist = casePlist('35-user-channel-tokenupdate', udid)
  const posted = { udid, plist, topic: 'mdm.TokenUpdate', user: 'pupil', at: later(10) }
  const event = await receive(serverId, postedBody(posted))
  expect(event).toMatchObject({ readState: 'unmatched', kind: 'userChannel', deviceId: null })
  const own = casePlist('34-enrol-authenticate', udid)
  await receive(
    serverId,
    postedBody({ udid, plist: own, topic: 'mdm.Authenticate', at: later(20) }),
  )
  await readOrSetAside(lab.db, event?.id ?? 0, later(30))
  expect(await findRawEvent(lab.db, event?.id ?? 0)).toMatchObject({
    readState: 'read',
    kind: 'userChannel',
  })
})
