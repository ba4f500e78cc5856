import type { PlistValue } from './value'
import { dateOutOfRange, isReadableDate, unreadable } from './value'

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const reference = /&(?:(amp|lt|gt|quot|apos)|#0*([0-9]{1,7})|#x0*([0-9a-fA-F]{1,6}));|&/g

/** Line ends as XML has them: https://www.w3.org/TR/xml/#sec-line-ends */
export const normalizeLines = (raw: string): string => raw.replace(/\r\n?/g, '\n')

/** The text of an element, with its references decoded and its line ends normalised. */
export function decodeXmlText(raw: string): string {
  const text = normalizeLines(raw)
  if (!text.includes('&')) return text
  return text.replace(reference, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return named[name] ?? ''
    if (decimal !== undefined) return character(Number.parseInt(decimal, 10))
    if (hex !== undefined) return character(Number.parseInt(hex, 16))
    return unreadable('the XML holds an entity that is not one of the five')
  })
}

// A reference may name only the characters that text may hold: https://www.w3.org/TR/xml/#charsets
const character = (code: number): string => {
  const allowed =
    code === 0x9 ||
    code === 0xa ||
    code === 0xd ||
    (code >= 0x20 && code <= 0xd7ff) ||
    (code >= 0xe000 && code <= 0xfffd) ||
    (code >= 0x10000 && code <= 0x10ffff)
  if (!allowed) unreadable(`the reference &#${code}; names no XML character`)
  return String.fromCodePoint(code)
}

/** The value of a leaf element, or in words why its text is not of that type. */
export function leafValue(name: string, text: string): PlistValue | string {
  if (name === 'string') return { type: 'string', value: text }
  if (name === 'true' || name === 'false')
    return trimAscii(text) === ''
      ? { type: 'boolean', value: name === 'true' }
      : `not a boolean: <${name}> has content`
  if (name === 'integer') return integerValue(trimAscii(text))
  if (name === 'real') return realValue(trimAscii(text))
  return name === 'date' ? dateValue(trimAscii(text)) : dataValue(text)
}

/** String.trim would also remove U+FEFF, which plistlib and Apple refuse in a number. */
const trimAscii = (text: string): string => {
  const isBlank = (at: number) => ' \t\r\n'.includes(text.charAt(at))
  let [from, to] = [0, text.length]
  while (from < to && isBlank(from)) from += 1
  while (to > from && isBlank(to - 1)) to -= 1
  return text.slice(from, to)
}

const integerValue = (text: string): PlistValue | string => {
  if (!/^[+-]?[0-9]+$/.test(text)) return 'not an integer'
  const value = Number(text)
  // Larger numbers would be rounded, and a rounded value is wrong.
  if (!Number.isSafeInteger(value)) return 'an integer is too large to be read exactly'
  return { type: 'integer', value: value + 0 }
}

const realValue = (text: string): PlistValue | string => {
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(text)) return { type: 'real', value: undefined }
  if (!/^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/.test(text)) return 'not a real'
  const value = Number(text)
  return Number.isFinite(value) ? { type: 'real', value } : 'a real is too large to be read'
}

const dateValue = (text: string): PlistValue | string => {
  if (!/^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text))
    return 'not a date of the form 2026-01-31T12:00:00Z'
  const value = new Date(text)
  // Date reads 31 February as 3 March, so the text is compared with what it writes.
  if (Number.isNaN(value.getTime()) || value.toISOString() !== text.replace('Z', '.000Z'))
    return 'not a date: no calendar has it'
  return isReadableDate(value.getTime()) ? { type: 'date', value } : dateOutOfRange
}

const dataValue = (text: string): PlistValue | string => {
  const base64 = text.replace(/[ \t\r\n]/g, '')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) return 'not data in standard base64'
  return { type: 'data', value: Uint8Array.from(bytes) }
}
