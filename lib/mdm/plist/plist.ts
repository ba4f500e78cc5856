import { build, parse } from 'plist'
import { readBinaryPlist } from './binary'
import { plistLimits } from './limits'
import { type Buildable, keyPath, type Oddity, type PlistReading, type PlistValue } from './value'
import { readXmlPlist } from './xml'

/**
 * Reads a plist, XML or binary, strictly: what stands there and of which type, or in words why it is
 * not read. Never throws.
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
 * Writes a command as XML. Only what survives the way back leaves: the bytes are read again and
 * compared, because the builder drops and rounds silently. Throws on anything else: that is a bug.
 */
export function buildPlist(value: Buildable): Uint8Array {
  checkBuildable(value)
  const bytes = new TextEncoder().encode(`${build(value)}\n`)
  const read = readPlist(bytes)
  if (!read.ok) throw new Error(`the plist that was built cannot be read: ${read.reason}`)
  // By another reader too: a command cannot be taken back.
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

/** UTF-16 without a mark is told by the zero beside its first "<": https://www.w3.org/TR/xml/#sec-guessing */
const unmarked = ([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined => {
  if (first === 0x3c && second === 0) return 'utf-16le'
  return first === 0 && second === 0x3c ? 'utf-16be' : undefined
}

/** By its declaration, which is ASCII in every encoding that is not UTF-16. */
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

/** The first key path at which a value is not what the other reader has; undefined where all agree. */
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
