import { once } from 'node:events'
import { Readable } from 'node:stream'
import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { trailColumns } from '@/lib/db/audit/csv'
import { verifyTrail } from '@/lib/db/audit/log'
import { type Connection, connect } from '@/lib/db/client'
import { insertDevice } from '@/lib/db/queries/devices/devices'
import { copyExport, type ExportQuery } from '@/lib/db/queries/trials/exports'
import { createTestDb, pastTriggers, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import type { CustomField } from '@/lib/domain/device/custom-field'
import { chartColumns, planColumns } from '@/lib/domain/export/chart-columns'
import { claimColumns } from '@/lib/domain/export/claim-columns'
import { exportColumns, exportKinds } from '@/lib/domain/export/columns'
import { deviceColumns, fieldColumns } from '@/lib/domain/export/device-columns'
import { twoArms } from '../testing/arms'
import { addDevice, addServer } from '../testing/device'
import { engineer, later, must, now } from '../testing/people'
import { reviewedProtocol, twoSlots } from '../testing/trial'
import { draftTrial } from '../trials/prepare-trial'
import {
  createRowGatherer,
  exportCsv,
  exportDictionary,
  recheckSignatures,
  streamCsv,
} from './export-csv'
import { approvedAndLocked, unlock } from './review.testing'
import { concludedTrial } from './trial-trip.testing'

let lab: TestDb
let own: Connection
beforeAll(async () => {
  lab = await createTestDb()
  own = connect(lab.url, { max: 1 })
})
afterAll(async () => {
  await own.end()
  await lab.drop()
})

const all = (kind: ExportQuery['kind'], environment: ExportQuery['environment'] = 'real') => ({
  kind,
  environment,
  filter: {},
  bom: false,
})
const open = (
  query: ReturnType<typeof all> & { filter: ExportQuery['filter'] },
  actor = engineer,
) => exportCsv((asked) => copyExport(own.sql, asked), actor, query, now)

async function read(query: ReturnType<typeof all> & { filter: ExportQuery['filter'] }) {
  const text = await new Response(must(await open(query), 'ready').body).text()
  // With columns: true every record is an object of texts.
  return parse(text, { columns: true, record_delimiter: '\r\n' }) as Record<string, string>[]
}

/** What a reader of the file has to undo: the apostrophe before a character that begins a formula. */
const unguarded = (cell: string) => cell.replace(/^'(?='*[=+\-@\t\r\n＝＋－＠])/, '')

test.each(exportKinds)(
  'the %s have exactly the columns of the dictionary, in their order',
  async (kind) => {
    const text = await new Response(must(await open(all(kind)), 'ready').body).text()
    const header = text.split('\r\n')[0]
    expect(header).toBe(exportColumns[kind].map(({ name }) => name).join(','))
  },
)

test('the columns of a trial are those of the specification and the environment', () => {
  expect(exportColumns.trials.map(({ name }) => name).join(', ')).toBe(
    'trial_id, lab_tag, platform, model_identifier, serial_last4, protocol, protocol_version, registered_at, registration_hash, prediction, arm, arm_levels, arm_assigned, arm_reason, arm_stratum, arm_block, arm_position, arm_seed_sha256, start_os, start_build, start_supplemental_build, target_os, target_build, mechanism, declared_local_time, time_zone, supervised, dep, passcode, battery_fraction, external_power, free_bytes, network, readings_typed, readings_oldest_s, custom_fields, custodian, rule_set_version, qualified_at, waivers, released_at, slots_sent, command_uuids, first_reply_at, reply_status, error_domain, error_code, reply_status_1, error_domain_1, error_code_1, replies, prompt_shown, end_state, end_os, end_build, end_supplemental_build, time_to_install_s, censored, outcome, second_reading, first_outcome, second_outcome, second_reader, second_read_at, second_blinded, outcome_by, overruled, against_builds, primary_outcome, primary_reached, prediction_came_true, contradictions, deviations, attachments, reviewed_by, locked_at, event_head_hash, signatures, broken_signatures, signatures_checked_at, environment, trail_head',
  )
})

test('a trial has its arm, how it was assigned, and its place in the list', async () => {
  const protocolVersionId = await reviewedProtocol(lab.db, twoArms)
  const rowOf = async (arm?: { name: string; reason: string }) => {
    const { id: deviceId } = await addDevice(lab.db)
    const draft = { deviceId, protocolVersionId, expectation: 'It installs.', arm }
    must(await draftTrial(lab.db, engineer, draft, now), 'done')
    const [row] = await read({ ...all('trials'), filter: { device: deviceId } })
    return row
  }
  const drawn = await rowOf()
  expect(drawn).toMatchObject({
    ...{ arm_assigned: 'random', arm_reason: '', arm_stratum: '{"version":"12.0.1"}' },
    ...{ arm_block: '1', arm_position: '1' },
    arm_seed_sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
    arm_levels: drawn?.arm === 'None' ? 'passcode=notSet' : 'passcode=set',
  })
  expect(await rowOf({ name: 'None', reason: 'no lock on it' })).toMatchObject({
    ...{ arm: 'None', arm_levels: 'passcode=notSet', arm_assigned: 'choice' },
    ...{
      arm_reason: 'no lock on it',
      arm_stratum: '',
      arm_position: 'NA',
      arm_seed_sha256: 'NA',
    },
  })
})

test('a concluded trial is one row with what was known at release and its outcome', async () => {
  const { trialId, device, commandUuid } = await concludedTrial(lab.db, {
    outcome: 'installedAfterUserAction',
  })
  const [row, ...others] = await read({ ...all('trials'), filter: { device: device.id } })
  expect(others).toEqual([])
  const [trial] = await lab.sql`select number from trials where id = ${trialId}`
  expect(row).toMatchObject({
    trial_id: `T-${trial?.number}`,
    platform: 'iOS',
    model_identifier: 'iPhone10,1',
    serial_last4: device.serial.slice(-4),
    protocol: 'Download, then install',
    protocol_version: '1',
    start_os: '12.0.1',
    start_build: '16A404',
    target_os: '12.1',
    target_build: '16B92',
    mechanism: 'command',
    declared_local_time: '',
    time_zone: 'Europe/Berlin',
    supervised: 'true',
    dep: 'true',
    passcode: 'notSet',
    battery_fraction: '0.9',
    external_power: 'true',
    free_bytes: '40000000000',
    network: 'wifi',
    readings_typed: '22',
    readings_oldest_s: '0',
    released_at: '2026-03-02T09:00:00.000Z',
    slots_sent: '1',
    command_uuids: commandUuid,
    first_reply_at: '2026-03-02T09:02:10.000Z',
    reply_status: 'Acknowledged',
    error_code: '',
    reply_status_1: 'Acknowledged',
    replies: '1: Acknowledged',
    prompt_shown: 'true',
    end_state: 'changed',
    end_os: '12.1',
    end_build: '16B92',
    time_to_install_s: '779',
    censored: 'false',
    outcome: 'installedAfterUserAction',
    overruled: 'true',
    against_builds: 'false',
    primary_outcome: 'installed',
    primary_reached: 'true',
    waivers: '',
    reviewed_by: '',
    locked_at: '',
    environment: 'real',
  })
})

test('a locked trial names its reviewer and the lock, an unlocked one neither', async () => {
  const { trialId, device } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
  const row = async () => (await read({ ...all('trials'), filter: { device: device.id } }))[0]
  await approvedAndLocked(lab.db, trialId)
  expect(await row()).toMatchObject({
    outcome_by: 'Lee',
    reviewed_by: 'Rae',
    locked_at: '2026-03-02T09:35:00.000Z',
  })
  must(await unlock(lab.db, trialId), 'sealed')
  expect(await row()).toMatchObject({ reviewed_by: '', locked_at: '' })
})

test.each(exportKinds)(
  'each row of the %s has the head of the trail, which is still in the chain later',
  async (kind) => {
    const { device, trialId } = await concludedTrial(lab.db, { outcome: 'installedAsExpected' })
    const rows = await read({ ...all(kind), filter: { device: device.id } })
    const heads = new Set(rows.map((row) => row.trail_head))
    expect(heads.size).toBe(1)
    const [seq, hash = ''] = String([...heads]).split(' ')
    await concludedTrial(lab.db, { outcome: 'refused' })
    const kept = { seq: Number(seq), hash }
    expect(await verifyTrail(lab.sql, kept)).toMatchObject({ broken: undefined })
    const forged = { ...kept, hash: hash.replace(/^./, (one) => (one === '0' ? '1' : '0')) }
    expect((await verifyTrail(lab.sql, forged)).broken?.reason).toContain('kept elsewhere')
    if (kind !== 'trials') return
    const [newest] =
      await lab.sql`select hash from audit_log where trial_id = ${trialId} order by seq desc limit 1`
    expect(rows[0]?.event_head_hash).toBe(newest?.hash)
  },
)

test('on an Apple TV passcode and battery are not applicable, and without a release unknown values are empty', async () => {
  const mdmServerId = await addServer(lab.db)
  const { id: deviceId } = await insertDevice(lab.db, { mdmServerId, name: 'TV', platform: 'tvOS' })
  const versionId = await reviewedProtocol(lab.db, twoSlots, now)
  const draft = { deviceId, protocolVersionId: versionId, expectation: 'It installs.' }
  must(await draftTrial(lab.db, engineer, draft, now), 'done')
  const [row] = await read({ ...all('trials'), filter: { device: deviceId } })
  expect(row).toMatchObject({
    passcode: 'NA',
    battery_fraction: 'NA',
    supervised: '',
    slots_sent: '0',
    time_to_install_s: 'NA',
    censored: 'NA',
    outcome: '',
    target_build: '16B92',
  })
})

const nasty = [
  'a "quoted" word, and a comma',
  'two\nlines\r\nand three',
  '=HYPERLINK("http://evil.example","click")',
  "+1+cmd|' /C calc'!A0",
  '-2+3',
  '@SUM(A1)',
  '＝1+1',
  '＠x',
  '👩🏽‍🔬 done',
  'שלום ‏world',
  'C:\\temp\\N',
  "'quoted first",
  "'=SUM(A1)",
  "''",
]

test.each(nasty)(
  '%j is read back unchanged from the file, and no spreadsheet takes it for a formula',
  async (text) => {
    const { device } = await concludedTrial(lab.db, { outcome: 'installedAsExpected', seen: text })
    const rows = await read({ ...all('observations'), filter: { device: device.id } })
    const cell = rows.find(({ kind }) => kind === 'promptShown')?.text ?? ''
    expect(unguarded(cell)).toBe(text)
    expect(cell).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/)
  },
)

test('a reply is in the file byte for byte, with the command it answers', async () => {
  const { device, commandUuid } = await concludedTrial(lab.db, {
    outcome: 'refused',
    answer: 'Error',
  })
  const [row] = await read({ ...all('replies'), filter: { device: device.id } })
  expect(row).toMatchObject({
    command_uuid: commandUuid,
    request_type: 'ScheduleOSUpdate',
    slot: '1',
    status: 'Error',
    created_at: '2026-03-02T09:02:10.000Z',
  })
  const bytes = Buffer.from(row?.payload_base64 ?? '', 'base64')
  expect(bytes.toString()).toContain(`<string>${commandUuid}</string>`)
  const [kept] = await lab.sql`select encode(sha256(${bytes}), 'hex') as sha`
  expect(row?.payload_sha256).toBe(kept?.sha)
})

test('a file has one environment, named in each row, and if simulated in the file name too', async () => {
  const { device } = await concludedTrial(lab.db, { outcome: 'downloadedOnly', simulated: true })
  for (const kind of exportKinds) {
    const real = await read(all(kind))
    expect(real.length).toBeGreaterThan(0)
    expect(new Set(real.map(({ environment }) => environment))).toEqual(new Set(['real']))
    const simulated = await read(all(kind, 'simulated'))
    expect(simulated.length).toBeGreaterThan(0)
    expect(new Set(simulated.map(({ environment }) => environment))).toEqual(new Set(['SIMULATED']))
    expect(await read({ ...all(kind), filter: { device: device.id } })).toEqual([])
  }
  const file = must(await open(all('trials', 'simulated')), 'ready')
  expect(file.fileName).toBe('oneway-SIMULATED-trials-2026-03-02.csv')
  await new Response(file.body).text()
})

test('a filter is only ever a value, whatever SQL it contains', async () => {
  const before = await lab.sql`select count(*) from trials`
  for (const text of ["'; delete from trials; --", "x' or 'a'='a", '\\', '%', '$1'])
    expect(await read({ ...all('trials'), filter: { text } })).toEqual([])
  expect(await lab.sql`select count(*) from trials`).toEqual(before)
})

test('a client that disconnects leaves the connection usable for the next one', async () => {
  // More entries than a person makes, inserted past the guards because the trial has ended.
  await lab.sql`alter table observations disable trigger keeps_to_its_time`
  await lab.sql`insert into observations (trial_id, kind, text, observed_at, by_id, by_name, nonce)
    select id, 'other', repeat('x', 400), ${later(950).toISOString()}, 'e1', 'Erin', gen_random_uuid()
    from (select id from trials where state = 'concluded' and not simulated limit 5) few, generate_series(1, 2000)`
  const reader = must(await open(all('observations')), 'ready').body.getReader()
  await reader.read()
  await reader.cancel()
  // The pool has one connection, which refuses other queries while it copies; stuck, it would refuse them forever.
  await expect.poll(() => own.sql`select 1 as one`.then((rows) => [...rows])).toEqual([{ one: 1 }])
})

test('a fourth export at once has to wait until another one has ended', async () => {
  const many = connect(lab.url, { max: 5 })
  const begin = () =>
    exportCsv((asked) => copyExport(many.sql, asked), engineer, all('observations'), now)
  const files = [await begin(), await begin(), await begin()].map((one) => must(one, 'ready'))
  expect(await begin()).toMatchObject({ status: 'busy' })
  for (const { body } of files) await body.cancel()
  await many.end()
  must(await open(all('trials')), 'ready').body.cancel()
})

test('the signatures of all trials are checked before the file, and it says when and what was found', async () => {
  const trials = []
  for (const outcome of ['refused', 'installedAsExpected', 'refused'] as const)
    trials.push(await concludedTrial(lab.db, { outcome }))
  const [altered] = trials
  await pastTriggers(
    lab.sql,
    (tx) =>
      tx`update signatures set by_name = 'Somebody else'
        where act = 'overrule' and trial_id = ${altered?.trialId ?? ''}`,
  )
  const checked = await recheckSignatures(lab.db, engineer, all('trials'), later(3000))
  expect(checked).toMatchObject({ status: 'checked' })
  const rows = await Promise.all(
    trials.map(({ device }) => read({ ...all('trials'), filter: { device: device.id } })),
  )
  expect(rows.flat()).toMatchObject(
    ['1', '0', '0'].map((broken_signatures) => ({
      broken_signatures,
      signatures_checked_at: later(3000).toISOString(),
    })),
  )
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  expect(await open(all('trials'), nobody)).toMatchObject({ status: 'refused' })
})

test('the dictionary explains every column of every file once', () => {
  const cable: CustomField = {
    ...{ id: 'f', name: 'Cable', type: 'number', unit: 'cm', options: [], help: '' },
    ...{ required: false, inStartingState: false, retired: false },
  }
  const rows = parse(exportDictionary({ bom: true, fields: [cable] }), {
    columns: true,
    bom: true,
  }) as {
    file: string
    column: string
    meaning: string
    missing: string
  }[] // With columns: true every record is an object of texts.
  expect(rows.map(({ file, column }) => `${file}.${column}`)).toEqual([
    ...exportKinds.flatMap((kind) => exportColumns[kind].map(({ name }) => `${kind}.${name}`)),
    ...Object.entries({
      ...{ ...chartColumns, ...planColumns, claims: claimColumns },
      devices: [...deviceColumns, ...fieldColumns([cable])],
    }).flatMap(([file, columns]) => columns.map(({ name }) => `${file}.${name}`)),
    ...trailColumns.map((name) => `audit.${name}`),
  ])
  for (const { meaning, missing } of rows) expect([meaning, missing]).not.toContain('')
})

const rowsOf = (rows: string[]) => Readable.from(rows.map((row) => Buffer.from(row)))

test('each row ends with CRLF, and a line feed inside a cell stays', async () => {
  const body = streamCsv(rowsOf(['a,b\n', '"x\ny",1\n', ',\n']), { bom: false, ended: vi.fn() })
  expect(await new Response(body).text()).toBe('a,b\r\n"x\ny",1\r\n,\r\n')
})

test('the byte order mark comes first if requested', async () => {
  const body = streamCsv(rowsOf(['a\n']), { bom: true, ended: vi.fn() })
  expect([...new Uint8Array(await new Response(body).arrayBuffer())]).toEqual([
    0xef, 0xbb, 0xbf, 0x61, 0x0d, 0x0a,
  ])
})

test.each([65_533, 65_534, 65_535, 65_536, 200_000])(
  'a row of %i bytes arrives whole among small ones',
  (length) => {
    const chunks: Uint8Array[] = []
    const gatherer = createRowGatherer((chunk) => chunks.push(chunk))
    const long = 'é'.repeat(Math.floor(length / 2)) + 'x'.repeat(length % 2)
    for (const row of ['a\n', `${long}\n`, 'b\n']) gatherer.add(Buffer.from(row))
    gatherer.flush()
    expect(Buffer.concat(chunks).toString()).toBe(`a\r\n${long}\r\nb\r\n`)
  },
)

test('a COPY that fails breaks the transfer and ends', async () => {
  const ended = vi.fn()
  const rows = new Readable({ read: () => undefined })
  const body = streamCsv(rows, { bom: false, ended })
  rows.push('a\n')
  setImmediate(() => rows.destroy(new Error('the server went away')))
  await expect(new Response(body).text()).rejects.toThrow('the server went away')
  expect(ended).toHaveBeenCalledTimes(1)
})

test('if the client disconnects, the COPY runs to its end', async () => {
  let given = 0
  const rows = new Readable({
    read() {
      given += 1
      this.push(given > 2_000 ? null : Buffer.alloc(1_000, 0x61))
    },
  })
  const reader = streamCsv(rows, { bom: false, ended: vi.fn() }).getReader()
  await reader.read()
  await reader.cancel()
  await once(rows, 'close')
  expect(given).toBe(2_001)
})

test('a slow client slows the COPY down instead of filling the memory', async () => {
  let given = 0
  const rows = new Readable({
    read() {
      given += 1
      this.push(given > 20_000 ? null : Buffer.alloc(1_000, 0x61))
    },
  })
  const reader = streamCsv(rows, { bom: false, ended: vi.fn() }).getReader()
  await reader.read()
  await new Promise((resolve) => setTimeout(resolve, 100))
  expect(given).toBeLessThan(1_000)
  await reader.cancel()
})
