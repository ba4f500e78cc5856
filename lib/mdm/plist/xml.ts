import type { PlistValue } from './value'
import { checkKey, plistLimits, unreadable } from './value'
import { decodeXmlText, leafValue, normalizeLines } from './xml-leaf'
import { takePrologue, type XmlEncoding } from './xml-prologue'
import {
  type Scan,
  take,
  takeAttributes,
  takeBlanks,
  takeComment,
  takeMisc,
  takeText,
} from './xml-scan'

const openTag = /<(dict|key|array|string|integer|real|true|false|date|data)(?=[ \t\r\n/>])/y
const closeTag = /<\/([a-z]+)[ \t\r\n]*>/y

// A character that XML 1.0 does not allow: https://www.w3.org/TR/xml/#charsets
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

/**
 * Reads a complete XML plist strictly; throws the reason if it is not one. Everything of XML 1.0 that can occur in a
 * plist is accepted, wherever XML allows it: comments, CDATA sections, processing instructions, references, blanks.
 * Refused are declared entities, namespaces and other document types.
 * The document type: https://www.apple.com/DTDs/PropertyList-1.0.dtd
 */
export function readXmlPlist(text: string, encoding: XmlEncoding = 'utf-8'): PlistValue {
  if (notXml.test(text)) unreadable('the XML holds a character that XML 1.0 does not allow')
  const scan: Scan = { text, at: 0, values: 0 }
  takePrologue(scan, encoding)
  takeMisc(scan)
  const value = readElement(scan, 1)
  takeMisc(scan)
  expectClose(scan, 'plist')
  takeMisc(scan)
  if (scan.at !== text.length) unreadable('something stands after </plist>')
  return value
}

const expectClose = (scan: Scan, name: string): void => {
  const at = scan.at
  const [, found] = take(scan, closeTag) ?? []
  if (found !== name) unreadable(`</${name}> is missing at character ${at}`)
}

const takeOpen = (scan: Scan): { name: string; empty: boolean } | undefined => {
  const at = scan.at
  const match = take(scan, openTag)
  if (!match) return undefined
  const name = match[1] ?? ''
  takeAttributes(scan)
  takeBlanks(scan)
  const empty = takeText(scan, '/')
  if (!takeText(scan, '>')) unreadable(`the tag <${name}> at character ${at} is not one of XML`)
  scan.values += 1
  if (scan.values > plistLimits.values) unreadable(`more than ${plistLimits.values} values`)
  return { name, empty }
}

const readElement = (scan: Scan, depth: number): PlistValue => {
  if (depth > plistLimits.depth) unreadable(`nested deeper than ${plistLimits.depth}`)
  const at = scan.at
  const tag = takeOpen(scan)
  if (!tag) return unreadable(`no plist value at character ${at}`)
  if (tag.name === 'key') return unreadable(`a key stands where a value belongs, character ${at}`)
  if (tag.name === 'dict') return readDict(scan, tag.empty, depth)
  if (tag.name === 'array') return readArray(scan, tag.empty, depth)
  const text = tag.empty ? '' : readText(scan, tag.name)
  const leaf = leafValue(tag.name, text)
  return typeof leaf === 'string' ? unreadable(`${leaf}, at character ${at}`) : leaf
}

const readDict = (scan: Scan, empty: boolean, depth: number): PlistValue => {
  const entries = new Map<string, PlistValue>()
  while (!empty) {
    takeMisc(scan)
    const tag = takeOpen(scan)
    if (!tag) break
    if (tag.name !== 'key') unreadable('a dict has a value without a key')
    const key = tag.empty ? '' : readText(scan, 'key')
    checkKey(key, entries)
    takeMisc(scan)
    entries.set(key, readElement(scan, depth + 1))
  }
  if (!empty) expectClose(scan, 'dict')
  return { type: 'dict', entries }
}

const readArray = (scan: Scan, empty: boolean, depth: number): PlistValue => {
  const items: PlistValue[] = []
  if (empty) return { type: 'array', items }
  takeMisc(scan)
  while (!scan.text.startsWith('</', scan.at)) {
    items.push(readElement(scan, depth + 1))
    takeMisc(scan)
  }
  expectClose(scan, 'array')
  return { type: 'array', items }
}

/** The text up to the closing tag, with references and CDATA sections decoded and comments left out. */
const readText = (scan: Scan, name: string): string => {
  const parts: string[] = []
  for (;;) {
    const end = scan.text.indexOf('<', scan.at)
    if (end < 0) unreadable(`</${name}> is missing`)
    const text = scan.text.slice(scan.at, end)
    // XML does not allow this in text: https://www.w3.org/TR/xml/#syntax
    if (text.includes(']]>')) unreadable('the XML holds "]]>"')
    parts.push(decodeXmlText(text))
    scan.at = end
    if (takeText(scan, '<![CDATA[')) parts.push(readCdata(scan))
    else if (!takeComment(scan)) break
  }
  expectClose(scan, name)
  return parts.join('')
}

const readCdata = (scan: Scan): string => {
  const end = scan.text.indexOf(']]>', scan.at)
  if (end < 0) unreadable(`the CDATA section at character ${scan.at} has no end`)
  const text = scan.text.slice(scan.at, end)
  scan.at = end + 3
  return normalizeLines(text)
}
