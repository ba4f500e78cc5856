import { checkKey, plistLimits, unreadable } from './plist-limits'
import type { PlistValue } from './plist-value'
import { decodeXmlText, leafValue } from './plist-xml-leaf'

/**
 * The XML grammar this reader takes, and no more: no comment, CDATA, processing instruction, internal
 * subset or namespace. Every pattern is sticky and bounded, so the scan is linear in the input. The
 * document type: https://www.apple.com/DTDs/PropertyList-1.0.dtd
 */
const blank = /[ \t\r\n]*/y
const declaration =
  /<\?xml[ \t\r\n]{1,8}version=(?:"1\.0"|'1\.0')(?:[ \t\r\n]{1,8}encoding=(?:"[Uu][Tt][Ff]-8"|'[Uu][Tt][Ff]-8'))?(?:[ \t\r\n]{1,8}standalone=(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]{0,8}\?>/y
const doctype =
  /<!DOCTYPE[ \t\r\n]{1,8}plist[ \t\r\n]{1,8}PUBLIC[ \t\r\n]{1,8}(["'])-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN\1[ \t\r\n]{1,8}(["'])https?:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd\2[ \t\r\n]{0,8}>/y
const rootTag = /<plist(?:[ \t\r\n]{1,8}version=(?:"1\.0"|'1\.0'))?[ \t\r\n]{0,8}>/y
const openTag = /<(dict|key|array|string|integer|real|true|false|date|data)[ \t\r\n]{0,8}(\/?)>/y
const closeTag = /<\/([a-z]{1,7})[ \t\r\n]{0,8}>/y

// What XML 1.0 calls a character: https://www.w3.org/TR/xml/#charsets
const notXml = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/u

type Scan = { text: string; at: number; values: number }

/** Reads a whole XML plist strictly; throws the reason where it is not one. */
export function readXmlPlist(text: string): PlistValue {
  if (notXml.test(text)) unreadable('the XML holds a character that XML 1.0 does not allow')
  // Not allowed in text either: https://www.w3.org/TR/xml/#syntax
  if (text.includes(']]>')) unreadable('the XML holds "]]>"')
  const scan: Scan = { text, at: 0, values: 0 }
  take(scan, declaration)
  take(scan, blank)
  take(scan, doctype)
  take(scan, blank)
  if (!take(scan, rootTag)) unreadable('the XML does not begin as a plist does')
  take(scan, blank)
  const value = readElement(scan, 1)
  take(scan, blank)
  expectClose(scan, 'plist')
  take(scan, blank)
  if (scan.at !== text.length) unreadable('something stands after </plist>')
  return value
}

const take = (scan: Scan, pattern: RegExp): RegExpExecArray | undefined => {
  pattern.lastIndex = scan.at
  const match = pattern.exec(scan.text)
  if (!match) return undefined
  scan.at = pattern.lastIndex
  return match
}

const expectClose = (scan: Scan, name: string): void => {
  const at = scan.at
  const [, found] = take(scan, closeTag) ?? []
  if (found !== name) unreadable(`</${name}> is missing at character ${at}`)
}

const takeOpen = (scan: Scan): { name: string; empty: boolean } | undefined => {
  const match = take(scan, openTag)
  if (!match) return undefined
  scan.values += 1
  if (scan.values > plistLimits.values) unreadable(`more than ${plistLimits.values} values`)
  return { name: match[1] ?? '', empty: match[2] === '/' }
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
  return leafValue(tag.name, text) ?? unreadable(`not a ${tag.name} at character ${at}`)
}

const readDict = (scan: Scan, empty: boolean, depth: number): PlistValue => {
  const entries = new Map<string, PlistValue>()
  while (!empty) {
    take(scan, blank)
    const tag = takeOpen(scan)
    if (!tag) break
    if (tag.name !== 'key') unreadable('a dict has a value without a key')
    const key = tag.empty ? '' : readText(scan, 'key')
    checkKey(key, entries)
    take(scan, blank)
    entries.set(key, readElement(scan, depth + 1))
  }
  if (!empty) expectClose(scan, 'dict')
  return { type: 'dict', entries }
}

const readArray = (scan: Scan, empty: boolean, depth: number): PlistValue => {
  const items: PlistValue[] = []
  if (empty) return { type: 'array', items }
  take(scan, blank)
  while (!scan.text.startsWith('</', scan.at)) {
    items.push(readElement(scan, depth + 1))
    take(scan, blank)
  }
  expectClose(scan, 'array')
  return { type: 'array', items }
}

const readText = (scan: Scan, name: string): string => {
  const end = scan.text.indexOf('<', scan.at)
  if (end < 0) unreadable(`</${name}> is missing`)
  const text = decodeXmlText(scan.text.slice(scan.at, end))
  scan.at = end
  expectClose(scan, name)
  return text
}
