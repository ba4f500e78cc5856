import { utf8 } from './hostile-case'

type Shape = {
  offsetSize?: number
  refSize?: number
  /** False values for the trailer. */
  count?: number | bigint
  top?: number | bigint
  table?: number | bigint
  /** Offsets of further objects, which may overlap the others. */
  extra?: (offsets: number[]) => number[]
}

const bigEndian = (value: number | bigint, size: number): number[] =>
  Array.from({ length: size }, (_, i) =>
    Number((BigInt(value) >> BigInt(8 * (size - 1 - i))) & 255n),
  )

/**
 * Writes a binary plist of hand-made objects. Offsets have the smallest possible width, or `offsetSize`. A width
 * that no binary plist has is only written into the trailer.
 */
export function binary(objects: readonly (readonly number[])[], shape: Shape = {}): Uint8Array {
  const offsets: number[] = []
  let end = 8
  for (const object of objects) {
    offsets.push(end)
    end += object.length
  }
  const all = [...offsets, ...(shape.extra?.(offsets) ?? [])]
  const needed = end > 0xffff ? 4 : end > 0xff ? 2 : 1
  const claimed = shape.offsetSize ?? needed
  const width = [1, 2, 4, 8].includes(claimed) ? claimed : needed
  return Buffer.concat([
    utf8('bplist00'),
    ...objects.map((object) => Uint8Array.from(object)),
    Uint8Array.from(all.flatMap((offset) => bigEndian(offset, width))),
    Uint8Array.from([0, 0, 0, 0, 0, 0, claimed, shape.refSize ?? 1]),
    Uint8Array.from(bigEndian(shape.count ?? all.length, 8)),
    Uint8Array.from(bigEndian(shape.top ?? 0, 8)),
    Uint8Array.from(bigEndian(shape.table ?? end, 8)),
  ])
}

/** An ASCII string of fewer than 15 characters. */
export const string = (letters: string): number[] => [0x50 | letters.length, ...utf8(letters)]

/** A UTF-16 string of fewer than 15 code units. */
export const utf16 = (letters: string): number[] => [
  0x60 | letters.length,
  ...Array.from({ length: letters.length }, (_, i) => bigEndian(letters.charCodeAt(i), 2)).flat(),
]

export const float64 = (value: number): number[] => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value)
  return [...bytes]
}

/** Data or an ASCII string of up to 65,535 bytes, all `A`. */
export const bytesOf = (marker: number, length: number): number[] => [
  marker,
  0x11,
  ...bigEndian(length, 2),
  ...Array<number>(length).fill(0x41),
]
