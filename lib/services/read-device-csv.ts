import { CsvError, parse } from 'csv-parse/sync'
import { columnOf, importColumns, type NamedColumn } from '@/lib/domain/import-column'
import { type Refusal, refused } from './result'

/** What one import may hold; beyond it a browser and a transaction get slow. */
export const importLimits = { bytes: 5_000_000, rows: 20_000 }

/** A file as a table: row 1 is the header, as a spreadsheet counts. */
export type DeviceTable = {
  /** For each column of the file what it means; undefined where nobody knows. */
  columns: (NamedColumn | undefined)[]
  headers: string[]
  rows: { row: number; cells: string[] }[]
}

/** Reads a CSV file in UTF-8, with commas, semicolons or tabs. Every cell stays the text it is. */
export function readDeviceCsv(bytes: Uint8Array): DeviceTable | Refusal {
  if (bytes.byteLength > importLimits.bytes)
    return refused(`The file is larger than ${importLimits.bytes / 1e6} MB: split it.`, 'file')
  const text = decoded(bytes)
  if (typeof text !== 'string') return text
  const records = recordsOf(text)
  if (!Array.isArray(records)) return records
  const [headers, ...rest] = records
  if (!headers || rest.every(isBlank))
    return refused('The file has no rows below its header.', 'file')
  const columns = headers.map(columnOf)
  const no = badHeader(headers, columns)
  if (no) return no
  const rows = rest
    .map((cells, index) => ({ row: index + 2, cells }))
    .filter(({ cells }) => !isBlank(cells))
  if (rows.length > importLimits.rows)
    return refused(
      `The file has ${rows.length} rows, an import takes ${importLimits.rows} at once: split it.`,
      'file',
    )
  return { columns, headers, rows }
}

const isBlank = (cells: readonly string[]) => cells.every((cell) => cell.trim() === '')

function decoded(bytes: Uint8Array): string | Refusal {
  const [first, second] = bytes
  const utf16 = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff)
  if (utf16 || bytes.subarray(0, 1000).includes(0))
    return refused('The file is UTF-16 or no text: save it as “CSV UTF-8” and try again.', 'file')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return refused(
      'The file is not UTF-8, so its letters cannot be relied on: save it as “CSV UTF-8” and try again.',
      'file',
    )
  }
}

/** Spreadsheets write semicolons where the comma is the decimal sign; the header tells which it is. */
function delimiterOf(text: string): string {
  const header = text.slice(0, text.search(/[\r\n]|$/)).replaceAll(/"[^"]*"/g, '')
  const counted = [',', ';', '\t'].map((sign) => ({ sign, n: header.split(sign).length }))
  return counted.reduce((most, one) => (one.n > most.n ? one : most)).sign
}

function recordsOf(text: string): string[][] | Refusal {
  try {
    return parse(text, { delimiter: delimiterOf(text), relax_column_count: true })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    return refused(`The file cannot be read as CSV: ${error.message}.`, 'file')
  }
}

function badHeader(
  headers: readonly string[],
  columns: readonly (NamedColumn | undefined)[],
): Refusal | undefined {
  const known = columns.filter((column) => column !== undefined)
  if (known.length === 0) {
    const accepted = importColumns.map(({ label }) => label).join(', ')
    return refused(`No column of the file is known. Accepted: ${accepted}.`, 'file')
  }
  const twice = columns.findIndex((column, at) => column && columns.indexOf(column) !== at)
  if (twice < 0) return undefined
  const label = columns[twice]?.label
  return refused(`Two columns mean ${label}: the second is “${headers[twice]}”.`, 'file')
}
