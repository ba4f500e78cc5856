import { build, parse } from 'plist'
import { readBinaryPlist } from './binary'
import {
  type Buildable,
  keyPath,
  type Oddity,
  type PlistReading,
  type PlistValue,
  plistLimits,
} from './value'
import { readXmlPlist } from './xml'

/**
 * Reads an XML or binary plist strictly: its values with their types, or in words why it cannot be read. Never
 * throws.
 */
export function readPlist(bytes: Uint8Array): PlistReading {
  if (bytes.byteLength > plistLimits.bytes)
    return { ok: false, reason: `larger than ${plistLimits.bytes} bytes` }
  try {
    const value = isBinary(bytes) ? readBinaryPlist(bytes) : readXml(bytes)
    return { ok: true, value, oddities: nonFinite('', value) }
  } catch (error) {
    return { ok: false, reason: error instanceof Error ? error.message : 'not a plist' }
  }
}

/**
 * Writes a command as XML. The bytes are read again and compared with the input, because the builder drops and
 * rounds values silently.
 * @throws Error if they differ, which is a bug
 */
export function buildPlist(value: Buildable): Uint8Array {
  checkBuildable(value)
  const bytes = new TextEncoder().encode(`${build(value)}\n`)
  const read = readPlist(bytes)
  if (!read.ok) throw new Error(`the plist that was built cannot be read: ${read.reason}`)
  // Compared with a second parser too, as a command cannot be taken back.
  const parsed = parse(new TextDecoder().decode(bytes))
  const difference = differenceAt('', read.value, value) ?? differenceAt('', read.value, parsed)
  if (difference !== undefined)
    throw new Error(`the plist that was built says something else at ${difference || 'the root'}`)
  return bytes
}

const checkBuildable = (value: unknown): void => {
  if (typeof value === 'string' || typeof value === 'boolean' || Number.isSafeInteger(value)) return
  if (Array.isArray(value)) for (const item of value) checkBuildable(item)
  else if (isDict(value)) for (const item of Object.values(value)) checkBuildable(item)
  else throw new Error(`a command holds no ${typeof value} like ${String(value)}`)
}

const isBinary = (bytes: Uint8Array) =>
  new TextDecoder('latin1').decode(bytes.subarray(0, 8)) === 'bplist00'

const readXml = (bytes: Uint8Array): PlistValue => {
  const [first, second] = bytes
  const [little, big] = [first === 0xff && second === 0xfe, first === 0xfe && second === 0xff]
  const wide = little ? 'utf-16le' : big ? 'utf-16be' : unmarked(bytes)
  if (wide) return readXmlPlist(decoded(bytes, wide), 'utf-16')
  if (isLatin1(bytes)) return readXmlPlist(Buffer.from(bytes).toString('latin1'), 'iso-8859-1')
  return readXmlPlist(decoded(bytes, 'utf-8'), 'utf-8')
}

/** UTF-16 without a byte order mark is recognised by the zero beside its first "<": https://www.w3.org/TR/xml/#sec-guessing */
const unmarked = ([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (first === 0x3c && second === 0) return 'utf-16le'
  return first === 0 && second === 0x3c ? 'utf-16be' : undefined
}

/** Decided by the XML declaration, which is ASCII in every encoding but UTF-16. */
const isLatin1 = (bytes: Uint8Array): boolean =>
  /^<\?xml[^>]{1,80}encoding[^>]{1,10}iso-8859-1["']/i.test(
    Buffer.from(bytes.subarray(0, 200)).toString('latin1'),
  )

const decoded = (bytes: Uint8Array, encoding: string): string => {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes)
  } catch {
    throw new Error('neither a binary plist nor UTF-8, UTF-16 or ISO 8859-1 text')
  }
}

/** The first key path at which a value differs from the other one; undefined if there is none. */
const differenceAt = (path: string, value: PlistValue, other: unknown): string | undefined => {
  if (value.type === 'array') {
    if (!Array.isArray(other) || other.length !== value.items.length) return path
    return firstDifference(value.items.map((item, i) => [keyPath(path, i), item, other[i]]))
  }
  if (value.type === 'dict') {
    if (!isDict(other) || Object.keys(other).length !== value.entries.size) return path
    return firstDifference(
      [...value.entries].map(([key, item]) => [
        keyPath(path, key),
        item,
        Object.hasOwn(other, key) ? other[key] : undefined,
      ]),
    )
  }
  return sameLeaf(value, other) ? undefined : path
}

const firstDifference = (parts: [string, PlistValue, unknown][]): string | undefined => {
  for (const part of parts) {
    const difference = differenceAt(...part)
    if (difference !== undefined) return difference
  }
  return undefined
}

const isDict = (other: unknown): other is Record<string, unknown> =>
  typeof other === 'object' && other !== null && Object.getPrototypeOf(other) === Object.prototype

type Leaf = Exclude<PlistValue, { type: 'array' | 'dict' }>

const sameLeaf = (leaf: Leaf, other: unknown): boolean => {
  if (leaf.type === 'date') return other instanceof Date && +other === +leaf.value
  if (leaf.type === 'data')
    return other instanceof Uint8Array && Buffer.compare(other, leaf.value) === 0
  if (leaf.value === undefined) return typeof other === 'number' && !Number.isFinite(other)
  return leaf.value === other
}

const nonFinite = (path: string, value: PlistValue): Oddity[] => {
  if (value.type === 'array')
    return value.items.flatMap((item, i) => nonFinite(keyPath(path, i), item))
  if (value.type === 'dict')
    return [...value.entries].flatMap(([key, item]) => nonFinite(keyPath(path, key), item))
  if (value.type !== 'real' || value.value !== undefined) return []
  return [{ path, note: 'a real that is not a finite number: its value is unknown' }]
}

const head = `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
`

/** Writes a plist as XML to be shown, with the type of every value. Not for commands, which `buildPlist` checks. */
export const writePlist = (value: PlistValue): Uint8Array =>
  new TextEncoder().encode(`${head}<plist version="1.0">\n${written(value, '')}\n</plist>\n`)

const escaped = (text: string) => text.replace(/[&<>\r]/g, (c) => `&#${c.charCodeAt(0)};`)

function written(value: PlistValue, indent: string): string {
  const deeper = `${indent}\t`
  if (value.type === 'dict') {
    const entries = [...value.entries].map(
      ([key, item]) => `${deeper}<key>${escaped(key)}</key>\n${written(item, deeper)}\n`,
    )
    return `${indent}<dict>\n${entries.join('')}${indent}</dict>`
  }
  if (value.type === 'array') {
    const items = value.items.map((item) => `${written(item, deeper)}\n`)
    return `${indent}<array>\n${items.join('')}${indent}</array>`
  }
  return `${indent}${leaf(value)}`
}

function leaf(value: Exclude<PlistValue, { type: 'dict' | 'array' }>): string {
  if (value.type === 'boolean') return value.value ? '<true/>' : '<false/>'
  if (value.type === 'string') return `<string>${escaped(value.value)}</string>`
  if (value.type === 'data') return `<data>${Buffer.from(value.value).toString('base64')}</data>`
  if (value.type === 'date')
    return `<date>${value.value.toISOString().replace(/\.\d+Z$/, 'Z')}</date>`
  return `<${value.type}>${value.value ?? 'nan'}</${value.type}>`
}
