import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { listUnreadByDevice } from '@/lib/db/queries/events/raw-events'
import { listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { KeptReport } from '@/lib/mdm/declarations/declaration-server'
import { checkServer, settleChecks } from '../lab/check-server'
import { declaringServer } from '../testing/declaration-server'
import { addDevice } from '../testing/device'
import { admin, engineer, later, must } from '../testing/people'
import { sentTrial } from '../testing/trial'
import { postedBody } from './case-bodies.testing'
import { declarationCheckin, receiveCheckin } from './declarations.testing'
import { keepEvent } from './keep-events'
import { readOrSetAside } from './read-kept-event'
import { readKeptReports } from './read-kept-reports'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const report = (items: object) => Buffer.from(JSON.stringify({ StatusItems: items, Errors: [] }))
const state = (installState: string) =>
  report({ softwareupdate: { 'install-state': installState } })
const os = (version: string, build: string) =>
  report({ device: { 'operating-system': { version, 'build-version': build } } })

/** What a server has kept, the newest first: as KMFDDM dates them, in whole seconds. */
function keeping(reports: readonly (readonly [Buffer, number | undefined])[]) {
  const mdm = declaringServer()
  const kept = reports.map(
    ([bytes, at], index): KeptReport => ({
      ...{ status: 'read', bytes, id: `report-${reports.length - index}` },
      ...(at !== undefined && { at: new Date(Math.floor(later(at).getTime() / 1000) * 1000) }),
    }),
  )
  mdm.state.server.statusReport = async (_, index) =>
    kept[index] ?? { status: 'none', reason: 'index out of range' }
  return { ...mdm, kept }
}
type Keeping = ReturnType<typeof keeping>

const enteredBefore = async <D extends { id: string }>(device: D): Promise<D> => {
  await lab.sql`update devices set created_at = '2026-03-01' where id = ${device.id}`
  return device
}
const press = (deviceId: string, { servers }: Keeping, at = 300, actor: Actor = engineer) =>
  readKeptReports(lab.db, servers, actor, { deviceId }, () => later(at))
async function readAll(at = 301) {
  for (const id of (await listUnreadByDevice(lab.db, 1000)).flat())
    await readOrSetAside(lab.db, id, later(at))
}
const rowsOf = (deviceId: string) => lab.sql`
  select r.source, e.at, e.claims ->> 'installState' as state, e.trial_id, r.reason, r.topic, r.report_id
  from declaration_events e join raw_events r on r.id = e.raw_event_id
  where e.device_id = ${deviceId} order by e.at`
const statesOf = async (deviceId: string) =>
  (await rowsOf(deviceId)).map(({ source, state: said }) => `${said} by ${source}`)

test('a report that the webhook did not bring becomes an event that says so, and no contact', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  await enteredBefore(device)
  const brought = declarationCheckin('status', state('downloading'))
  await receiveCheckin(lab, device, brought, { at: 200.4 })
  const seen = async () => (await findDeviceRow(lab.db, device.id))?.lastSeenAt
  const before = await seen()
  const server = keeping([
    [state('prepared'), 260],
    [state('installing'), 230],
    [state('downloading'), 200],
  ])
  expect(must(await press(device.id, server), 'read')).toMatchObject({
    ...{ name: 'KMFDDM', missed: 2, known: 1, timeless: 0, stopped: undefined },
  })
  await readAll()
  expect(await statesOf(device.id)).toEqual([
    ...['downloading by webhook', 'installing by keptReport', 'prepared by keptReport'],
  ])
  const [, missed] = await rowsOf(device.id)
  expect(missed).toMatchObject({
    ...{ trial_id: trialId, topic: 'status-report', report_id: 'report-2' },
    reason: expect.stringMatching(
      /^Read at the server that has kept it\. The device reports: installing.*not evidence\.$/,
    ),
  })
  expect(await seen()).toEqual(before)
  const texts = (await listTrialEvents(lab.db, trialId)).map(({ text }) => text)
  expect(texts).toContain(
    'The status reports that KMFDDM has kept were read: 2 had not arrived by the webhook, 1 was known',
  )

  // A second press finds nothing, and so does the same report under another name of a new server's.
  expect(must(await press(device.id, server, 400), 'read')).toMatchObject({ missed: 0, known: 3 })
  await readAll()
  expect(await rowsOf(device.id)).toHaveLength(3)
})

test('a post that arrives after its report was read at the server is the same report', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  must(await press(device.id, keeping([[state('downloading'), 200]])), 'read')
  await readAll()
  const checkin = declarationCheckin('status', state('downloading'))
  const late = await receiveCheckin(lab, device, checkin, { at: 200.6, received: 310 })
  expect(late).toMatchObject({
    ...{ readState: 'duplicate', kind: 'declarations' },
    reason: expect.stringContaining('read at its server before'),
  })
  // Its replay too, and the same bytes sent again are a report of their own.
  const replay = await receiveCheckin(lab, device, checkin, { at: 200.6, received: 320 })
  expect(replay).toMatchObject({ readState: 'duplicate' })
  const again = await receiveCheckin(lab, device, checkin, { at: 240, received: 330 })
  expect(again).toMatchObject({ readState: 'read' })
  expect(await statesOf(device.id)).toEqual([
    ...['downloading by keptReport', 'downloading by webhook'],
  ])
})

test('a post that has arrived and is not read yet is not called missed', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  await enteredBefore(device)
  const [udid, topic] = [device.enrollmentId, 'mdm.DeclarativeManagement']
  const plist = declarationCheckin('status', state('downloading'))(udid)
  const body = postedBody({ udid, plist, topic, at: later(200.6) })
  await keepEvent(lab.db, device.mdmServerId, body, later(200.6))
  const server = keeping([[state('downloading'), 200]])
  expect(await press(device.id, server)).toMatchObject({
    ...{ status: 'refused', reason: expect.stringContaining('not read yet') },
  })
  const kinds = (await listTrialEvents(lab.db, trialId)).map(({ text }) => text)
  expect(kinds.join()).not.toContain('had not arrived')
  await readAll()
  expect(must(await press(device.id, server), 'read')).toMatchObject({ missed: 0, known: 1 })
  expect(await statesOf(device.id)).toEqual(['downloading by webhook'])
})

test('a check of the MDM server takes no kept report for an event of its webhook', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  const server = keeping([[state('downloading'), 200]])
  const check = { serverId: device.mdmServerId }
  must(await checkServer(lab.db, server.servers, admin, check, () => later(290)), 'checked')
  must(await press(device.id, server), 'read')
  await readAll()
  expect(await settleChecks(lab.db, later(310))).toBe(0)
  expect(await settleChecks(lab.db, later(350))).toBe(1)
  const [settled] = await lab.sql`select contact_at from server_checks
    where mdm_server_id = ${device.mdmServerId}`
  expect(settled).toEqual({ contact_at: null })
})

test('an older report that is read later replaces nothing that is newer', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  await receiveCheckin(lab, device, declarationCheckin('status', os('26.5', '23F77')), { at: 250 })
  must(await press(device.id, keeping([[os('26.4', '23E246'), 200]])), 'read')
  await readAll()
  const { osVersion } = await currentState(lab.db, device.id)
  expect(osVersion).toMatchObject({ value: '26.5', answeredAt: later(250) })
  // In the same second as a posted one, the order of the server decides.
  const server = keeping([
    [os('26.6', '23G70'), 250],
    [os('26.5', '23F77'), 250],
  ])
  expect(must(await press(device.id, server), 'read')).toMatchObject({ missed: 1, known: 1 })
  await readAll()
  expect((await currentState(lab.db, device.id)).osVersion?.value).toBe('26.6')
})

test('a report from before the trial under way is not of its record', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  await enteredBefore(device)
  must(await press(device.id, keeping([[state('failed'), -3600]])), 'read')
  await readAll()
  expect((await rowsOf(device.id)).map(({ trial_id }) => trial_id)).toEqual([null])
  expect(trialId).toBeTruthy()
})

test('reports without a possible time, and from before the lab had the device, stay where they are', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  const server = keeping([
    [state('prepared'), 7200],
    [state('installing'), undefined],
    [state('downloading'), 200],
    [state('failed'), -3 * 86_400],
  ])
  expect(must(await press(device.id, server), 'read')).toMatchObject({
    ...{ missed: 1, known: 0, timeless: 2, stopped: undefined },
  })
  await readAll()
  expect(await statesOf(device.id)).toEqual(['downloading by keptReport'])
})

test('one that arrives while they are read moves the others, and none is passed over', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  const server = keeping([
    [state('c'), 220],
    [state('b'), 210],
    [state('a'), 200],
  ])
  const { statusReport } = server.state.server
  let calls = 0
  server.state.server.statusReport = (id, index) => {
    calls += 1
    return statusReport(id, calls === 1 ? index : Math.max(0, index - 1))
  }
  expect(must(await press(device.id, server), 'read')).toMatchObject({ missed: 3 })
})

test('what cannot be read is said, and what was read until then counts', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  const server = keeping([[state('a'), 200]])
  const { statusReport } = server.state.server
  const broken: KeptReport = { status: 'unread', reason: 'no connection', noAnswer: true }
  server.state.server.statusReport = async (id, index) =>
    index === 0 ? statusReport(id, index) : broken
  expect(must(await press(device.id, server), 'read')).toMatchObject({
    ...{ missed: 1, stopped: 'no connection' },
  })
  server.state.server.statusReport = async () => broken
  expect(await press(device.id, server)).toMatchObject({
    ...{ status: 'refused', reason: 'KMFDDM could not be read: no connection.' },
  })
  expect(await press(device.id, server, 300, { ...engineer, role: 'viewer' })).toMatchObject({
    ...{ status: 'refused', reason: expect.stringContaining('viewer') },
  })
  server.state.server.statusReport = async (_, index) => ({
    ...{ status: 'read', bytes: state(`s${index}`), id: `${index}`, at: later(290 - index) },
  })
  const many = must(await press(device.id, server), 'read')
  expect(many).toMatchObject({ missed: 200, stopped: 'one press reads no more' })
  // A server that gives one report whatever is asked for is not asked for ever.
  server.state.server.statusReport = async () => ({
    ...{ status: 'read', bytes: state('one'), id: 'one', at: later(291) },
  })
  expect(must(await press(device.id, server), 'read')).toMatchObject({ missed: 1 })
})

test('what was read at a server, and under which name, never changes', async () => {
  const device = await enteredBefore(await addDevice(lab.db))
  must(await press(device.id, keeping([[state('a'), 200]])), 'read')
  for (const set of ["source = 'webhook'", "report_id = 'x'", 'report_at = now()'])
    await expect(
      lab.sql.unsafe(
        `update raw_events set ${set} where source = 'keptReport' and enrollment_key = '${device.enrollmentId}'`,
      ),
    ).rejects.toThrow(/never change/)
})
