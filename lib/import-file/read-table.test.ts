import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isKnownHeader } from '@/lib/domain/import/headers'
import { readTable } from './read-table'
import { importLimits } from './split-csv'

const fileOf = (name: string) => readFileSync(`lib/import-file/testdata/${name}`)
const read = (bytes: Uint8Array) => readTable(bytes, isKnownHeader)
const utf8 = (text: string) => new TextEncoder().encode(text)
const utf16 = (text: string, { big = false, mark = true } = {}) => {
  const bytes = Buffer.from(`${mark ? '\ufeff' : ''}${text}`, 'utf16le')
  return big ? bytes.swap16() : bytes
}

test('the separator is the one by which most headers are known', () => {
  for (const sign of [',', ';', '\t', '|'])
    expect(
      read(utf8(`Serial${sign}Name${sign}Note\nC39VC0${sign}a, b; c${sign}x\n`)),
    ).toMatchObject({
      headers: ['Serial', 'Name', 'Note'],
      delimiter: sign,
    })
})

test('Excel’s sep= line and the title above a header are left out, the second is said', () => {
  expect(read(fileOf('13-sep-line.csv'))).toMatchObject({
    headers: ['Serial', 'Name', 'Platform'],
    rows: [{ row: 2, cells: ['DMPSEP000001', 'Lab 1', 'iOS'] }],
    notes: [],
  })
  expect(read(fileOf('15-title-lines.csv'))).toMatchObject({
    rows: [{ row: 5, cells: ['DMPSEP000003', 'Lab 3', 'iOS'] }],
    notes: ['The header is row 4; the 2 rows above it are left out.'],
  })
})

test('a header cell may hold a line break', () => {
  expect(read(utf8('"Serial\nnumber",Name\nC39VC0,a\n'))).toMatchObject({
    headers: ['Serial\nnumber', 'Name'],
    rows: [{ row: 2 }],
  })
})

test.each([
  ['UTF-16 LE', utf16('Serial\tName\nC39VC0\tAndré\n')],
  ['UTF-16 BE', utf16('Serial\tName\nC39VC0\tAndré\n', { big: true })],
  ['UTF-16 without a mark', utf16('Serial\tName\nC39VC0\tAndré\n', { mark: false })],
  ['Windows-1252', Buffer.from('Serial\tName\nC39VC0\tAndré\n', 'latin1')],
  ['UTF-8', utf8('\ufeffSerial\tName\nC39VC0\tAndré\n')],
])('%s is read with its accents', (_, bytes) => {
  expect(read(bytes)).toMatchObject({ rows: [{ cells: ['C39VC0', 'André'] }] })
})

test('a file that mixes encodings is refused with its line', () => {
  const mixed = Buffer.concat([utf8('Serial,Name\nA,é\nB,é\nC,'), Buffer.from([0xe9, 0x0a])])
  expect(read(mixed)).toEqual({ problem: expect.stringContaining('Line 4') })
})

test.each([
  ['an Excel workbook', Buffer.from('PK\u0003\u0004xxxx'), 'Excel workbook'],
  ['a property list', fileOf('ideviceinfo-default.plist'), 'XML'],
  ['JSON', utf8('{"Serial":"x"}'), 'JSON'],
  ['nothing', utf8(' \n'), 'empty'],
  ['a header alone', utf8('Serial,Name\n'), 'no rows'],
])('%s is refused in words', (_, bytes, words) => {
  expect(read(bytes)).toEqual({ problem: expect.stringContaining(words) })
})

test('what ideviceinfo prints is one row a device, and nested keys are none of its own', () => {
  const text = fileOf('ideviceinfo-default.txt').toString()
  const table = read(utf8(`${text}\n${text.replaceAll('TESTSERIAL07', 'TESTSERIAL08')}`))
  if ('problem' in table) throw new Error(table.problem)
  const serial = table.headers.indexOf('SerialNumber')
  expect(table.rows.map(({ cells }) => cells[serial])).toEqual(['TESTSERIAL07', 'TESTSERIAL08'])
  expect(table.headers).not.toContain('auto-boot')
})

test('a part of ideviceinfo that names no device is nobody’s', () => {
  const text = fileOf('ideviceinfo-default.txt').toString()
  const table = read(utf8(`${text}\nBatteryCurrentCapacity: 55\nBatteryIsCharging: false\n`))
  expect(table).toMatchObject({ rows: [{}, { problem: expect.stringContaining('whose') }] })
})

test('more rows than an import takes are refused, and counted while reading', () => {
  const many = `Serial\n${'C39VC0\n'.repeat(importLimits.rows + 1)}`
  expect(read(utf8(many))).toEqual({ problem: expect.stringContaining('20,000 rows') })
  expect(read(new Uint8Array(importLimits.bytes + 1))).toEqual({
    problem: expect.stringContaining('5 MB'),
  })
})
