import { createHash, randomUUID } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  findFrozenFile,
  findFrozenReport,
  insertFrozenReport,
  nextFrozenNumber,
} from '@/lib/db/queries/frozen-reports'
import { copyExportAt } from '@/lib/db/queries/trials/exports'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import { exportKinds } from '@/lib/domain/export/columns'
import { renderInThread } from '@/lib/report-pdf/render-in-thread'
import { engineer, later, lead, must, now } from '../../testing/people'
import { sentTrial } from '../../testing/trial'
import { wholeTrial } from '../report/report.testing'
import { type FreezeReport, freezeReport } from './freeze-report'
import type { Writers } from './frozen-files'
import { underNextNumber } from './next-number'
import { verifyFile } from './verify-file'

let lab: TestDb
let writers: Writers
let id: string
let file: Uint8Array
let trialId: string
const simulated: FreezeReport = { title: 'For the review', environment: 'simulated', filter: {} }

beforeAll(async () => {
  lab = await createTestDb()
  writers = {
    copyAt: (snapshot, query) => copyExportAt(lab.sql, snapshot, query),
    pdf: renderInThread,
  }
  trialId = (await wholeTrial(lab.db)).trialId
  await sentTrial(lab.db)
  id = must(await freeze(), 'frozen').id
  file = await fileOf(id)
})
afterAll(() => lab.drop())

const freeze = (input = simulated, actor = lead, at = later(4000)) =>
  freezeReport(lab.db, actor, input, writers, at)

async function fileOf(of: string) {
  const found = await findFrozenFile(lab.db, of)
  if (!found) throw new Error('the frozen report has no file')
  return new Uint8Array(found)
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex')
const verify = (bytes: Uint8Array, name = 'F.zip') => verifyFile(lab.db, engineer, { bytes, name })
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes)

test('the ZIP holds the tables, the dictionary, each report in three forms, and the hash of each', async () => {
  const files = unzipSync(file)
  const [trial] = await lab.sql`select number from trials where id = ${trialId}`
  const report = `trials/T-${trial?.number}-SIMULATED-report`
  const names = [...exportKinds, 'data-dictionary'].map((name) => `${name}.csv`)
  expect(Object.keys(files)).toEqual([
    ...names,
    ...['html', 'pdf', 'json'].map((ending) => `${report}.${ending}`),
    'manifest.json',
  ])
  const manifest = JSON.parse(text(files['manifest.json']))
  expect(manifest).toMatchObject({
    ...{ id, name: 'F-1', title: 'For the review', environment: 'simulated', frozenBy: 'Lee' },
    mark: expect.stringMatching(/^SIMULATED/),
    trials: [{ id: trialId }],
  })
  for (const { name, bytes, sha256: hash } of manifest.files)
    expect([name, files[name]?.length, sha256(files[name] ?? file)]).toEqual([name, bytes, hash])
  expect(text(files[`${report}.html`])).toContain('SIMULATED')
  expect(text(files['trials.csv']).trimEnd().split('\n')).toHaveLength(2)
})

test('the tables, the reports and the manifest are of one moment of the trail', () => {
  const files = unzipSync(file)
  const { head } = JSON.parse(text(files['manifest.json']))
  for (const name of ['trials.csv', 'observations.csv', 'replies.csv'])
    expect(text(files[name])).toContain(`${head.seq} ${head.hash}`)
  const report = Object.entries(files).find(
    ([name]) => name.endsWith('.json') && name !== 'manifest.json',
  )
  expect(JSON.parse(text(report?.[1])).head).toEqual(head)
})

test('what is stored is what was made, later too, and nobody can change it', async () => {
  const row = await findFrozenReport(lab.db, id)
  expect([row?.fileSha256, row?.fileBytes]).toEqual([sha256(file), file.length])
  await wholeTrial(lab.db)
  expect(sha256(await fileOf(id))).toBe(row?.fileSha256)
  for (const statement of [
    lab.sql`update frozen_reports set title = 'x' where id = ${id}`,
    lab.sql`delete from frozen_reports where id = ${id}`,
    lab.sql`insert into frozen_reports select gen_random_uuid(), 99, title, simulated, manifest, manifest_sha256,
      file || '\\x00'::bytea, file_sha256 || '0', file_bytes + 1, frozen_at, frozen_by_id, frozen_by_name
      from frozen_reports where id = ${id}`,
  ])
    await expect(statement).rejects.toThrow()
  const [entry] = await lab.sql`
    select by_name, new from audit_log where table_name = 'frozen_reports' and row_id = ${id}`
  expect(entry).toMatchObject({ by_name: 'Lee', new: { file_sha256: sha256(file) } })
})

test('the file itself, and each file in it, is recognised', async () => {
  expect(await verify(file)).toMatchObject({ status: 'whole', of: { id, name: 'F-1' } })
  for (const [name, bytes] of Object.entries(unzipSync(file)))
    expect(await verify(bytes, 'renamed.bin')).toMatchObject(
      name === 'data-dictionary.csv'
        ? { status: 'part', name }
        : { status: 'part', name, of: [{ id }] },
    )
})

test('one altered byte is named by its file, and so is what is missing or was added', async () => {
  const files = unzipSync(file)
  const csv = files['trials.csv']?.slice() ?? new Uint8Array()
  csv[40] = (csv[40] ?? 0) ^ 1
  const { 'replies.csv': _left, ...rest } = files
  const altered = zipSync({ ...rest, 'trials.csv': csv, 'extra.txt': new Uint8Array([1]) })
  expect(await verify(altered)).toMatchObject({
    status: 'altered',
    of: { id },
    altered: ['trials.csv'],
    missing: ['replies.csv'],
    added: ['extra.txt'],
  })
  expect(await verify(csv, 'trials.csv')).toMatchObject({ status: 'differs', of: [{ id }] })
})

test('an altered manifest is named, and its own hashes are not believed', async () => {
  const files = unzipSync(file)
  const csv = new TextEncoder().encode('forged\n')
  const manifest = JSON.parse(text(files['manifest.json']))
  for (const one of manifest.files) if (one.name === 'trials.csv') one.sha256 = sha256(csv)
  const forged = {
    ...files,
    'trials.csv': csv,
    'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)),
  }
  expect(await verify(zipSync(forged))).toMatchObject({
    status: 'altered',
    altered: ['trials.csv', 'manifest.json'],
  })
})

test('every single byte of the ZIP counts', async () => {
  for (const at of [0, 10, 1000, file.length >> 1, file.length - 30, file.length - 1]) {
    const bytes = file.slice()
    bytes[at] = (bytes[at] ?? 0) ^ 1
    const { status } = await verify(bytes)
    expect(['altered', 'repacked', 'unknown'], String(at)).toContain(status)
  }
})

test('a ZIP packed anew with the same files says that it was packed anew', async () => {
  expect(await verify(zipSync(unzipSync(file)))).toMatchObject({ status: 'repacked', of: { id } })
})

test.each([
  ['a text', new TextEncoder().encode('hello'), 'note.txt'],
  ['nothing', new Uint8Array(), 'empty.bin'],
  ['another ZIP', zipSync({ 'a.txt': new Uint8Array([1]) }), 'a.zip'],
  ['half a ZIP', new Uint8Array([0x50, 0x4b, 3, 4, 0, 0]), 'half.zip'],
  [
    'a ZIP with another manifest',
    zipSync({ 'manifest.json': new TextEncoder().encode('{"id": "x"}') }),
    'm.zip',
  ],
])('%s is unknown, with a reason', async (_what, bytes, name) => {
  expect(await verify(bytes, name)).toMatchObject({
    status: 'unknown',
    reason: expect.stringMatching(/\w/),
  })
})

test('only a lead freezes, with a title, and a selection that has trials', async () => {
  expect(await freeze(simulated, engineer)).toMatchObject({ status: 'refused' })
  for (const title of ['', '  ', 'x'.repeat(201), 'two\nlines'])
    expect(await freeze({ ...simulated, title })).toMatchObject({
      status: 'refused',
      field: 'title',
    })
  const none = { ...simulated, filter: { version: '99.9' } }
  expect(await freeze(none)).toMatchObject({
    status: 'refused',
    reason: expect.stringContaining('no trial'),
  })
})

test('two at once: one is frozen, the other is refused with a reason', async () => {
  const both = await Promise.all([freeze(), freeze()])
  expect(both.map(({ status }) => status).toSorted()).toEqual(['frozen', 'refused'])
})

test('a real selection has no mark', async () => {
  const real = must(await freeze({ ...simulated, environment: 'real' }, lead, now), 'frozen')
  const files = unzipSync(await fileOf(real.id))
  expect(Object.keys(files).join()).not.toContain('SIMULATED')
  expect(JSON.parse(text(files['manifest.json'])).mark).toBeNull()
})

test('a number that another report takes meanwhile is not taken again', async () => {
  const row = await findFrozenReport(lab.db, id)
  if (!row) throw new Error('the frozen report is gone')
  const first = await nextFrozenNumber(lab.db)
  const bytes = Buffer.from([...file, 0])
  const own = {
    ...{ id: randomUUID(), file: bytes },
    ...{ fileSha256: sha256(bytes), fileBytes: bytes.length },
  }
  const tried: number[] = []
  const stored = await underNextNumber(lab.db, async (number) => {
    tried.push(number)
    if (number === first) must(await freeze(), 'frozen')
    await insertFrozenReport(lab.db, { ...row, ...own, number })
    return { status: 'stored' as const }
  })
  expect([stored.status, tried]).toEqual(['stored', [first, first + 1]])
})
