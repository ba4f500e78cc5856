import { decode } from './decode'
import { cfgutilList, isKeyValue, splitKeyValue } from './key-value'
import { type Delimiter, delimiters, type FileRow, importLimits, splitCsv } from './split-csv'

/** A file as a table, and what of it was understood otherwise than it stands there. */
export type FileTable = {
  headers: string[]
  rows: FileRow[]
  notes: string[]
  /** What separates the cells; a comma says that a point is the decimal sign. */
  delimiter: Delimiter | 'key: value'
}

export type Unread = { problem: string }

/**
 * Reads the bytes of a file as a table. `isKnown` says whether a header is one the import knows: by it
 * the header is found below title lines, and the separator chosen.
 */
export function readTable(
  bytes: Uint8Array,
  isKnown: (header: string) => boolean,
): FileTable | Unread {
  const { bytes: max, rows: maxRows } = importLimits
  if (bytes.byteLength > max)
    return { problem: `The file is larger than ${max / 1e6} MB: split it.` }
  const decoded = decode(bytes)
  if ('problem' in decoded) return decoded
  const text = decoded.text.replace(/^\ufeff/, '')
  const notes = decoded.note === undefined ? [] : [decoded.note]
  const wrong = otherThanCsv(text)
  if (wrong) return { problem: wrong }
  const listed = cfgutilList(text)
  const read = listed
    ? { ...listed, delimiter: 'key: value' as const, notes }
    : isKeyValue(text)
      ? { ...splitKeyValue(text, maxRows + 1), delimiter: 'key: value' as const, notes }
      : readCsv(text, isKnown, notes)
  if ('problem' in read) return read
  if (read.rows.length > maxRows)
    return {
      problem: `The file has more than ${maxRows.toLocaleString('en')} rows, which is what an import takes at once: split it.`,
    }
  return read.rows.length === 0 ? { problem: 'The file has no rows below its header.' } : read
}

function otherThanCsv(text: string): string | undefined {
  const start = text.slice(0, 200).trimStart()
  if (start === '') return 'The file is empty.'
  if (/^<\?xml|^<!DOCTYPE|^<plist/i.test(start))
    return 'This is XML. Export CSV instead, or run ideviceinfo without -x.'
  if (/^[[{]/.test(start)) return 'This is JSON. Export CSV instead.'
  return undefined
}

function readCsv(
  given: string,
  isKnown: (header: string) => boolean,
  notes: string[],
): FileTable | Unread {
  // Excel takes this line as an order and does not show it.
  const sep = /^"?sep=(.)"?[,;\t]*(?:\r\n|\n|\r)/i.exec(given)
  const text = sep ? given.slice(sep[0].length) : given
  const said = delimiters.find((one) => one === sep?.[1])
  const asSaid = said && headerBy(text, said, isKnown)
  const best = asSaid && asSaid.known > 0 ? asSaid : bestOf(text, isKnown)
  if (!best) return { problem: 'The file has no header row that can be read.' }
  const { delimiter, header } = best
  const all = splitCsv(text, delimiter, importLimits.rows + importLimits.linesAboveHeader + 2)
  const above = all.filter(({ row }) => row < header.row)
  if (above.length > 0)
    notes.push(
      `The header is row ${header.row}; ${above.length === 1 ? 'the row' : `the ${above.length} rows`} above it ${above.length === 1 ? 'is' : 'are'} left out.`,
    )
  const below = all.filter(({ row }) => row > header.row)
  const rows = below.filter(({ cells }) => !isSameRow(cells, header.cells))
  const again = below.length - rows.length
  if (again > 0)
    notes.push(
      `The header stands ${again === 1 ? 'once more' : `${again} times more`} among the rows, and is left out there.`,
    )
  return { headers: header.cells, rows, delimiter, notes }
}

/** A header that a report repeats on each page, or that came with a second file. */
const isSameRow = (cells: readonly string[], header: readonly string[]): boolean =>
  cells.some((cell) => cell.trim() !== '') &&
  Array.from({ length: Math.max(cells.length, header.length) }).every(
    (_, at) => (cells[at] ?? '').trim().toLowerCase() === (header[at] ?? '').trim().toLowerCase(),
  )

type Header = { delimiter: Delimiter; header: FileRow; known: number }

const bestOf = (text: string, isKnown: (header: string) => boolean): Header | undefined =>
  delimiters
    .flatMap((delimiter) => headerBy(text, delimiter, isKnown) ?? [])
    .reduce<Header | undefined>(
      (best, one) => (best && !isBetter(one, best) ? best : one),
      undefined,
    )

const isBetter = (one: Header, best: Header) =>
  one.known > best.known ||
  (one.known === best.known && one.header.cells.length > best.header.cells.length)

/** The row with the most known headers; where none is known, the first of the widest rows. */
function headerBy(
  text: string,
  delimiter: Delimiter,
  isKnown: (header: string) => boolean,
): Header | undefined {
  const rows = splitCsv(text, delimiter, importLimits.linesAboveHeader + 1)
  const scored = rows
    .filter(({ problem }) => problem === undefined)
    .map((header) => ({
      delimiter,
      header,
      known: header.cells.filter(isKnown).length,
      filled: header.cells.filter((cell) => cell.trim() !== '').length,
    }))
  return scored.reduce<(Header & { filled: number }) | undefined>((best, one) => {
    if (!best || one.known > best.known) return one
    return best.known === 0 && one.known === 0 && one.filled > best.filled ? one : best
  }, undefined)
}
