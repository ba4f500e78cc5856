import { unreadable } from './plist-limits'
import type { PlistValue } from './plist-value'

const named: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }
const reference = /&(?:(amp|lt|gt|quot|apos)|#([0-9]{1,7})|#x([0-9a-fA-F]{1,6}));|&/g

/** Text of an element with its references read and its line ends as XML has them. */
export function decodeXmlText(raw: string): string {
  const text = raw.replace(/\r\n?/g, '\n')
  if (!text.includes('&')) return text
  return text.replace(reference, (_, name?: string, decimal?: string, hex?: string) => {
    if (name !== undefined) return named[name] ?? ''
    if (decimal !== undefined) return character(Number.parseInt(decimal, 10))
    if (hex !== undefined) return character(Number.parseInt(hex, 16))
    return unreadable('the XML holds an entity that is not one of the five')
  })
}

// References reach the same characters as text: https://www.w3.org/TR/xml/#charsets
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

/** The value of a leaf, or undefined where its text is not of its type. */
export function leafValue(name: string, text: string): PlistValue | undefined {
  if (name === 'string') return { type: 'string', value: text }
  if (name === 'true' || name === 'false')
    return text === '' ? { type: 'boolean', value: name === 'true' } : undefined
  if (name === 'integer') return integerValue(trimAscii(text))
  if (name === 'real') return realValue(trimAscii(text))
  if (name === 'date') return dateValue(text)
  return name === 'data' ? dataValue(text) : undefined
}

// String.trim would also eat U+FEFF, which plistlib and Apple refuse in a number. The bound keeps the
// second pattern from running over a mebibyte of blanks again and again.
const trimAscii = (text: string) =>
  text.length > 200
    ? text
    : text.replace(/^[ \t\r\n]+/, '').replace(/(?<![ \t\r\n])[ \t\r\n]+$/, '')

const integerValue = (text: string): PlistValue | undefined => {
  const value = Number(text)
  if (!/^[+-]?[0-9]{1,16}$/.test(text) || !Number.isSafeInteger(value)) return undefined
  return { type: 'integer', value: value + 0 }
}

const realValue = (text: string): PlistValue | undefined => {
  if (/^[+-]?(?:nan|inf|infinity)$/i.test(text)) return { type: 'real', value: undefined }
  if (!/^[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,4})?$/.test(text))
    return undefined
  const value = Number(text)
  return Number.isFinite(value) ? { type: 'real', value } : undefined
}

const dateValue = (text: string): PlistValue | undefined => {
  // No calendar that writes these dates has a year 0: 1 BC stands before the year 1.
  if (!/^(?!0000)[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$/.test(text))
    return undefined
  const value = new Date(text)
  // 31 February is read as 3 March unless the way back is tried.
  if (Number.isNaN(value.getTime()) || value.toISOString() !== text.replace('Z', '.000Z'))
    return undefined
  return { type: 'date', value }
}

const dataValue = (text: string): PlistValue | undefined => {
  const base64 = text.replace(/[ \t\r\n]/g, '')
  const bytes = Buffer.from(base64, 'base64')
  if (bytes.toString('base64') !== base64) return undefined
  return { type: 'data', value: Uint8Array.from(bytes) }
}
