import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { findCommand } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

// Envelopes as other programs forward them, and answers whose envelope and payload disagree.
let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const asked = async () => {
  const device = await addDevice(lab.db)
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  return { ...device, commandUuid: ask.commandUuid }
}
type Asked = Awaited<ReturnType<typeof asked>>

const plist = ({ commandUuid }: Pick<Asked, 'commandUuid'>, status = 'Acknowledged') =>
  `<plist version="1.0"><dict><key>CommandUUID</key><string>${commandUuid}</string>
  <key>Status</key><string>${status}</string>
  <key>QueryResponses</key><dict><key>OSVersion</key><string>12.3.1</string>
  <key>BuildVersion</key><string>16F203</string></dict></dict></plist>`
const base64 = (text: string) => Buffer.from(text).toString('base64')

const receive = async (
  device: Asked,
  change: object,
  { topic = 'mdm.Connect', payload = '' } = {},
) => {
  const event = {
    topic,
    event_id: 'e1',
    created_at: later(100).toISOString(),
    acknowledge_event: {
      udid: device.enrollmentId,
      ids: { id: device.enrollmentId, type: 'Device' },
      status: 'Acknowledged',
      command_uuid: device.commandUuid,
      raw_payload: base64(payload || plist(device)),
      ...change,
    },
  }
  const body = Buffer.from(JSON.stringify(event))
  const id = (await keepEvent(lab.db, device.mdmServerId, body, later(200))) ?? 0
  await readOrSetAside(lab.db, id, later(200))
  return findRawEvent(lab.db, id)
}
const osOf = async ({ id }: Asked) => {
  const { osVersion, osBuild } = await currentState(lab.db, id)
  return [osVersion?.value, osBuild?.value]
}

test.each([
  ['null for what it does not know', { ids: null, enrollment_id: null, token: null }],
  ['ids that name nobody', { ids: { id: '', type: '' } }],
  ['an empty UDID', { udid: '' }],
  ['no CommandUUID', { command_uuid: undefined }],
  ['an empty CommandUUID', { command_uuid: '' }],
  ['no status', { status: undefined }],
  ['a status in other letters', { status: 'ACKNOWLEDGED' }],
  ['no ids, as MicroMDM sends it', { ids: undefined }],
])('an answer with %s settles its query and is read', async (_, change) => {
  const device = await asked()
  expect(await receive(device, change)).toMatchObject({ readState: 'read', deviceId: device.id })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
    answerStatus: 'Acknowledged',
    answerCount: 1,
  })
  expect(await osOf(device)).toEqual(['12.3.1', '16F203'])
})

test('an answer with an unknown topic settles its query', async () => {
  const device = await asked()
  await receive(device, {}, { topic: 'mdm.Report' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerCount: 1 })
})

test.each(['notnow', 'NOTNOW', ' NotNow '])(
  '“%s” is NotNow: the server delivers it again, so the query stays open',
  async (status) => {
    const device = await asked()
    await receive(device, { status }, { payload: plist(device, status) })
    expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
      answeredAt: null,
      notNowCount: 1,
    })
  },
)

test.each([
  ['Idle, which answers nothing', { status: 'Idle' }, ''],
  ['no status in either half', { status: null }, 'no plist'],
])('a query stays open after %s', async (_, change, payload) => {
  const device = await asked()
  const event = await receive(device, change, { payload })
  expect(event).toMatchObject({ deviceId: device.id, countedAsAnswer: false })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: null })
})

test.each([
  ['another command', plist({ commandUuid: '6e1dbd1c-0000-4000-8000-00000000abcd' })],
  ['another status', plist({ commandUuid: '' }, 'Error').replace(/<key>CommandUUID.*\n/, '')],
])(
  'a payload that names %s than its envelope is not read, and the query is settled',
  async (_, payload) => {
    const device = await asked()
    expect(await receive(device, {}, { payload })).toMatchObject({
      readState: 'unreadable',
      reason: expect.stringContaining('its envelope'),
    })
    expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerCount: 1 })
    expect(await osOf(device)).toEqual([undefined, undefined])
  },
)

test.each(['12.01', 'iOS 12.3.1', '16F203', ' '])(
  'an OS version reported as “%s” is unknown',
  async (version) => {
    const device = await asked()
    await receive(device, {}, { payload: plist(device).replace('12.3.1', version) })
    expect(await osOf(device)).toEqual([undefined, '16F203'])
  },
)

test('a user channel is recognised in whatever case its type is written', async () => {
  const device = await asked()
  const event = await receive(device, { ids: { id: device.enrollmentId, type: 'shared ipad' } })
  expect(event).toMatchObject({ kind: 'userChannel' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: null })
})
