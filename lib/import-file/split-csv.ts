/**
 * The maximum size of one import, beyond which a browser and a transaction get slow. Rows, columns and cells are counted
 * while the file is read, so that a larger file is refused before all of its cells are in memory.
 */
export const importLimits = {
  bytes: 5_000_000,
  rows: 20_000,
  columns: 500,
  /** Characters of one cell. */
  cell: 10_000,
  /** Lines above the header, such as a report's title, that are left out. */
  linesAboveHeader: 20,
}

/**
 * One row of a file, as a spreadsheet counts them from 1. With `problem` its cells cannot be separated.
 */
export type FileRow = { row: number; line: number; cells: string[]; problem?: string }

export type Delimiter = ',' | ';' | '\t' | '|'
export const delimiters: readonly Delimiter[] = [',', ';', '\t', '|']

const quote = 0x22
const lineFeed = 0x0a
const carriageReturn = 0x0d

/**
 * Splits a text into rows. A quote that never closes, or is followed by more text, makes its own line unreadable
 * and no other: reading continues at the next line, so that one bad cell never shifts a file.
 * CSV libraries drop the rest of the file or read several rows as one cell, so none is used here.
 * Rows beyond `max` are not read; one more than fits tells that there are more.
 */
export function splitCsv(text: string, delimiter: Delimiter, max: number): FileRow[] {
  const rows: FileRow[] = []
  let [at, line] = [0, 1]
  for (let row = 1; at < text.length && rows.length < max; row++) {
    const read = delimiter === '\t' ? tabbedRow(text, at) : quotedRow(text, at, delimiter)
    const whole = read ?? spoiledRow(text, at)
    const { cells, problem } = whole
    if (problem !== undefined || cells.some((cell) => cell.trim() !== ''))
      rows.push({ row, line, cells, ...(problem && { problem: `Line ${line}: ${problem}` }) })
    line += linesIn(text, at, whole.next)
    at = whole.next
  }
  return rows
}

type Read = { cells: string[]; next: number; problem?: string }

/**
 * A tab-separated file knows no quotes: an inch is an inch. Excel does put a cell that holds a tab or a line
 * break in quotes, as in a CSV: where one opens, and closes on a later line, the row is read so.
 */
function tabbedRow(text: string, start: number): Read {
  const line = text.slice(start, endOfLine(text, start))
  const open = line.split('\t').some((cell) => cell.startsWith('"') && !isWrapped(cell))
  return (open ? quotedRow(text, start, '\t') : undefined) ?? plainRow(text, start)
}

/** A cell that is quoted whole is unwrapped. */
function plainRow(text: string, start: number): Read {
  const end = endOfLine(text, start)
  const cells = text.slice(start, end).split('\t').map(unwrapped)
  return { ...bounded(cells), next: afterLine(text, end) }
}

const isWrapped = (cell: string) => /^"(?:[^"]|"")*"$/.test(cell)

const unwrapped = (cell: string) =>
  isWrapped(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell

/** Undefined if a quote makes the row unreadable. */
function quotedRow(text: string, start: number, delimiter: Delimiter): Read | undefined {
  const cells: string[] = []
  let at = start
  for (;;) {
    const opening = openingQuote(text, at)
    const cell = opening === undefined ? bareCell(text, at, delimiter) : quotedCell(text, opening)
    if (!cell) return undefined
    const { value, end } = cell
    if (cells.length <= importLimits.columns) cells.push(value)
    if (end >= text.length) return { ...bounded(cells), next: end }
    if (text[end] !== delimiter) {
      if (!isLineEnd(text.charCodeAt(end))) return undefined
      return { ...bounded(cells), next: afterLine(text, end) }
    }
    at = end + 1
    // A file may end with a separator: the cell behind it is empty.
    if (at >= text.length) return { ...bounded([...cells, '']), next: at }
  }
}

/** Blanks before an opening quote do not belong to the cell; after any other text a quote is a plain character. */
function openingQuote(text: string, start: number): number | undefined {
  let at = start
  while (text[at] === ' ') at++
  return text.charCodeAt(at) === quote ? at : undefined
}

function bareCell(text: string, start: number, delimiter: Delimiter) {
  // Excel's ="007" holds the separator as a quoted cell does.
  if (text.startsWith('="', start)) {
    const close = text.indexOf('"', start + 2)
    const after = close < 0 ? '' : (text[close + 1] ?? '\n')
    // Short and on one line, or a crafted file would be searched through at every cell.
    const near = close > 0 && close - start < 200 && !/[\r\n]/.test(text.slice(start, close))
    if (near && (after === delimiter || /[\r\n]/.test(after)))
      return { value: text.slice(start, close + 1), end: close + 1 }
  }
  let end = start
  while (end < text.length && text[end] !== delimiter && !isLineEnd(text.charCodeAt(end))) end++
  return { value: text.slice(start, end), end }
}

/** Undefined if the quote does not close within a cell's maximum length, or more text follows it. */
function quotedCell(text: string, opening: number) {
  const max = opening + 2 * importLimits.cell
  let close = text.indexOf('"', opening + 1)
  while (close >= 0 && text.charCodeAt(close + 1) === quote && close < max)
    close = text.indexOf('"', close + 2)
  if (close < 0 || close > max) return undefined
  const value = text.slice(opening + 1, close).replaceAll('""', '"')
  let end = close + 1
  while (text[end] === ' ') end++
  return { value, end }
}

function spoiledRow(text: string, start: number): Read {
  const end = endOfLine(text, start)
  const problem = 'a quote opens a cell and does not close it before the next separator.'
  return { cells: [], next: afterLine(text, end), problem }
}

function bounded(cells: string[]): { cells: string[]; problem?: string } {
  if (cells.length > importLimits.columns)
    return { cells: [], problem: `more than ${importLimits.columns} cells.` }
  if (cells.some(({ length }) => length > importLimits.cell))
    return { cells: [], problem: `a cell of more than ${importLimits.cell} characters.` }
  return { cells }
}

const isLineEnd = (code: number) => code === lineFeed || code === carriageReturn

function endOfLine(text: string, start: number): number {
  let end = start
  while (end < text.length && !isLineEnd(text.charCodeAt(end))) end++
  return end
}

const afterLine = (text: string, end: number) =>
  text.charCodeAt(end) === carriageReturn && text.charCodeAt(end + 1) === lineFeed
    ? end + 2
    : end + 1

function linesIn(text: string, from: number, to: number): number {
  let lines = 0
  for (let at = from; at < to && at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === lineFeed || (code === carriageReturn && text.charCodeAt(at + 1) !== lineFeed))
      lines++
  }
  return lines
}
