import type { PlistValue } from './value'
import { dateOutOfRange, isReadableDate, unreadable } from './value'

/** Where an object's payload begins, how many items it has, and where the objects end. */
export type Sized = { at: number; size: number; end: number }

/** Binary dates count seconds from 2001-01-01 UTC: https://developer.apple.com/documentation/foundation/nsdate */
const epoch2001 = Date.UTC(2001, 0, 1)

/** Reads an object without references to others. The caller has checked the size of text and data. */
export function binaryLeaf(view: DataView, sized: Sized, marker: number): PlistValue {
  const kind = marker >> 4
  if (marker === 0x08) return { type: 'boolean', value: false }
  if (marker === 0x09) return { type: 'boolean', value: true }
  if (marker >= 0x10 && marker <= 0x14) return integer(view, sized, 1 << (marker & 0xf))
  if (marker === 0x22 || marker === 0x23) return real(view, sized, marker === 0x22 ? 4 : 8)
  if (marker === 0x33) return date(view, sized)
  if (kind === 0x4) return { type: 'data', value: dataOf(view, sized) }
  if (kind === 0x5) return { type: 'string', value: ascii(view, sized) }
  if (kind === 0x6) return { type: 'string', value: utf16(view, sized) }
  return unreadable(`the binary plist holds an object of kind 0x${marker.toString(16)}`)
}

const within = ({ at, end }: Sized, width: number): void => {
  if (at + width > end) unreadable('an object reaches out of the document')
}

const integer = (view: DataView, sized: Sized, width: number): PlistValue => {
  within(sized, width)
  if (width === 1) return { type: 'integer', value: view.getUint8(sized.at) }
  if (width === 2) return { type: 'integer', value: view.getUint16(sized.at) }
  if (width === 4) return { type: 'integer', value: view.getUint32(sized.at) }
  const value = Number(wide(view, sized.at, width))
  // Larger numbers would be rounded, and a rounded value is wrong.
  if (!Number.isSafeInteger(value)) unreadable('an integer is too large to be read exactly')
  return { type: 'integer', value }
}

/** Eight bytes are signed. CoreFoundation writes sixteen for an unsigned integer that needs all 64 bits. */
const wide = (view: DataView, at: number, width: number): bigint =>
  width === 8 ? view.getBigInt64(at) : (view.getBigInt64(at) << 64n) | view.getBigUint64(at + 8)

const real = (view: DataView, sized: Sized, width: 4 | 8): PlistValue => {
  within(sized, width)
  const value = width === 4 ? view.getFloat32(sized.at) : view.getFloat64(sized.at)
  return { type: 'real', value: Number.isFinite(value) ? value : undefined }
}

const date = (view: DataView, sized: Sized): PlistValue => {
  within(sized, 8)
  const time = view.getFloat64(sized.at) * 1000 + epoch2001
  if (!isReadableDate(time)) unreadable(dateOutOfRange)
  return { type: 'date', value: new Date(time) }
}

const bytesOf = (view: DataView, at: number, length: number) =>
  new Uint8Array(view.buffer, view.byteOffset + at, length)

const dataOf = (view: DataView, { at, size }: Sized) => bytesOf(view, at, size).slice()

const ascii = (view: DataView, { at, size }: Sized): string => {
  const bytes = bytesOf(view, at, size)
  const isText = (byte: number) =>
    (byte >= 0x20 && byte < 0x7f) || byte === 0x9 || byte === 0xa || byte === 0xd
  if (!bytes.every(isText)) unreadable('an ASCII string holds bytes that are not ASCII text')
  return new TextDecoder().decode(bytes)
}

const utf16 = (view: DataView, { at, size }: Sized): string => {
  let text = ''
  for (let i = 0; i < size; i += 1) text += String.fromCharCode(view.getUint16(at + i * 2))
  if (/[\0\p{Cs}]/u.test(text)) unreadable('a UTF-16 string is broken or holds NUL')
  return text
}
