import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { withFormula, withoutFormula } from '../text/typed-text'
import { exportColumns, exportKinds } from './columns'
import { datasetJson, studyJson } from './dataset-json'
import { odm } from './odm'
import { copiedCells, type StudyValue, studyValue } from './study'
import {
  readDatasetJson,
  readOdm,
  readStudyJson,
  simulatedStudy,
  studyRows,
  writtenStudy,
} from './study.testing'

const file = simulatedStudy

const named = (values: StudyValue[]) =>
  Object.fromEntries(file.columns.map(({ name }, at) => [name, values[at]]))

test('ODM, Dataset-JSON and JSON read back give the same values', () => {
  fc.assert(
    fc.property(fc.array(studyRows, { maxLength: 4 }), (rows) => {
      const expected = rows.map(named)
      expect(readOdm(writtenStudy(odm, file, rows))).toEqual(expected)
      const asNumbers = expected.map((row) =>
        Object.fromEntries(
          Object.entries(row).map(([name, value]) => [name, value && sameNumber(name, value)]),
        ),
      )
      expect(readDatasetJson(writtenStudy(datasetJson, file, rows))).toEqual(asNumbers)
      expect(readStudyJson(writtenStudy(studyJson, file, rows))).toEqual(asNumbers)
    }),
    { numRuns: 60 },
  )
})

/** JSON has numbers and no digits: 1e21 and 1000000000000000000000 are one value. */
function sameNumber(name: string, value: StudyValue): StudyValue {
  const column = file.columns.find((one) => one.name === name)
  const isNumber = column?.type === 'integer' || column?.type === 'number'
  return isNumber && 'text' in value ? { text: String(Number(value.text)) } : value
}

test('what XML cannot hold is escaped, and the value says so; other texts stay as they are', () => {
  const [first = { missing: 'empty' }] = [{ text: 'T-1' } as StudyValue]
  const rest = file.columns.slice(2).map((): StudyValue => ({ missing: 'empty' }))
  const lineFor = (text: string) =>
    writtenStudy(odm, file, [[first, { text }, ...rest]])
      .split('\n')
      .find((line) => line.startsWith('<ItemData ItemOID="IT.trials.lab_tag"'))
  expect(lineFor('a\u0001b\\c')).toContain('Value="a\\u0001b\\\\c"')
  expect(lineFor('a\u0001b\\c')).toContain('ESCAPED')
  expect(lineFor('C:\\temp')).toBe('<ItemData ItemOID="IT.trials.lab_tag" Value="C:\\temp"/>')
  expect(lineFor('two\nlines\t<&">')).toContain('Value="two&#10;lines&#9;&lt;&amp;&quot;&gt;"')
})

test('a value never stands beside IsNull, and a missing one says why', () => {
  const rows = [file.columns.map((): StudyValue => ({ missing: 'notApplicable' }))]
  const xml = writtenStudy(odm, file, rows)
  expect(xml).not.toMatch(/<ItemData [^>]*Value="[^>]*IsNull/)
  expect(xml.match(/IsNull="Yes"/g)).toHaveLength(file.columns.length)
  expect(xml.match(/NOT_APPLICABLE<\/FlagValue>/g)).toHaveLength(file.columns.length)
})

test('a simulated study is marked in every form, a real one in none', () => {
  for (const writer of [odm, datasetJson, studyJson]) {
    expect(writtenStudy(writer, file, [])).toContain('SIMULATED: virtual devices')
    const real = writtenStudy(writer, { ...file, environment: 'real' }, [])
    expect(real).not.toContain('SIMULATED: virtual devices')
  }
})

test.each(exportKinds)('in the %s no text can be taken for NA', (kind) => {
  const free = exportColumns[kind].filter(({ type }) => type === 'text' || type === 'base64')
  for (const column of free)
    expect([column.name, studyValue(column, 'NA')]).toEqual([column.name, { text: 'NA' }])
})

test('a cell is read as it was before it was made safe for spreadsheets', () => {
  fc.assert(
    fc.property(fc.string(), fc.constantFrom('', '=', "'=", "''-", "'", '＠'), (text, start) => {
      const cell = start + text
      expect(withFormula(withoutFormula(cell))).toBe(cell)
    }),
  )
})

test('a line of COPY is split into its cells, NULL apart from the empty text', () => {
  expect(copiedCells('1\t\\N\t\ta\\tb\\nc\\\\N\\r')).toEqual(['1', undefined, '', 'a\tb\nc\\N\r'])
})
