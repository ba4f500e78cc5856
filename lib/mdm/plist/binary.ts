import { binaryLeaf, type Sized } from './binary-leaf'
import type { PlistValue } from './value'
import { checkKey, plistLimits, unreadable } from './value'

/** An object with its references resolved, and its size with every reference written out. */
type Expanded = { value: PlistValue; values: number; bytes: number; height: number }

type Document = {
  view: DataView
  /** Where the offset table begins; every object must end before it. */
  table: number
  offsetSize: number
  refSize: number
  objects: number
  done: Map<number, Expanded>
  open: Set<number>
}

/**
 * Reads a complete binary plist strictly; throws the reason if it is not one. Every offset and size is checked
 * before it is used, and shared objects count each time they appear: 143 bytes can stand for a million values.
 * Layout: https://github.com/opensource-apple/CF/blob/26a3040/CFBinaryPList.c
 */
export function readBinaryPlist(bytes: Uint8Array): PlistValue {
  if (bytes.byteLength < 42) unreadable('the binary plist is too short to have a trailer')
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const trailer = bytes.byteLength - 32
  const doc: Document = {
    view,
    table: uint(view, trailer + 24, 8),
    offsetSize: view.getUint8(trailer + 6),
    refSize: view.getUint8(trailer + 7),
    objects: uint(view, trailer + 8, 8),
    done: new Map(),
    open: new Set(),
  }
  const sizes = [1, 2, 4, 8]
  if (!sizes.includes(doc.offsetSize) || !sizes.includes(doc.refSize))
    unreadable('the trailer names a size that no binary plist has')
  if (doc.table < 9 || doc.table + doc.objects * doc.offsetSize > trailer)
    unreadable('the offset table does not fit before the trailer')
  return expand(doc, uint(view, trailer + 16, 8), 1).value
}

const uint = (view: DataView, at: number, size: number): number => {
  if (size === 1) return view.getUint8(at)
  if (size === 2) return view.getUint16(at)
  if (size === 4) return view.getUint32(at)
  // In a document of at most 1 MiB the upper half is zero; any other number is out of every range.
  return view.getUint32(at) === 0 ? view.getUint32(at + 4) : Number.MAX_SAFE_INTEGER
}

const expand = (doc: Document, index: number, depth: number): Expanded => {
  if (index >= doc.objects) unreadable('a reference points beyond the object table')
  if (doc.open.has(index)) unreadable('an object contains itself')
  if (depth > plistLimits.depth) unreadable(`nested deeper than ${plistLimits.depth}`)
  const known = doc.done.get(index)
  if (known) return known
  doc.open.add(index)
  const expanded = readObject(doc, index, depth)
  doc.open.delete(index)
  if (expanded.height > plistLimits.depth) unreadable(`nested deeper than ${plistLimits.depth}`)
  doc.done.set(index, expanded)
  return expanded
}

const readObject = (doc: Document, index: number, depth: number): Expanded => {
  const at = uint(doc.view, doc.table + index * doc.offsetSize, doc.offsetSize)
  if (at < 8 || at >= doc.table) unreadable('an object lies outside the document')
  const marker = doc.view.getUint8(at)
  const kind = marker >> 4
  if (kind !== 0x4 && kind !== 0x5 && kind !== 0x6 && kind !== 0xa && kind !== 0xd)
    return leaf(binaryLeaf(doc.view, { at: at + 1, size: 0, end: doc.table }, marker), 0)
  const sized = readSize(doc, at, marker & 0xf)
  if (kind === 0xa) return readArray(doc, sized, depth)
  if (kind === 0xd) return readDict(doc, sized, depth)
  const width = kind === 0x6 ? 2 : 1
  if (sized.at + sized.size * width > doc.table) unreadable('an object reaches out of the document')
  return leaf(binaryLeaf(doc.view, sized, marker), sized.size * width)
}

const leaf = (value: PlistValue, bytes: number): Expanded => ({
  value,
  values: 1,
  bytes,
  height: 1,
})

const readSize = (doc: Document, at: number, nibble: number): Sized => {
  if (nibble !== 0xf) return { at: at + 1, size: nibble, end: doc.table }
  const marker = doc.view.getUint8(at + 1)
  const width = 1 << (marker & 0xf)
  if (marker < 0x10 || marker > 0x13 || at + 2 + width > doc.table)
    unreadable('an object has no readable size')
  return { at: at + 2 + width, size: uint(doc.view, at + 2, width), end: doc.table }
}

const readReferences = (doc: Document, { at, size }: Sized, count: number): number[] => {
  if (size > plistLimits.values) unreadable(`more than ${plistLimits.values} values`)
  if (at + count * doc.refSize > doc.table) unreadable('an object reaches out of the document')
  return Array.from({ length: count }, (_, i) => uint(doc.view, at + i * doc.refSize, doc.refSize))
}

const readArray = (doc: Document, sized: Sized, depth: number): Expanded => {
  const total = { values: 1, bytes: 0, height: 1 }
  const items: PlistValue[] = []
  for (const index of readReferences(doc, sized, sized.size))
    items.push(add(total, expand(doc, index, depth + 1)))
  return { value: { type: 'array', items }, ...total }
}

const readDict = (doc: Document, sized: Sized, depth: number): Expanded => {
  const references = readReferences(doc, sized, sized.size * 2)
  const total = { values: 1, bytes: 0, height: 1 }
  const entries = new Map<string, PlistValue>()
  for (const [i, keyIndex] of references.slice(0, sized.size).entries()) {
    const key = add(total, expand(doc, keyIndex, depth + 1))
    const value = add(total, expand(doc, references[sized.size + i] ?? doc.objects, depth + 1))
    if (key.type !== 'string') return unreadable('a dict has a key that is not a string')
    checkKey(key.value, entries)
    entries.set(key.value, value)
  }
  return { value: { type: 'dict', entries }, ...total }
}

/**
 * Counts one more part of a container and checks the limits at once: objects may overlap, so checking after all
 * parts are read could come gigabytes too late.
 */
const add = (total: Omit<Expanded, 'value'>, part: Expanded): PlistValue => {
  total.values += part.values
  total.bytes += part.bytes
  total.height = Math.max(total.height, part.height + 1)
  if (total.values > plistLimits.values) unreadable(`more than ${plistLimits.values} values`)
  if (total.bytes > plistLimits.bytes) unreadable('too much text and data once written out')
  return part.value
}
