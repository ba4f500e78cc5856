import { readPlist } from './plist/plist'
import type { PlistValue } from './plist/value'

/** The bytes of a reply in a form to be shown. */
export type RawView =
  | { form: 'text'; bytes: number; text: string }
  | { form: 'binary'; bytes: number; hex: string; base64: string; decoded: string }
  | { form: 'none' }

/** How much of a body is shown; a longer one can be downloaded. */
export const shownBytes = 16_384

export function rawView(payload: Uint8Array | null): RawView {
  if (payload === null) return { form: 'none' }
  const bytes = payload.byteLength
  const text = textOf(payload)
  if (text !== undefined) return { form: 'text', bytes, text: text.slice(0, shownBytes) }
  const shown = payload.subarray(0, shownBytes)
  const plist = readPlist(payload)
  return {
    form: 'binary',
    bytes,
    hex: hexDump(shown),
    base64: Buffer.from(shown).toString('base64'),
    decoded: plist.ok ? printPlist(plist.value) : `It cannot be decoded: ${plist.reason}.`,
  }
}

/** A whole reply as text: as it came if it is text, otherwise decoded, with the type of every value. */
export function rawText(payload: Uint8Array): string {
  const text = textOf(payload)
  if (text !== undefined) return text
  const plist = readPlist(payload)
  return plist.ok ? printPlist(plist.value) : `It cannot be decoded: ${plist.reason}.`
}

/** Undefined for a binary plist and for bytes that are not UTF-8. */
function textOf(payload: Uint8Array): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(payload)
    return text.startsWith('bplist') || text.includes('\0') ? undefined : text
  } catch {
    return undefined
  }
}

export function hexDump(bytes: Uint8Array): string {
  const rows: string[] = []
  for (let start = 0; start < bytes.byteLength; start += 16) {
    const row = [...bytes.subarray(start, start + 16)]
    const hex = row.map((byte) => byte.toString(16).padStart(2, '0')).join(' ')
    const text = row
      .map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : '.'))
      .join('')
    rows.push(`${start.toString(16).padStart(6, '0')}  ${hex.padEnd(47)}  ${text}`)
  }
  return rows.join('\n')
}

/** A plist as indented text with the type of every value, as devices have sent IsDownloaded as an integer. */
function printPlist(value: PlistValue, indent = ''): string {
  const deeper = `${indent}  `
  if (value.type === 'dict')
    return [...value.entries]
      .map(([key, item]) => `${indent}${key}: ${leafOrBlock(item, deeper)}`)
      .join('\n')
  if (value.type === 'array')
    return value.items
      .map((item, index) => `${indent}[${index}] ${leafOrBlock(item, deeper)}`)
      .join('\n')
  return `${indent}${leaf(value)}`
}

const leafOrBlock = (value: PlistValue, indent: string): string => {
  if (value.type !== 'dict' && value.type !== 'array') return leaf(value)
  const size = value.type === 'dict' ? value.entries.size : value.items.length
  return size === 0 ? `(empty ${value.type})` : `\n${printPlist(value, indent)}`
}

function leaf(value: Exclude<PlistValue, { type: 'dict' | 'array' }>): string {
  if (value.type === 'string') return JSON.stringify(value.value)
  if (value.type === 'data') return `(data) ${Buffer.from(value.value).toString('hex')}`
  if (value.type === 'date') return `(date) ${value.value.toISOString()}`
  return `(${value.type}) ${value.value === undefined ? 'not a finite number' : value.value}`
}
