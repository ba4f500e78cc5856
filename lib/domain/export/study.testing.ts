import { fc } from '@/lib/property.testing'
import type { ExportColumn } from './column'
import { exportColumns } from './columns'
import type { StudyFile, StudyValue, StudyWriter } from './study'

/** For tests: a file of simulated trials. */
export const simulatedStudy: StudyFile = {
  kind: 'trials',
  columns: exportColumns.trials,
  environment: 'simulated',
  metaDataVersion: 'MDV.1',
  program: '0.1.0',
  fileId: 'oneway.trials.1',
  madeAt: new Date('2026-03-02T09:00:00Z'),
  records: 0,
}

/** For tests: a whole file. */
export const writtenStudy = (
  { head, row, tail }: StudyWriter,
  file: StudyFile,
  rows: readonly StudyValue[][],
): string =>
  [
    head({ ...file, records: rows.length }),
    ...rows.map((values, at) => row(file, values, at)),
    tail,
  ].join('')

/** Every text that PostgreSQL can hold: no NUL and no half of a character. */
const storable = fc
  .string({ unit: 'grapheme' })
  .chain((some) =>
    fc
      .string({
        unit: fc.integer({ min: 1, max: 0xffff }).map((code) => String.fromCharCode(code)),
      })
      .map((more) => (some + more).replaceAll(/\p{Cs}/gu, '?')),
  )
  .filter((text) => text !== '')

const number = fc.double({ noNaN: true, noDefaultInfinity: true }).map((one) => String(one || 0))

function textOf({ type, codes }: ExportColumn): fc.Arbitrary<string> {
  if (codes) return fc.constantFrom(...Object.keys(codes))
  if (type === 'integer') return fc.maxSafeInteger().map(String)
  if (type === 'number') return number
  if (type === 'boolean') return fc.constantFrom('true', 'false')
  if (type === 'time') return fc.constant('2026-03-02T09:02:10.000Z')
  return storable
}

/** For tests: values of a row of trials, each missing now and then. */
export const studyRows: fc.Arbitrary<StudyValue[]> = fc.tuple(
  ...simulatedStudy.columns.map((column) =>
    fc.oneof(
      { weight: 3, arbitrary: textOf(column).map((text) => ({ text })) },
      { weight: 1, arbitrary: fc.constant({ missing: 'empty' as const }) },
      { weight: 1, arbitrary: fc.constant({ missing: 'notApplicable' as const }) },
    ),
  ),
)

/** For tests: what a file of a study export says, whatever its form: the value of each column in each row. */
export type ReadBack = Record<string, StudyValue>[]

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"' }

/** What an XML reader makes of an attribute: it normalizes blanks before it resolves references. */
function attribute(raw: string): string {
  return raw
    .replaceAll(/[\t\n\r]/g, ' ')
    .replaceAll(/&(?:#(\d+)|(\w+));/g, (_, number: string | undefined, name: string) =>
      number ? String.fromCodePoint(Number(number)) : (entities[name] ?? ''),
    )
}

const unescaped = (text: string): string =>
  text.replaceAll(/\\(?:u([0-9A-F]{4})|\\)/g, (_, hex: string | undefined) =>
    hex ? String.fromCodePoint(Number.parseInt(hex, 16)) : '\\',
  )

/** For tests: reads an ODM file, without knowing how it was written. */
export function readOdm(xml: string): ReadBack {
  return xml
    .split('<SubjectData ')
    .slice(1)
    .map((subject) =>
      Object.fromEntries(
        subject
          .split('<ItemData ')
          .slice(1)
          .map((item) => {
            const name = /ItemOID="IT\.\w+\.(\w+)"/.exec(item)?.[1] ?? ''
            const value = /^[^>]* Value="([^"]*)"/.exec(item)?.[1]
            const note = />(\w+)<\/FlagValue>/.exec(item)?.[1]
            if (value === undefined)
              return [name, { missing: note === 'EMPTY' ? 'empty' : 'notApplicable' }] as const
            const text = attribute(value)
            return [name, { text: note === 'ESCAPED' ? unescaped(text) : text }] as const
          }),
      ),
    )
}

function known(name: string, cell: unknown, notApplicable: unknown): StudyValue {
  if (cell !== null) return { text: String(cell) }
  return String(notApplicable ?? '')
    .split(' ')
    .includes(name)
    ? { missing: 'notApplicable' }
    : { missing: 'empty' }
}

type Column = { name: string }

/** For tests: reads a Dataset-JSON file. */
export function readDatasetJson(text: string): ReadBack {
  const file: { columns: Column[]; rows: unknown[][]; records: number } = JSON.parse(text)
  if (file.records !== file.rows.length) throw new Error('the number of records is wrong')
  return file.rows.map((row) =>
    Object.fromEntries(
      file.columns
        .slice(0, -1)
        .map(({ name }, at) => [name, known(name, row[at] ?? null, row.at(-1))]),
    ),
  )
}

/** For tests: reads Oneway's own JSON. */
export function readStudyJson(text: string): ReadBack {
  const file: { columns: Column[]; rows: Record<string, unknown>[] } = JSON.parse(text)
  return file.rows.map((row) =>
    Object.fromEntries(
      file.columns
        .slice(0, -1)
        .map(({ name }) => [name, known(name, row[name] ?? null, row.not_applicable)]),
    ),
  )
}
