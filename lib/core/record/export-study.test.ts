import { parse } from 'csv-parse/sync'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Connection, connect } from '@/lib/db/client'
import { copyExport, copyStudy, type ExportQuery } from '@/lib/db/queries/trials/exports'
import { createTestDb, type TestDb } from '@/lib/db/testing'
import type { Actor } from '@/lib/domain/account/permissions'
import { exportColumns, exportKinds } from '@/lib/domain/export/columns'
import { type StudyForm, type StudyValue, studyValue } from '@/lib/domain/export/study'
import { readDatasetJson, readOdm, readStudyJson } from '@/lib/domain/export/study.testing'
import { engineer, must, now } from '../testing/people'
import { exportCsv } from './export-csv'
import { exportStudy, metaDataVersionOf } from './export-study'
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

const open = (query: ExportQuery, form: StudyForm, actor = engineer) =>
  exportStudy((asked) => copyStudy(own.sql, asked), actor, { ...query, form }, now)

const textOf = async (query: ExportQuery, form: StudyForm) =>
  new Response(must(await open(query, form), 'ready').body).text()

/** The same rows out of the CSV export. */
async function fromCsv(query: ExportQuery): Promise<Record<string, StudyValue>[]> {
  const copy = (asked: ExportQuery) => copyExport(own.sql, asked)
  const file = must(await exportCsv(copy, engineer, { ...query, bom: false }, now), 'ready')
  // With columns: true every record is an object of texts.
  const rows = parse(await new Response(file.body).text(), {
    columns: true,
    record_delimiter: '\r\n',
  }) as Record<string, string>[]
  return rows.map((row) =>
    Object.fromEntries(
      exportColumns[query.kind].map((column) => [
        column.name,
        studyValue(column, row[column.name]),
      ]),
    ),
  )
}

/** In JSON 0.90 and 0.9 are one number. */
const asNumbers = (kind: ExportQuery['kind'], rows: Record<string, StudyValue>[]) =>
  rows.map((row) =>
    Object.fromEntries(
      exportColumns[kind].map(({ name, type }) => {
        const value = row[name]
        const isNumber = type === 'integer' || type === 'number'
        return [
          name,
          isNumber && value && 'text' in value ? { text: String(Number(value.text)) } : value,
        ]
      }),
    ),
  )

const nasty = '\'=SUM(A1)\t"quoted" & <b>,\r\nsecond line \\N \\u0041 👩🏽‍🔬 שלום ‏world'

test.each(exportKinds)('the %s have the values of their CSV in every form', async (kind) => {
  const { device } = await concludedTrial(lab.db, { outcome: 'downloadedOnly', seen: nasty })
  await concludedTrial(lab.db, { outcome: 'refused', answer: 'Error' })
  const query: ExportQuery = { kind, environment: 'real', filter: {} }
  const expected = await fromCsv(query)
  expect(expected.length).toBeGreaterThan(0)
  const inJson = asNumbers(kind, expected)
  expect(readDatasetJson(await textOf(query, 'dataset-json'))).toEqual(inJson)
  expect(readStudyJson(await textOf(query, 'json'))).toEqual(inJson)
  if (kind === 'trials') expect(readOdm(await textOf(query, 'odm'))).toEqual(expected)
  else expect(await open(query, 'odm')).toMatchObject({ status: 'refused', field: 'as' })
  if (kind !== 'observations') return
  const own = { ...query, filter: { device: device.id } }
  expect(readStudyJson(await textOf(own, 'json')).map(({ text }) => text)).toContainEqual({
    text: nasty,
  })
})

test('without a trial a file is whole and has no rows', async () => {
  const none: ExportQuery = { kind: 'trials', environment: 'real', filter: { version: '99.9' } }
  expect(readDatasetJson(await textOf(none, 'dataset-json'))).toEqual([])
  expect(readStudyJson(await textOf(none, 'json'))).toEqual([])
  const xml = await textOf(none, 'odm')
  expect(readOdm(xml)).toEqual([])
  expect(xml).toMatch(/<ClinicalData [^>]+>\n<\/ClinicalData>\n<\/ODM>\n$/)
})

test('a simulated file has the mark, and only simulated trials', async () => {
  await concludedTrial(lab.db, { outcome: 'installedAsExpected', simulated: true })
  const query: ExportQuery = { kind: 'trials', environment: 'simulated', filter: {} }
  expect(must(await open(query, 'odm'), 'ready')).toMatchObject({
    fileName: 'oneway-SIMULATED-trials-2026-03-02.odm.xml',
  })
  const rows = readOdm(await textOf(query, 'odm'))
  expect(new Set(rows.map(({ environment }) => JSON.stringify(environment)))).toEqual(
    new Set(['{"text":"SIMULATED"}']),
  )
})

test('the metadata version is another one as soon as a column is another', () => {
  const version = metaDataVersionOf(exportColumns.trials)
  expect(version).toMatch(/^MDV\.[0-9a-f]{16}$/)
  expect(metaDataVersionOf([...exportColumns.trials])).toBe(version)
  const [first, ...rest] = exportColumns.trials
  if (!first) throw new Error('there are columns')
  for (const changed of [rest, [{ ...first, meaning: 'Another.' }, ...rest]])
    expect(metaDataVersionOf(changed)).not.toBe(version)
})

test('a role that may not export gets no file', async () => {
  const nobody: Actor = { id: 'system', name: 'Oneway', role: 'system' }
  const query: ExportQuery = { kind: 'trials', environment: 'real', filter: {} }
  expect(await open(query, 'json', nobody)).toMatchObject({ status: 'refused' })
})
