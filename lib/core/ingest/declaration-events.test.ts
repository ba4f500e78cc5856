import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findDeclarations } from '@/lib/db/queries/devices/declaration-events'
import { findDeviceRow } from '@/lib/db/queries/devices/device-facts'
import { currentState } from '@/lib/db/queries/devices/readings'
import { findReplyCheck, listContradictionsOfEvent } from '@/lib/db/queries/events/contradictions'
import { findTrial, listTrialEvents } from '@/lib/db/queries/trials/trials'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { ownIdentifier } from '@/lib/domain/declaration/own-identifier'
import { fc } from '@/lib/property.testing'
import { judgeDevice, plainPlan } from '../kernel/judge-device'
import { declaringServer } from '../testing/declaration-server'
import { releasedDeclaration } from '../testing/declaration-trial'
import { addDevice } from '../testing/device'
import { later } from '../testing/people'
import { armedTrial, sentTrial } from '../testing/trial'
import { gatherEvidence } from '../trials/trial-evidence'
import {
  declarationCheckin,
  receiveBody,
  receiveCheckin,
  sampleReport,
  statusCheckin,
} from './declarations.testing'

let lab: TestDb
beforeAll(async () => {
  lab = await createTestDb()
})
afterAll(() => lab.drop())

const rowsOf = (deviceId: string) => lab.sql`
  select kind, identifier, at, claims, problem, trial_id, command_uuid, raw_event_id::int as event
  from declaration_events where device_id = ${deviceId} order by at, id`
const onlyRow = async (deviceId: string) => {
  const [row, ...more] = await rowsOf(deviceId)
  expect(more).toEqual([])
  return row
}
const verdictOf9 = async (deviceId: string, at: number) => {
  const device = await findDeviceRow(lab.db, deviceId)
  if (!device) throw new Error('no such device')
  const { findings } = await judgeDevice(lab.db, device, plainPlan, later(at))
  return findings.find(({ ruleId }) => ruleId === 'Q9')
}
const declared = (...configurations: object[]) => ({
  management: { declarations: { configurations, activations: [], assets: [], management: [] } },
})
const active = (identifier: string) => ({
  ...{ identifier, active: true, valid: 'valid', 'server-token': '1' },
})
const os = (version: string, build?: string) => ({
  device: { 'operating-system': { version, ...(build && { 'build-version': build }) } },
})

test.each([
  ['tokens', 'tokens', null, 'The device asked whether its declarations have changed.'],
  ['declaration-items', 'items', null, 'The device asked for the list of its declarations.'],
  [
    'declaration/configuration/other/with/slash',
    'configuration',
    'other/with/slash',
    'The device asked for the configuration other/with/slash; the webhook does not show whether it got it.',
  ],
  [
    'declaration/activation/a',
    'activation',
    'a',
    'The device asked for the activation a; the webhook does not show whether it got it.',
  ],
  [
    'weather',
    'other',
    null,
    'Declarative management at the endpoint "weather", which Apple does not document.',
  ],
])('%s is a row with the time of the MDM server', async (endpoint, kind, identifier, reason) => {
  const device = await addDevice(lab.db)
  const event = await receiveCheckin(lab, device, declarationCheckin(endpoint), {
    at: 100,
    received: 160,
  })
  expect(event).toMatchObject({ readState: 'read', kind: 'declarations', reason })
  const row = await onlyRow(device.id)
  expect(row).toMatchObject({ kind, identifier, claims: null, problem: null, trial_id: null })
  expect(new Date(String(row?.at))).toEqual(later(100))
})

test('a status report is kept as claims, in plain words, and stands on the trial under way', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  const event = await receiveCheckin(lab, device, declarationCheckin('status', sampleReport('02')))
  expect(event).toMatchObject({
    trialId,
    reason: expect.stringMatching(
      /^The device reports: downloading 26\.9\.1 \(23J99\); .*\. Reported by the device, not evidence\.$/,
    ),
  })
  expect(await onlyRow(device.id)).toMatchObject({
    kind: 'status',
    trial_id: trialId,
    claims: { installState: 'downloading', pending: { version: '26.9.1', build: '23J99' } },
  })
})

test('the file of replies has what a status report claims', async () => {
  const { device } = await sentTrial(lab.db)
  const event = await receiveCheckin(lab, device, declarationCheckin('status', sampleReport('18')))
  const [row] = await lab.sql`select * from reply_export where event_id = ${event?.id ?? 0}`
  expect(row).toMatchObject({
    ...{
      declarative: 'status',
      declaration: null,
      claimed_state: 'failed',
      claimed_version: '27.1',
    },
    ...{ claimed_build: '24B99', claimed_time: '2026-12-01T20:00:00', claimed_failures: '3' },
    ...{ claimed_reason: 'declaration', claimed_declaration: 'lab.t17.enforce' },
  })
})

test.each([
  ['no JSON', Buffer.from('not json'), 'status', 'not JSON'],
  ['5 MB', Buffer.alloc(5_000_000, '{'), 'unread', 'larger'],
  ['no data', undefined, 'status', 'no data'],
])(
  'a report of %s is kept with what was wrong, and stops nothing',
  async (_, data, kind, problem) => {
    const device = await addDevice(lab.db)
    const event = await receiveCheckin(lab, device, declarationCheckin('status', data))
    expect(event).toMatchObject({ readState: 'read', deviceId: device.id })
    expect(event?.body.byteLength).toBeGreaterThan(data?.byteLength ?? 0)
    expect(await onlyRow(device.id)).toMatchObject({
      ...{ kind, claims: null, problem: expect.stringContaining(problem) },
    })
    await receiveCheckin(
      lab,
      device,
      statusCheckin({ softwareupdate: { 'install-state': 'none' } }),
      { at: 300 },
    )
    expect(await rowsOf(device.id)).toHaveLength(2)
  },
)

test('the same bytes twice are one row, and the same report sent again is two', async () => {
  const device = await addDevice(lab.db)
  const plist = statusCheckin({ softwareupdate: { 'install-state': 'prepared' } })
  await receiveCheckin(lab, device, plist)
  expect(await receiveCheckin(lab, device, plist, { at: 200, received: 260 })).toMatchObject({
    readState: 'duplicate',
  })
  expect(await rowsOf(device.id)).toHaveLength(1)
  await receiveCheckin(lab, device, plist, { at: 300 })
  expect(await rowsOf(device.id)).toHaveLength(2)
})

test('a report as NanoHUB posts it, without event_id and signature, is read the same', async () => {
  const device = await addDevice(lab.db)
  const plist = declarationCheckin('status', sampleReport('04'))(device.enrollmentId)
  const body = {
    topic: 'mdm.DeclarativeManagement',
    created_at: later(100).toISOString(),
    checkin_event: {
      ids: { id: device.enrollmentId, type: 'Device' },
      udid: device.enrollmentId,
      raw_payload: Buffer.from(plist).toString('base64'),
    },
  }
  await receiveBody(lab, device, Buffer.from(JSON.stringify(body)), 101)
  expect(await onlyRow(device.id)).toMatchObject({ claims: { installState: 'installing' } })
})

test('version and build of one report are one reading; a version alone is none', async () => {
  const device = await addDevice(lab.db, { but: { osVersion: '18.1', osBuild: '22B83' } })
  await receiveCheckin(lab, device, statusCheckin(os('18.2')), { at: 100 })
  expect((await currentState(lab.db, device.id)).osVersion?.value).toBe('18.1')
  await receiveCheckin(lab, device, declarationCheckin('status', sampleReport('16')), { at: 200 })
  const state = await currentState(lab.db, device.id)
  expect([state.osVersion, state.osBuild, state.osVersionExtra, state.osSupplementalBuild]).toEqual(
    ['26.9.1', '23J99', '(a)', '23J770099a'].map((value) =>
      expect.objectContaining({
        value,
        source: 'mdm',
        by: 'DeclarativeManagement',
        answeredAt: later(200),
      }),
    ),
  )
})

test('an older report that arrives late replaces nothing newer', async () => {
  const device = await addDevice(lab.db)
  const items = (version: string, build: string, ...held: object[]) => ({
    ...os(version, build),
    ...declared(...held),
  })
  await receiveCheckin(lab, device, statusCheckin(items('26.9.1', '23J99', active('x'))), {
    at: 300,
  })
  await receiveCheckin(lab, device, statusCheckin(items('26.9', '23J90')), {
    at: 100,
    received: 400,
  })
  const state = await currentState(lab.db, device.id)
  expect(state.osVersion).toMatchObject({ value: '26.9.1', answeredAt: later(300) })
  expect(state.activeDeclaration).toMatchObject({ value: undefined, answeredAt: later(300) })
})

test('a late report that names an active declaration counts, at the time of the newest that speaks of any', async () => {
  const device = await addDevice(lab.db)
  const reason = {
    softwareupdate: { 'install-reason': { reason: ['declaration'], 'declaration-id': 'x' } },
  }
  await receiveCheckin(lab, device, statusCheckin(declared(active('x'))), { at: 300 })
  await receiveCheckin(lab, device, statusCheckin(reason), { at: 100, received: 400 })
  expect((await currentState(lab.db, device.id)).activeDeclaration).toMatchObject({
    ...{ value: true, answeredAt: later(300) },
  })
})

test('the OS of a report is what is known of the device, and no evidence for the outcome of its trial', async () => {
  const { device, trialId } = await sentTrial(lab.db)
  await receiveCheckin(lab, device, statusCheckin(os('26.9.1', '23J99')), { at: 900 })
  expect((await currentState(lab.db, device.id)).osVersion?.value).toBe('26.9.1')
  const trial = await findTrial(lab.db, trialId)
  if (!trial) throw new Error('no trial')
  expect(trial).toMatchObject({ state: 'observing', endOs: null, endSeenAt: null })
  const evidence = await gatherEvidence(lab.db, trial, later(1000))
  expect(evidence.sightings?.map(({ version }) => version)).toEqual(['12.0.1'])
  expect(evidence.claimedOs).toMatchObject({ version: '26.9.1', at: later(900) })
  const [end] = await lab.sql`select state from trial_end where trial = ${trialId}`
  expect(end?.state).toBe('notSeen')
  const [other] =
    await lab.sql`select was_other_os_read(t) as read from trials t where id = ${trialId}`
  expect(other?.read).toBe(false)
})

test('a trial that has sent nothing is lost when a report shows another OS', async () => {
  const { device, trialId } = await armedTrial(lab.db, {
    but: { osVersion: '11.4', osBuild: '15F79' },
  })
  await receiveCheckin(lab, device, statusCheckin(os('26.9.1', '23J99')), { at: 900 })
  expect(await findTrial(lab.db, trialId)).toMatchObject({ state: 'lost' })
})

test('a report with the identifiers of another device raises an alarm, and nothing in it counts', async () => {
  const [device, other] = [await addDevice(lab.db), await addDevice(lab.db)]
  const before = await currentState(lab.db, device.id)
  const items = {
    ...declared(active('x')),
    device: { identifier: { 'serial-number': other.serial }, ...os('26.9.1', '23J99').device },
  }
  const event = await receiveCheckin(lab, device, statusCheckin(items))
  expect(event?.reason).toMatch(/describes another device: serial .* Nothing in it counts\.$/)
  expect(await onlyRow(device.id)).toMatchObject({
    problem: expect.stringContaining('describes another device'),
    claims: { os: { version: '26.9.1' } },
  })
  expect(await currentState(lab.db, device.id)).toEqual(before)
  expect((await findDeclarations(lab.db, device.id)).standing.declarations).toEqual([])
  const alarms = await lab.sql`select kind from device_alarms where device_id = ${device.id}`
  expect(alarms).toEqual([{ kind: 'identity' }])
})

test('a declaration of another program is named on the device, and rule Q9 refuses it by its name', async () => {
  const device = await addDevice(lab.db, { but: { osVersion: '18.1', osBuild: '22B83' } })
  await receiveCheckin(lab, device, declarationCheckin('status', sampleReport('17')), { at: 100 })
  const { verdict } = await findDeclarations(lab.db, device.id)
  expect(verdict?.declarations).toEqual([{ identifier: 'lab.t17.enforce', own: false }])
  expect(await verdictOf9(device.id, 200)).toMatchObject({
    verdict: 'fail',
    reason: expect.stringContaining('lab.t17.enforce, of another program'),
  })
})

test('an identifier of this lab’s form is its own only if it is of a command to this device', async () => {
  const { device, trialId, commandUuid } = await sentTrial(lab.db)
  const own = `lab.oneway.${commandUuid}.enforce`
  await receiveCheckin(lab, device, declarationCheckin(`declaration/configuration/${own}`), {
    at: 300,
  })
  await receiveCheckin(lab, device, statusCheckin(declared(active(own))), { at: 310 })
  await receiveCheckin(lab, device, statusCheckin(declared(active(own))), { at: 320 })
  for (const row of await rowsOf(device.id))
    expect(row).toMatchObject({ command_uuid: commandUuid, trial_id: trialId })
  const texts = (await listTrialEvents(lab.db, trialId)).map(({ text }) => text)
  expect(texts.filter((text) => text.includes(own))).toEqual([
    expect.stringMatching(
      /^The device reports the software-update declaration .* \(of this lab, T-\d+\) as active\. Reported by the device, not evidence\.$/,
    ),
  ])
  expect(texts.join()).not.toContain('another program')

  // A command that was made without a status subscription.
  await receiveCheckin(
    lab,
    device,
    statusCheckin(declared(active(own.replace('enforce', 'subscribe')))),
    {
      at: 325,
    },
  )
  const { standing, own: known } = await findDeclarations(lab.db, device.id)
  expect(standing.declarations.map(({ identifier }) => identifier)).toContain(
    own.replace('enforce', 'subscribe'),
  )
  expect([...known.keys()]).toEqual([own])

  const stranger = await addDevice(lab.db)
  await receiveCheckin(lab, stranger, statusCheckin(declared(active(own))), { at: 330 })
  expect((await findDeclarations(lab.db, stranger.id)).own.size).toBe(0)
})

test('a report is compared with Apple’s documentation, and an undocumented state is a contradiction', async () => {
  const device = await addDevice(lab.db, { but: { osVersion: '18.1', osBuild: '22B83' } })
  const event = await receiveCheckin(
    lab,
    device,
    statusCheckin({ softwareupdate: { 'install-state': 'paused' } }),
  )
  expect(await findReplyCheck(lab.db, event?.id ?? 0)).toMatchObject({
    ...{ requestType: 'StatusReport', osVersion: '18.1', notCompared: null },
  })
  expect(await listContradictionsOfEvent(lab.db, event?.id ?? 0)).toMatchObject([
    {
      kind: 'valueNotListed',
      path: 'StatusItems.softwareupdate.install-state',
      observed: '"paused"',
    },
  ])
})

test('rows only grow, and none is about another device, command or trial', async () => {
  const [{ device, trialId, commandUuid }, other] = [
    await sentTrial(lab.db),
    await addDevice(lab.db),
  ]
  await receiveCheckin(lab, other, declarationCheckin('tokens'))
  const [row] = await rowsOf(other.id)
  const { sql } = lab
  await expect(sql`update declaration_events set kind = 'items'`).rejects.toThrow(/only grows/)
  await expect(sql`delete from declaration_events`).rejects.toThrow(/only grows/)
  await receiveCheckin(lab, device, declarationCheckin('tokens'))
  const event = async () => {
    const [raw] = await sql`insert into raw_events (mdm_server_id, received_at, body, sha256)
      values (${other.mdmServerId}, now(), '\\x00', 'x') returning id`
    return Number(raw?.id)
  }
  const add = async (set: { trial?: string; command?: string; kind?: string }) =>
    sql`insert into declaration_events (raw_event_id, device_id, trial_id, command_uuid, kind, at, created_at)
      values (${await event()}, ${other.id}, ${set.trial ?? null}, ${set.command ?? null}, ${set.kind ?? 'tokens'}, now(), now())`
  await expect(add({ trial: trialId })).rejects.toThrow(/trial of another device/)
  await expect(add({ command: commandUuid })).rejects.toThrow(/of another device than/)
  await expect(add({ kind: 'configuration' })).rejects.toThrow(/what_is_asked_for_has_a_name/)
  await expect(add({ kind: 'status' })).rejects.toThrow(/what_was_not_read_says_why/)
  await expect(
    sql`insert into declaration_events (raw_event_id, device_id, kind, at, created_at)
      values (${Number(row?.event)}, ${other.id}, 'tokens', now(), now())`,
  ).rejects.toThrow(/one_declaration_event_per_raw_event/)
})

const items = fc.constantFrom(
  ...[declared(), declared(active('a')), declared(active('a'), active('b'))],
  ...[os('26.9', '23J90'), os('26.9.1', '23J99'), os('26.9.1')],
  { softwareupdate: { 'install-reason': { reason: ['declaration'], 'declaration-id': 'a' } } },
)

test('in whatever order the same reports arrive, the device ends in the same state', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(items, { minLength: 2, maxLength: 4 }).chain((sent) => {
        const timed = sent.map((one, i) => ({ one, at: 10 * (i + 1) }))
        return fc.tuple(fc.constant(timed), fc.shuffledSubarray(timed, { minLength: timed.length }))
      }),
      async ([inOrder, shuffled]) => {
        const ends = []
        for (const reports of [inOrder, shuffled]) {
          const device = await addDevice(lab.db, { but: { osVersion: '26.8', osBuild: '23J80' } })
          for (const { one, at } of reports)
            await receiveCheckin(lab, device, statusCheckin(one), { at, received: 100 })
          const { osVersion, osBuild, activeDeclaration } = await currentState(lab.db, device.id)
          ends.push(
            [osVersion, osBuild, activeDeclaration].map((reading) => [
              ...[reading?.value, reading?.unknownReason, reading?.answeredAt],
            ]),
          )
        }
        expect(ends[1]).toEqual(ends[0])
      },
    ),
    { numRuns: 12 },
  )
})

test('a report that names a declaration of an ended trial too stands on the trial under way', async () => {
  const mdm = declaringServer()
  const { device, trialId, commandUuid } = await releasedDeclaration(lab.db, mdm)
  const ended = randomUUID()
  await lab.sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`
    await tx`create temporary table t on commit drop as select * from trials where id = ${trialId}`
    await tx`update t set id = gen_random_uuid(), state = 'withdrawn', number = (select max(number) + 1 from trials)`
    await tx`insert into trials overriding system value select * from t`
    await tx`create temporary table c on commit drop as select * from commands where command_uuid = ${commandUuid}`
    await tx`update c set command_uuid = ${ended}, trial_id = (select id from t), state = 'lapsed', signature_id = null`
    await tx`insert into commands select * from c`
  })
  const gone = { identifier: ownIdentifier(ended, 'enforce'), _removed: true }
  const report = statusCheckin(declared(gone, active(ownIdentifier(commandUuid, 'enforce'))))
  expect(await receiveCheckin(lab, device, report)).toMatchObject({ trialId })
  expect(await onlyRow(device.id)).toMatchObject({ trial_id: trialId, command_uuid: commandUuid })
})
