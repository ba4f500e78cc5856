import { cfgutilList, isKeyValue, splitKeyValue } from './key-value'
import { type Delimiter, delimiters, type FileRow, importLimits, splitCsv } from './split-csv'

/** A file as a table, with notes about what was interpreted. */
export type FileTable = {
  headers: string[]
  rows: FileRow[]
  notes: string[]
  /** The separator of the cells; with a comma the decimal separator is a point. */
  delimiter: Delimiter | 'key: value'
}

export type Unread = { problem: string }

/**
 * Reads the bytes of a file as a table. `isKnown` says whether the import knows a header; by it the header row is found
 * below title lines, and the separator chosen.
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
  // Excel reads this line as an instruction and does not show it.
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

/** The row with the most known headers; if none is known, the first of the widest rows. */
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

/** A file's text with a note about its encoding, or why it cannot be decoded. */
type Decoded = { text: string; note?: string } | { problem: string }

/**
 * Reads UTF-8, UTF-16 in either byte order, and Windows-1252, which is what Excel's plain "CSV" is.
 * A byte order mark is dropped.
 */
function decode(bytes: Uint8Array): Decoded {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4)
    return { problem: 'This is an Excel workbook or another ZIP file. Save it as CSV.' }
  const wide = utf16Of(bytes)
  if (wide) return { text: new TextDecoder(wide).decode(bytes), note: 'Read as UTF-16.' }
  if (bytes.includes(0))
    return { problem: 'The file is no text: it holds zero bytes. Save it as CSV.' }
  const lenient = new TextDecoder('utf-8').decode(bytes)
  const unread = count(lenient, /\ufffd/g)
  if (unread === 0) return { text: lenient }
  // Valid UTF-8 letters beside invalid bytes: the file is damaged or mixed, and any decoding would give wrong letters.
  if (count(lenient, /[^\p{ASCII}\ufffd]/gu) > unread) {
    const line = lenient.slice(0, lenient.indexOf('\ufffd')).split('\n').length
    return {
      problem: `Line ${line} is not UTF-8, and other lines are. Save the file as “CSV UTF-8”.`,
    }
  }
  return windows(bytes)
}

/** Recognises UTF-16 by its byte order mark, or by the zeros that every other byte of plain text then is. */
function utf16Of(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return 'utf-16le'
  if (first === 0xfe && second === 0xff) return 'utf-16be'
  const head = bytes.subarray(0, 200)
  if (head.length < 4 || head.length % 2 === 1) return undefined
  const [even, odd] = [0, 1].map(
    (at) => head.filter((byte, n) => n % 2 === at && byte === 0).length,
  )
  const max = head.length * 0.4
  if ((odd ?? 0) > max && even === 0) return 'utf-16le'
  return (even ?? 0) > max && odd === 0 ? 'utf-16be' : undefined
}

function windows(bytes: Uint8Array): Decoded {
  const text = new TextDecoder('windows-1252').decode(bytes)
  // Windows-1252 has no letter at these five places; the decoder gives control characters for them.
  const hole = /[\u0081\u008d\u008f\u0090\u009d]/.exec(text)
  if (hole) {
    const line = text.slice(0, hole.index).split('\n').length
    return {
      problem: `Line ${line} is neither UTF-8 nor Windows-1252. Save the file as “CSV UTF-8”.`,
    }
  }
  return { text, note: 'Not UTF-8, so read as Windows-1252: check the accented letters below.' }
}

const count = (text: string, of: RegExp) => text.match(of)?.length ?? 0
