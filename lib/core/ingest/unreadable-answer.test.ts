import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent, putBackToUnread } from '@/lib/db/queries/events/raw-events'
import { findCommand, listCommandsOfDevice } from '@/lib/db/queries/trials/commands'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { deliver } from '../release/deliver'
import { queryDevice } from '../release/query-device'
import { addDevice, addServer } from '../testing/device'
import { fakeServer } from '../testing/mdm-server'
import { engineer, later, must, now } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { casePlist, postedBody } from './case-bodies.testing'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const receive = async (serverId: string, body: Uint8Array, s = 200) => {
  const id = (await keepEvent(lab.db, serverId, body, later(s))) ?? 0
  await readOrSetAside(lab.db, id, later(s))
  return findRawEvent(lab.db, id)
}

const asked = async () => {
  const device = await addDevice(lab.db)
  const ask = must(await queryDevice(lab.db, engineer, { deviceId: device.id }, now), 'asked')
  await deliver(lab.db, fakeServer().servers, ask.commandUuid, () => later(1))
  return { ...device, commandUuid: ask.commandUuid }
}
const posted = (
  device: { enrollmentId: string; commandUuid: string },
  but: Partial<Parameters<typeof postedBody>[0]>,
) =>
  postedBody({
    udid: device.enrollmentId,
    commandUuid: device.commandUuid,
    status: 'Acknowledged',
    plist: Buffer.from('no plist'),
    at: later(100),
    ...but,
  })

test.each([
  ['no plist at all', { plist: Buffer.from('no plist') }],
  ['a cut binary plist', { plist: Buffer.from('bplist00\u0001\u0002') }],
  [
    'an integer that cannot be read exactly',
    {
      plist: Buffer.from(
        '<plist><dict><key>Big</key><integer>9007199254740993</integer></dict></plist>',
      ),
    },
  ],
  ['base64 that is none', { raw: '%%%' }],
  ['no payload', { raw: '' }],
])('a query is settled by an answer of %s, and its fields are unknown', async (_, but) => {
  const device = await asked()
  const event = await receive(device.mdmServerId, posted(device, but))
  expect(event).toMatchObject({
    readState: 'unreadable',
    kind: 'answer',
    deviceId: device.id,
    reason: expect.stringMatching(/\w/),
    countedAsAnswer: true,
  })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
    answeredAt: later(100),
    answerStatus: 'Acknowledged',
    answerCount: 1,
  })
  const state = await currentState(lab.db, device.id)
  expect(state.osVersion).toMatchObject({ value: undefined })
  expect(state.osVersion?.unknownReason).toContain('cannot be read')
  const next = await listCommandsOfDevice(lab.db, device.id)
  expect(next.map(({ requestType }) => requestType)).toContain('SecurityInfo')
})

test('an unreadable error settles the query and leaves the readings unchanged', async () => {
  const device = await asked()
  await receive(device.mdmServerId, posted(device, { status: 'Error' }))
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerStatus: 'Error' })
  expect((await currentState(lab.db, device.id)).osVersion).toMatchObject({ value: '12.0.1' })
})

test('an intervention counts as answered with the status of the envelope', async () => {
  const { device, commandUuid, trialId } = await sentTrial(lab.db)
  const event = await receive(
    device.mdmServerId,
    posted({ ...device, commandUuid }, { at: later(130) }),
  )
  expect(event).toMatchObject({ readState: 'unreadable', trialId })
  expect(await findCommand(lab.db, commandUuid)).toMatchObject({
    answerStatus: 'Acknowledged',
    answeredAt: later(130),
  })
})

test('NotNow with an unreadable payload leaves the query open', async () => {
  const device = await asked()
  await receive(device.mdmServerId, posted(device, { status: 'NotNow' }))
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
    answeredAt: null,
    notNowCount: 1,
  })
})

test('reprocessed after the parser was fixed, it gives its readings and is no second answer', async () => {
  const device = await asked()
  // The reader itself throws, as one with a bug does.
  await lab.sql.unsafe(
    `create function faulty() returns trigger language plpgsql as $$ begin if new.field = 'batteryLevel' and new.value is not null and new.device_id = '${device.id}' then raise exception 'a fault of the reader'; end if; return new; end $$`,
  )
  await lab.sql`create trigger faulty before insert on readings for each row execute function faulty()`
  const keys =
    '<key>QueryResponses</key><dict><key>OSVersion</key><string>12.0.1</string><key>BatteryLevel</key><real>0.5</real></dict>'
  const body = answerBody({ ...device, status: 'Acknowledged', keys, at: later(100) })
  const event = await receive(device.mdmServerId, body)
  await lab.sql`drop trigger faulty on readings`
  expect(event).toMatchObject({ readState: 'unreadable', countedAsAnswer: true })
  expect(event?.reason).toContain('a fault of the reader')
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerCount: 1 })
  const id = event?.id ?? 0
  await putBackToUnread(lab.db, { states: ['unreadable'], id, by: { name: 'Lee', at: later(300) } })
  expect(await readOrSetAside(lab.db, id, later(301))).toMatchObject({ readState: 'read' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answerCount: 1 })
  expect((await currentState(lab.db, device.id)).batteryLevel).toMatchObject({ value: 0.5 })
})

test('the same unreadable answer again is a repeat, not a second answer', async () => {
  const device = await asked()
  const first = await receive(device.mdmServerId, posted(device, {}))
  const again = await receive(device.mdmServerId, posted(device, { at: later(101) }), 201)
  expect(again).toMatchObject({ readState: 'duplicate', duplicateOf: first?.id })
})

test('case 31: an answer in CDATA is read with its error', async () => {
  const device = await asked()
  const plist = casePlist('31-cdata-2213', device.enrollmentId, device.commandUuid)
  const event = await receive(device.mdmServerId, posted(device, { plist, status: 'Error' }))
  expect(event).toMatchObject({ readState: 'read' })
  expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({
    answerStatus: 'Error',
    answerErrorDomain: 'DeviceManagement.error',
    answerErrorCode: 2213,
  })
})

test('case 33: nine blanks in the document type are legal', async () => {
  const serverId = await addServer(lab.db)
  const plist = casePlist('33-doctype-nine-blanks', 'doctype-nine-blanks-1')
  const topic = 'mdm.Authenticate'
  const body = postedBody({ udid: 'doctype-nine-blanks-1', plist, topic, at: later(100) })
  const event = await receive(serverId, body)
  expect(event).toMatchObject({ readState: 'read', kind: 'checkin' })
  expect((await currentState(lab.db, event?.deviceId ?? '')).osBuild?.value).toBe('15E302')
})

test.each([
  '0001-01-01T00:00:00Z',
  '0050-06-30T12:00:00Z',
  '0001-01-01T00:00:00+01:00',
  'yesterday',
  undefined,
])(
  'a created_at of %s loses no answer and never becomes a year of this century',
  async (createdAt) => {
    const device = await asked()
    const body = JSON.parse(Buffer.from(posted(device, { status: 'Error' })).toString())
    body.created_at = createdAt
    const event = await receive(device.mdmServerId, Buffer.from(JSON.stringify(body)), 150)
    expect(event).toMatchObject({ createdAt: null, deviceId: device.id })
    expect(event?.oddities).toContainEqual(expect.objectContaining({ path: 'created_at' }))
    expect(await findCommand(lab.db, device.commandUuid)).toMatchObject({ answeredAt: later(150) })
  },
)
