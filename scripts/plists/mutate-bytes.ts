import type { Chance } from './chance'

/** Changes a plist; the result may be invalid. */
export type Mutation = (bytes: Buffer, chance: Chance) => Buffer

/** Special bytes: NUL, line ends, quotes, signs, and binary markers. */
const edges = [0, 1, 9, 10, 13, 0x20, 0x22, 0x26, 0x2b, 0x2d, 0x3c, 0x3e, 0x5f, 0x7f, 0x80, 0xff]

/** Replaces `length` bytes at `at` with `inserted`. */
export const splice = (bytes: Buffer, at: number, length: number, inserted: Uint8Array): Buffer =>
  Buffer.concat([bytes.subarray(0, at), inserted, bytes.subarray(at + length)])

const flipBit: Mutation = (bytes, chance) => {
  const changed = Buffer.from(bytes)
  const at = chance.below(bytes.length)
  changed[at] = (changed[at] ?? 0) ^ (1 << chance.below(8))
  return changed
}

const replaceByte: Mutation = (bytes, chance) =>
  splice(bytes, chance.below(bytes.length), 1, Uint8Array.of(chance.pick(edges)))

const insertByte: Mutation = (bytes, chance) =>
  splice(bytes, chance.below(bytes.length + 1), 0, Uint8Array.of(chance.below(256)))

const deleteBytes: Mutation = (bytes, chance) =>
  splice(bytes, chance.below(bytes.length), 1 + chance.below(4), Buffer.alloc(0))

const truncate: Mutation = (bytes, chance) => bytes.subarray(0, chance.below(bytes.length))

const repeatSlice: Mutation = (bytes, chance) => {
  const from = chance.below(bytes.length)
  const slice = bytes.subarray(from, from + 1 + chance.below(40))
  return splice(bytes, chance.below(bytes.length + 1), 0, slice)
}

/** Mutations that fit any file. */
export const byteMutations: Mutation[] = [
  flipBit,
  flipBit,
  replaceByte,
  insertByte,
  deleteBytes,
  truncate,
  repeatSlice,
]
