import { unreadable } from './value'
import { decodeXmlText } from './xml-leaf'

/** A position in the text. Every step uses a sticky pattern or `indexOf`, so that a scan takes linear time. */
export type Scan = { text: string; at: number; values: number }

export const take = (scan: Scan, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = scan.at
  const match = pattern.exec(scan.text)
  if (!match) return undefined
  scan.at = pattern.lastIndex
  return match
}

/** Moves past a literal text; false if the text continues differently. */
export const takeText = (scan: Scan, literal: string): boolean => {
  if (!scan.text.startsWith(literal, scan.at)) return false
  scan.at += literal.length
  return true
}

const blanks = /[ \t\r\n]+/y
const target = /([A-Za-z_][A-Za-z0-9._-]*)(?=[ \t\r\n]|\?>)/y

export const takeBlanks = (scan: Scan): boolean => take(scan, blanks) !== undefined

/** Moves past a comment or a processing instruction, which have no meaning in a plist: https://www.w3.org/TR/xml/#sec-comments */
export function takeComment(scan: Scan): boolean {
  const at = scan.at
  if (takeText(scan, '<!--')) {
    const end = scan.text.indexOf('--', scan.at)
    if (end < 0 || scan.text[end + 2] !== '>')
      unreadable(`the comment at character ${at} does not end as XML comments do`)
    scan.at = end + 3
    return true
  }
  if (!takeText(scan, '<?')) return false
  const [, name = ''] = take(scan, target) ?? []
  const end = scan.text.indexOf('?>', scan.at)
  if (name === '' || name.toLowerCase() === 'xml' || end < 0)
    unreadable(`the processing instruction at character ${at} is not one of XML`)
  scan.at = end + 2
  return true
}

/** Moves past any blanks, comments and processing instructions. */
export function takeMisc(scan: Scan): void {
  while (takeBlanks(scan) || takeComment(scan));
}

const attribute =
  /([A-Za-z_][A-Za-z0-9._:-]*)[ \t\r\n]*=[ \t\r\n]*(?:"([^"<]*)"|'([^'<]*)')(?=[ \t\r\n/>])/y

/**
 * Reads the attributes of a tag. Apple's document type defines only the version of `plist`
 * (https://www.apple.com/DTDs/PropertyList-1.0.dtd); others change no value and are ignored.
 */
export function takeAttributes(scan: Scan): Map<string, string> {
  const found = new Map<string, string>()
  while (takeBlanks(scan)) {
    const at = scan.at
    const [, name, double, single] = take(scan, attribute) ?? []
    if (name === undefined) break
    if (/^xmlns(:|$)/.test(name)) unreadable(`a namespace at character ${at}`)
    if (found.has(name)) unreadable(`the attribute ${name} stands twice at character ${at}`)
    found.set(name, decodeXmlText(double ?? single ?? ''))
  }
  return found
}
