import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { fc } from '@/lib/property.testing'
import { importLimits, splitCsv } from './split-csv'

const cellsOf = (text: string, delimiter: ',' | ';' | '\t' = ',') =>
  splitCsv(text, delimiter, 1000).map(({ cells, problem }) => problem ?? cells)

test('a file that a library writes is read as the library reads it', () => {
  const cell = fc.stringMatching(/^[a-z"',;\n é]{0,8}$/)
  const table = fc.array(fc.array(cell, { minLength: 2, maxLength: 4 }), { maxLength: 6 })
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  fc.assert(
    fc.property(table, (rows) => {
      const text = rows.map((row) => row.map(quoted).join(',')).join('\r\n')
      const read: string[][] = parse(text, { relax_column_count: true })
      const filled = read.filter((cells) => cells.some((one) => one.trim() !== ''))
      expect(cellsOf(text)).toEqual(filled)
    }),
  )
})

test('a quote that never closes spoils its own line and no other', () => {
  const read = splitCsv('a,b\n1,"x\n2,"y"\n3,z\n', ',', 100)
  expect(read).toMatchObject([
    { row: 1, cells: ['a', 'b'] },
    { row: 2, line: 2, problem: expect.stringContaining('Line 2') },
    { row: 3, cells: ['2', 'y'] },
    { row: 4, cells: ['3', 'z'] },
  ])
})

test('a quote inside a bare cell is a plain character', () => {
  expect(cellsOf('iPad Pro (12.9" 2nd gen),iOS')).toEqual([['iPad Pro (12.9" 2nd gen)', 'iOS']])
})

test('a tab-separated file knows no quotes, and a cell that is quoted whole is unwrapped', () => {
  expect(cellsOf('12.9" a\t"b\n"c ""d"""\te', '\t')).toEqual([
    ['12.9" a', '"b'],
    ['c "d"', 'e'],
  ])
})

test('Excel’s ="…" keeps its separator, and blanks around quotes are none of the cell', () => {
  expect(cellsOf('="1,5", "a, b" ,c')).toEqual([['="1,5"', 'a, b', 'c']])
})

test('blank rows are left out and still counted, as a spreadsheet counts them', () => {
  const rows = splitCsv('a,b\r\n,\r\n\r\n"x\r\ny",2\r\n3,4', ',', 100)
  expect(rows.map(({ row, line }) => [row, line])).toEqual([
    [1, 1],
    [4, 4],
    [5, 6],
  ])
})

test('cells and columns beyond the limits spoil their row', () => {
  const wide = Array.from({ length: importLimits.columns + 1 }, () => 'x').join(',')
  const long = 'x'.repeat(importLimits.cell + 1)
  expect(cellsOf(`${wide}\n${long},1\n"${long.repeat(3)}",1`)).toEqual([
    expect.stringContaining('500 cells'),
    expect.stringContaining('10000 characters'),
    expect.stringContaining('quote'),
  ])
})

test('reading stops where the rows exceed what is asked for', () => {
  expect(splitCsv('a\n'.repeat(50), ',', 7)).toHaveLength(7)
})
