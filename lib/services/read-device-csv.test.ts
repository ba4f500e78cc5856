import { expect, test } from 'vitest'
import { importLimits, readDeviceCsv } from './read-device-csv'

const utf8 = (text: string) => new TextEncoder().encode(text)
const refusal = (bytes: Uint8Array) => {
  const result = readDeviceCsv(bytes)
  return 'status' in result ? result.because : undefined
}

test.each([
  ['commas', 'Name,Serial\nRed,C39VC0\n'],
  ['semicolons', 'Name;Serial\r\nRed;C39VC0\r\n'],
  ['tabs', 'Name\tSerial\nRed\tC39VC0'],
  ['a byte order mark', '\uFEFFName,Serial\nRed,C39VC0\n'],
])('a file with %s is read', (_what, text) => {
  expect(readDeviceCsv(utf8(text))).toMatchObject({
    headers: ['Name', 'Serial'],
    columns: [{ label: 'Name' }, { label: 'Serial' }],
    rows: [{ row: 2, cells: ['Red', 'C39VC0'] }],
  })
})

test('rows are counted as a spreadsheet counts, over blank rows and broken lines', () => {
  const table = readDeviceCsv(utf8('Name,Notes\n,\n"Red","two\nlines"\n\nBlue,x\n'))
  expect(table).toMatchObject({
    rows: [
      { row: 3, cells: ['Red', 'two\nlines'] },
      { row: 5, cells: ['Blue', 'x'] },
    ],
  })
})

test.each([
  ['little-endian', [0xff, 0xfe, 0x4e, 0x00]],
  ['big-endian', [0xfe, 0xff, 0x00, 0x4e]],
])('a UTF-16 file (%s) is refused and told how to be saved', (_order, bytes) => {
  expect(refusal(new Uint8Array(bytes))).toMatch(/UTF-16.*CSV UTF-8/)
})

test('letters of an older encoding are refused, not guessed', () => {
  expect(refusal(new Uint8Array([...utf8('Name\nM'), 0xfc, ...utf8('ller\n')]))).toMatch(
    /not UTF-8/,
  )
})

test.each([
  ['a quote that never closes', 'Name\n"Red\n', /Quote/],
  ['no rows', 'Name\n\n', /no rows/],
  ['nothing', '', /no rows/],
  ['no known column', 'Foo,Bar\n1,2\n', /Accepted: Lab tag, Name/],
  ['one column twice', 'Serial,serial number\nA,B\n', /Two columns mean Serial: .*serial number/],
])('a file with %s is refused with the reason', (_what, text, because) => {
  expect(refusal(utf8(text))).toMatch(because)
})

test('a file beyond the limits is refused with the limit', () => {
  expect(refusal(new Uint8Array(importLimits.bytes + 1))).toMatch(/5 MB/)
  const rows = `Name\n${'x\n'.repeat(importLimits.rows + 1)}`
  expect(refusal(utf8(rows))).toMatch(/20001 rows.*20000/)
})
