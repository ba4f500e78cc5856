import type { PlistValue } from '@/lib/domain/documentation/plist-value'
import { type UsbPart, usbPartOf } from '@/lib/domain/reading/usb-print'
import { readPlist } from '@/lib/mdm/plist/plist'
import { isKeyValue } from './key-value'

/** The documents that were read, or why the text is none, with what to do instead. */
export type UsbPrint = { parts: UsbPart[] } | { reason: string }

/**
 * Reads what `ideviceinfo -x`, `cfgutil --format JSON get` or `pymobiledevice3` printed, one document after the other:
 * each call of ideviceinfo prints one of its own, so several calls into one file are no single plist.
 */
export function readUsbPrint(text: string): UsbPrint {
  if (text.trim() === '')
    return { reason: 'It is empty. An empty print means that the device did not say, not “no”.' }
  if (isKeyValue(text))
    return {
      reason:
        'This is the text form of ideviceinfo, which no program can read safely. Print it with -x.',
    }
  try {
    return { parts: documentsIn(text).flatMap(partsOf) }
  } catch (error) {
    return { reason: error instanceof Error ? error.message : 'It cannot be read.' }
  }
}

/** The XML and JSON documents of a text, in their order. @throws Error in words, with the first line that is neither */
function documentsIn(text: string): string[] {
  const found: string[] = []
  let at = 0
  for (;;) {
    while (at < text.length && /\s/.test(text[at] ?? '')) at += 1
    if (at >= text.length) return found
    const end = text[at] === '{' ? endOfJson(text, at) : endOfXml(text, at)
    if (end === undefined) throw new Error(notADocument(text.slice(at)))
    found.push(text.slice(at, end))
    at = end
  }
}

function endOfXml(text: string, at: number): number | undefined {
  if (!/^<(\?xml|!DOCTYPE|plist)/.test(text.slice(at, at + 9))) return undefined
  const close = text.indexOf('</plist>', at)
  return close < 0 ? undefined : close + '</plist>'.length
}

/** The place behind the brace that closes the one at `at`; braces in strings do not count. */
function endOfJson(text: string, at: number): number | undefined {
  let depth = 0
  let quoted = false
  for (let place = at; place < text.length; place += 1) {
    const sign = text[place]
    if (quoted && sign === '\\') place += 1
    else if (sign === '"') quoted = !quoted
    else if (!quoted && sign === '{') depth += 1
    else if (!quoted && sign === '}') {
      depth -= 1
      if (depth === 0) return place + 1
    }
  }
  return undefined
}

function notADocument(rest: string): string {
  const line = (rest.split('\n')[0] ?? '').trim().slice(0, 120)
  if (/^ERROR\b/.test(line)) return `The tool printed an error and no state: “${line}”.`
  if (/^WARNING\b/.test(line))
    return `“${line}” stands where a document is expected. Print without 2>&1, so that warnings stay apart.`
  return `“${line}” is no document, or its end is missing. Accepted: what ideviceinfo -x, cfgutil --format JSON get or pymobiledevice3 prints.`
}

const partsOf = (document: string): UsbPart[] =>
  document.startsWith('{') ? partsOfJson(document) : [usbPartOf(ofPlist(document))]

// DieID, UniqueChipID and counters that wrapped around have up to 64 bits, which a number here would round. None of them
// is used, and the plist reader refuses what it cannot read exactly.
const tooLarge = /<integer>-?\d{16,20}<\/integer>/g

function ofPlist(document: string): Map<string, unknown> {
  const readable = document.replaceAll(tooLarge, '<string>too large</string>')
  const read = readPlist(new TextEncoder().encode(readable))
  if (!read.ok) throw new Error(`One document cannot be read: ${read.reason}.`)
  if (read.value.type !== 'dict')
    throw new Error(
      'One document is a single value, which does not say what it is. Print it without -k.',
    )
  return new Map([...read.value.entries].map(([key, value]) => [key, plain(value)]))
}

const plain = (value: PlistValue): unknown =>
  value.type === 'dict' || value.type === 'array' ? undefined : value.value

/** cfgutil prints an envelope with one entry per device, with what it could not get beside them under "Errors". */
function partsOfJson(document: string): UsbPart[] {
  const read = objectOf(document)
  if (read.Type === 'Progress') return []
  if (read.Type === 'Error')
    throw new Error(
      `cfgutil printed an error and no state: “${String(read.Message).slice(0, 120)}”.`,
    )
  if (read.Type !== 'CommandOutput') return [usbPartOf(new Map(Object.entries(read)))]
  const output = isObject(read.Output) ? read.Output : {}
  return Object.entries(output).flatMap(([key, device]) =>
    key === 'Errors' || !isObject(device) ? [] : [usbPartOf(new Map(Object.entries(device)))],
  )
}

function objectOf(document: string): Record<string, unknown> {
  try {
    const read: unknown = JSON.parse(document)
    if (isObject(read)) return read
  } catch {
    // The message of the engine quotes the document, which may hold what is personal.
  }
  throw new Error('One document begins like JSON and is none.')
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
