import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { findFrozenFile, findFrozenReport } from '@/lib/db/queries/frozen-reports'
import { findSeenOutcomes } from '@/lib/db/queries/other-labs-seen'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { fc } from '@/lib/property.testing'
import { admin, engineer, later, lead, must } from '../../testing/people'
import { sentTrial, twoSlots } from '../../testing/trial'
import { verifyFile } from '../frozen/verify-file'
import { reportOf, wholeTrial } from '../report/report.testing'
import { previewShare } from '../share/share-report'
import { concludedTrial } from '../trial-trip.testing'
import { labIdOf, leavingOf, trialKeyOf } from './lab-trials'
import { type MakeLabReport, makeLabReport, previewLabReport } from './make-lab-report'

let lab: TestDb
let [first, second] = ['', '']
const at = later(5000)
const simulated = { environment: 'simulated' as const, filter: {} }

beforeAll(async () => {
  lab = await createTestDb()
  first = (await wholeTrial(lab.db)).trialId
  second = (await wholeTrial(lab.db)).trialId
  await sentTrial(lab.db, { simulated: true })
})
afterAll(() => lab.drop())

const preview = async (chosen?: string[], actor: Actor = lead) =>
  must(await previewLabReport(lab.db, actor, { ...simulated, chosen }), 'shown')

async function make(over: Partial<MakeLabReport> = {}, actor: Actor = lead) {
  const chosen = over.chosen ?? [first, second]
  const { digest } = await preview([...chosen])
  const order = { ...simulated, chosen, title: 'For the lab next door', labName: 'Lab 7', digest }
  return makeLabReport(lab.db, actor, { ...order, ...over }, at)
}

async function filesOf(id: string) {
  const file = await findFrozenFile(lab.db, id)
  if (!file) throw new Error('the report has no file')
  return { file: new Uint8Array(file), files: unzipSync(new Uint8Array(file)) }
}

const sha256 = (bytes: Uint8Array | undefined) =>
  createHash('sha256')
    .update(bytes ?? new Uint8Array())
    .digest('hex')
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

test('the preview has each concluded trial with its facts, and is what leaves, byte for byte', async () => {
  const shown = await preview()
  expect(shown.trials.map(({ trialId }) => trialId)).toEqual([first, second])
  expect(shown.trials[0]?.row).toMatchObject({
    trial: trialKeyOf(first),
    ...{ platform: 'iOS', startOs: '12.0.1', target: 'iOSUpdate16B92', action: 'Default,Default' },
    ...{ outcome: 'installedAsExpected', overruled: false, review: 'locked' },
    contradictions: expect.arrayContaining([
      expect.objectContaining({ requestType: 'ScheduleOSUpdate', observed: '"Quux"' }),
    ]),
  })
  const { files } = await filesOf(must(await make(), 'made').id)
  expect(Object.keys(files).toSorted()).toEqual(['manifest.json', 'trials.json'])
  expect(text(files['trials.json'])).toBe(shown.text)
  expect(sha256(files['trials.json'])).toBe(shown.digest)
})

test('only chosen rows leave, and the manifest has their hash and no more of the lab than its name', async () => {
  const { files } = await filesOf(must(await make({ chosen: [second] }), 'made').id)
  const rows = JSON.parse(text(files['trials.json']))
  expect(rows.map(({ trial }: { trial: string }) => trial)).toEqual([trialKeyOf(second)])
  const manifest = JSON.parse(text(files['manifest.json']))
  const [genesis] = await lab.sql`select hash from audit_log order by seq limit 1`
  expect(manifest).toMatchObject({
    lab: { name: 'Lab 7', id: labIdOf(genesis?.hash) },
    ...{ environment: 'simulated', mark: expect.stringMatching(/^SIMULATED/) },
    trials: [trialKeyOf(second)],
    files: [{ name: 'trials.json', sha256: sha256(files['trials.json']) }],
  })
  expect(text(files['manifest.json'])).not.toMatch(/next door|Lee/)
})

test('the file is by the published schema', async () => {
  const { files } = await filesOf(must(await make(), 'made').id)
  const schema = JSON.parse(readFileSync('docs/lab-report.schema.json', 'utf8'))
  const isValid = new Ajv2020({ formats: { uuid: true, date: true, 'date-time': true } }).compile(
    schema,
  )
  const whole = Object.fromEntries(
    Object.entries(files).map(([name, bytes]) => [name, JSON.parse(text(bytes))]),
  )
  expect(isValid(whole), JSON.stringify(isValid.errors)).toBe(true)
})

test('reports that are made at the same moment are all made, each under a number of its own', async () => {
  const made = await Promise.all([make(), make(), make()])
  const names = made.map((one) => must(one, 'made').name)
  expect(new Set(names).size).toBe(3)
})

test('nothing that identifies and no text of a person is in the file', async () => {
  const report = await reportOf(lab.db, first)
  const { device } = report
  const { files } = await filesOf(must(await make(), 'made').id)
  const whole = `${text(files['trials.json'])}${text(files['manifest.json'])}`
  const names = ['Erin', 'Lee', 'Rae', 'the cable came off', 'it is worn', 'It installs', 'by eye']
  const known = [device.serial, device.enrollmentId, device.id, device.name, device.server?.id]
  for (const secret of [...known, ...names, first, second, 'Ünïcödé', 'Who read it?'])
    expect([secret, whole.includes(secret ?? 'never')]).toEqual([secret, false])
})

/** Columns in which a person or a device can write anything. */
const planted = fc.record({
  secret: fc.oneof(
    fc.stringMatching(/^[A-HJ-NP-Z0-9]{12}$/),
    fc.stringMatching(/^[A-Za-z]{3,20} [A-Za-z]{3,20}'s iPad$/),
    fc.string({ minLength: 6, maxLength: 40 }),
    fc.uuid(),
  ),
  where: fc.constantFrom('model', 'target', 'action', 'startBuild', 'endOs', 'path', 'observed'),
})

test('whatever stands where a row has a text, only its closed form leaves', async () => {
  const shown = await preview([first])
  const row = shown.trials[0]?.row
  if (!row) throw new Error('no row')
  fc.assert(
    fc.property(planted, ({ secret, where }) => {
      const put = (name: string, usual: string | null) => (where === name ? secret : usual)
      const left = leavingOf(
        {
          trial: { id: first, number: 1 },
          device: { id: '', labTag: null, name: '', serial: null, enrollmentId: null },
          facts: {
            ...{ ...row, trialId: first, number: 1, deviceId: '', simulated: true },
            ...{ version: row.startOs, against: row.againstBuilds, prediction: 'none' },
            ...{ registrant: secret, protocol: secret, hour: secret, arm: secret, assigned: '' },
            releasedDay: secret,
            model: put('model', row.model) ?? '',
            target: put('target', row.target) ?? '',
            ...{ mechanism: 'command', action: '' },
          },
          actions: put('action', row.action) ?? '',
          startBuild: put('startBuild', row.startBuild),
          releasedAt: at,
          end: { state: 'changed', os: put('endOs', '12.1'), build: '16B92', against: false },
        },
        [
          {
            trialId: first,
            ...{ requestType: 'SecurityInfo' as const, kind: 'notDocumented' as const },
            path: put('path', 'Key') ?? '',
            ...{ observed: put('observed', 'integer') ?? '', osVersion: '11.4' },
          },
        ],
        (one) => one.replaceAll(secret, '[left out]'),
      )
      expect(JSON.stringify(left?.row)).not.toContain(JSON.stringify(secret).slice(1, -1))
    }),
  )
})

test('a serial and a name that a device put into a reply are left out, and the preview says so', async () => {
  const { device } = await reportOf(lab.db, second)
  await lab.owner.transaction(async (tx) => {
    const put = (path: string, observed: string) =>
      tx.execute(`insert into contradictions (raw_event_id, device_id, trial_id, simulated, request_type, platform, os_version,
        path, kind, observed, expected, reason, fingerprint, out_of, cites, reported, documentation, created_at)
        select raw_event_id, device_id, trial_id, simulated, request_type, platform, os_version, '${path}', kind, '${observed}',
        expected, reason, '${path} ${observed}', out_of, cites, reported, documentation, created_at
        from contradictions where trial_id = '${second}' limit 1`)
    await put('A.B', `"${device.serial}"`)
    await put('A.C', '"Erin"')
    await put('Erin', 'present')
  })
  const { trials, text: left } = await preview([second])
  const row = trials.find(({ trialId }) => trialId === second)
  expect(row?.withheld).toEqual(
    expect.arrayContaining(['1 contradiction', 'what a device answered']),
  )
  expect(row?.row.contradictionsLeftOut).toBe(1)
  expect(row?.row.contradictions.filter(({ observed }) => observed === null)).toHaveLength(2)
  expect(left).not.toMatch(/Erin/)
  expect(left).not.toContain(device.serial)
})

test('the trail has the report, and each trial that left, also of a locked one', async () => {
  const { id } = must(await make({ chosen: [first] }), 'made')
  const entries = await lab.sql`select table_name, trial_id, by_name from audit_log
    where (table_name = 'frozen_reports' and row_id = ${id})
      or (table_name = 'lab_report_trials' and new ->> 'frozen_report_id' = ${id})`
  expect(entries).toEqual(
    expect.arrayContaining([
      { table_name: 'frozen_reports', trial_id: null, by_name: 'Lee' },
      { table_name: 'lab_report_trials', trial_id: first, by_name: 'Lee' },
    ]),
  )
  await expect(lab.sql`delete from lab_report_trials`).rejects.toThrow()
})

test('a trial whose outcome waits for its second reader cannot leave, and is compared with no other lab', async () => {
  const plan = { ...twoSlots, secondReader: true }
  const { trialId } = await concludedTrial(lab.db, { plan, outcome: 'refused' })
  const real = { environment: 'real' as const, filter: {} }
  expect(must(await previewLabReport(lab.db, lead, real), 'shown').trials).toEqual([])
  expect(await findSeenOutcomes(lab.db, [trialId])).toEqual(new Map())
})

test('the verify page knows the file, and names what was altered; it has nothing to share by a link', async () => {
  const { id, name } = must(await make(), 'made')
  const { file, files } = await filesOf(id)
  const verify = (bytes: Uint8Array) => verifyFile(lab.db, engineer, { bytes, name: 'x' })
  expect(await verify(file)).toMatchObject({ status: 'whole', of: { id, name } })
  const rows = files['trials.json'] ?? file
  expect(await verify(rows)).toMatchObject({ status: 'part', name: 'trials.json' })
  expect((await findFrozenReport(lab.db, id))?.kind).toBe('otherLabs')
  const share = { of: { frozenReportId: id }, chosen: [] }
  expect(await previewShare(lab.db, lead, share, at)).toMatchObject({ status: 'refused' })
})

test('only a lead, only what was previewed, and with names within their bounds', async () => {
  for (const actor of [engineer, admin])
    expect(await previewLabReport(lab.db, actor, simulated)).toMatchObject({ status: 'refused' })
  expect(await make({}, engineer)).toMatchObject({ status: 'refused' })
  for (const title of ['', 'x'.repeat(201), 'two\nlines'])
    expect(await make({ title })).toMatchObject({ status: 'refused', field: 'title' })
  for (const labName of ['', ' ', 'x'.repeat(41), 'two\nlines'])
    expect(await make({ labName })).toMatchObject({ status: 'refused', field: 'labName' })
  expect(await make({ digest: 'f'.repeat(64) })).toMatchObject({ field: 'digest' })
  expect(await make({ chosen: [] })).toMatchObject({ status: 'refused', field: 'chosen' })
  const other = '00000000-0000-4000-8000-000000000000'
  expect(await make({ chosen: [first, other] })).toMatchObject({ field: 'digest' })
})
