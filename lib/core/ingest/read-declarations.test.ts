import { afterAll, beforeAll, expect, test } from 'vitest'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findRawEvent } from '@/lib/db/queries/events/raw-events'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { addDevice, addServer } from '../testing/device'
import { later } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { answerBody } from '../testing/webhook'
import { declarationCheckin, receiveCheckin, sampleReport } from './declarations.testing'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const checkin = declarationCheckin
const report = sampleReport
const receive = (
  device: { enrollmentId: string; mdmServerId: string },
  plist: (udid: string) => Uint8Array,
  at = 200,
) => receiveCheckin(lab, device, plist, { at })

test.each([
  ['tokens', checkin('tokens')],
  ['declaration-items', checkin('declaration-items')],
  ['a status report', checkin('status', report('01'))],
  ['a status report that is no JSON', checkin('status', Buffer.from('{'))],
  ['a status report without data', checkin('status')],
  ['a body that is no plist', () => Buffer.from('x')],
])(
  'declarative management is matched to its device and counts as contact: %s',
  async (_, plist) => {
    const device = await addDevice(lab.db)
    const event = await receive(device, plist)
    expect(event).toMatchObject({ readState: 'read', kind: 'declarations', deviceId: device.id })
    const [row] = await lab.sql`select last_seen_at from devices where id = ${device.id}`
    expect(new Date(String(row?.last_seen_at))).toEqual(later(200))
  },
)

test.each([
  ['an enforced update', '01', true],
  ['an enforced update that the user has begun', '12', true],
  ['a refused configuration', '09', false],
  ['a configuration that no activation names', '20', false],
])('a status report with %s replaces a typed reading', async (_, file, active) => {
  const device = await addDevice(lab.db, { but: { activeDeclaration: !active } })
  await receive(device, checkin('status', report(file)))
  expect((await currentState(lab.db, device.id)).activeDeclaration).toMatchObject({
    value: active,
    source: 'mdm',
    by: 'DeclarativeManagement',
  })
})

test('a report without declarations leaves the reading unchanged', async () => {
  const device = await addDevice(lab.db)
  await receive(device, checkin('status', report('05')))
  expect((await currentState(lab.db, device.id)).activeDeclaration).toMatchObject({
    value: false,
    source: 'typed',
  })
})

test('a configuration of an unnamed kind is unknown, and passes no rule', async () => {
  const device = await addDevice(lab.db)
  await receive(device, checkin('declaration/configuration/other.program.enforce'))
  const { activeDeclaration } = await currentState(lab.db, device.id)
  expect(activeDeclaration).toMatchObject({ value: undefined, source: 'mdm' })
  expect(activeDeclaration?.unknownReason).toContain('other.program.enforce')
})

test('a foreign declaration is recorded on the trial once', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  for (const s of [300, 310]) await receive(device, checkin('status', report('01')), s)
  const recorded = (await listTrialEvents(lab.db, trialId)).filter(({ text }) =>
    text.includes('declaration of another program'),
  )
  expect(recorded).toHaveLength(1)
})

test('declarative management of an unknown device waits for it', async () => {
  const serverId = await addServer(lab.db)
  const event = await receive(
    { enrollmentId: 'ddm-unknown-1', mdmServerId: serverId },
    checkin('tokens'),
  )
  expect(event).toMatchObject({ readState: 'unmatched', waitsForDevice: true })
})

test.each([
  ['<key>ProfileList</key><array/>', 'it answers ProfileList'],
  ['<key>RequestType</key><string>InstallProfile</string>', 'it answers InstallProfile'],
  ['', 'it does not show which request'],
])('an answer to another program is recognised: %s', async (keys, reported) => {
  const device = await addDevice(lab.db)
  const commandUuid = '7d3c1f0e-0000-4000-8000-000000000001'
  const body = answerBody({ ...device, commandUuid, status: 'Acknowledged', keys, at: later(100) })
  const id = (await keepEvent(lab.db, device.mdmServerId, body, later(100))) ?? 0
  await readOrSetAside(lab.db, id, later(100))
  expect(await findRawEvent(lab.db, id)).toMatchObject({
    kind: 'otherAnswer',
    deviceId: device.id,
    reason: expect.stringContaining(reported),
  })
})
