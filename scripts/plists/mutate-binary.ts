import type { Chance } from './chance'
import { byteMutations, type Mutation } from './mutate-bytes'

/** Markers of every kind of object, and some invalid ones: https://github.com/opensource-apple/CF/blob/26a3040/CFBinaryPList.c */
const markers = [
  ...[0x00, 0x08, 0x09, 0x0f, 0x10, 0x11, 0x12, 0x13, 0x14, 0x22, 0x23, 0x33, 0x40, 0x41, 0x4f],
  ...[0x50, 0x51, 0x54, 0x5f, 0x60, 0x61, 0x6f, 0x70, 0x80, 0xa0, 0xa1, 0xaf, 0xc1, 0xd0, 0xd1],
]

const reals = [Number.NaN, Infinity, -Infinity, -0, 0, 1.7, -1, 1e308, 5e-324]

/** The layout of a binary plist; undefined if an earlier mutation has broken it. */
const layoutOf = (bytes: Buffer) => {
  const trailer = bytes.length - 32
  if (trailer < 8) return undefined
  const table = Number(bytes.readBigUInt64BE(trailer + 24))
  const objects = Number(bytes.readBigUInt64BE(trailer + 8))
  const offsetSize = bytes.readUInt8(trailer + 6)
  const fits = offsetSize > 0 && offsetSize <= 4 && table >= 8 && objects > 0
  if (!fits || table + objects * offsetSize > trailer) return undefined
  return { trailer, table, objects, offsetSize }
}

type Layout = NonNullable<ReturnType<typeof layoutOf>>

/** A mutation that uses the layout; without one it changes nothing. */
const withLayout =
  (change: (changed: Buffer, layout: Layout, chance: Chance) => void): Mutation =>
  (bytes, chance) => {
    const layout = layoutOf(bytes)
    if (!layout) return bytes
    const changed = Buffer.from(bytes)
    change(changed, layout, chance)
    return changed
  }

const placeOf = (
  bytes: Buffer,
  { table, offsetSize, objects, trailer }: Layout,
  chance: Chance,
) => {
  const at = bytes.readUIntBE(table + chance.below(objects) * offsetSize, offsetSize)
  return Math.min(at, trailer - 1)
}

const changeMarker = withLayout((changed, layout, chance) => {
  changed[placeOf(changed, layout, chance)] = chance.pick(markers)
})

/** A byte after a marker: a size, a reference or part of the content. */
const changePayload = withLayout((changed, layout, chance) => {
  const at = placeOf(changed, layout, chance) + 1 + chance.below(8)
  if (at < changed.length) changed[at] = chance.pick([0, 1, 2, 0x10, 0x7f, 0x80, chance.below(256)])
})

const changeReal = withLayout((changed, layout, chance) => {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = placeOf(changed, layout, chance)
    if (changed[at] !== 0x23 && changed[at] !== 0x33) continue
    if (at + 9 <= changed.length) changed.writeDoubleBE(chance.pick(reals), at + 1)
    return
  }
})

const swapOffsets = withLayout((changed, { table, objects, offsetSize }, chance) => {
  const [one, other] = [0, 1].map(() => table + chance.below(objects) * offsetSize)
  if (one === undefined || other === undefined) return
  const kept = Buffer.from(changed.subarray(one, one + offsetSize))
  changed.copy(changed, one, other, other + offsetSize)
  kept.copy(changed, other)
})

const changeOffset = withLayout((changed, { table, objects, offsetSize }, chance) => {
  const at = table + chance.below(objects) * offsetSize
  const near = changed.readUIntBE(at, offsetSize) + chance.below(9) - 4
  const max = 256 ** offsetSize
  changed.writeUIntBE((near + max) % max, at, offsetSize)
})

/** Changes references of arrays and dicts, which gives shared, crossed and cyclic objects. */
const changeReference = withLayout((changed, layout, chance) => {
  for (let tries = 0; tries < 20; tries += 1) {
    const at = placeOf(changed, layout, chance)
    const kind = (changed[at] ?? 0) >> 4
    if (kind !== 0xa && kind !== 0xd) continue
    const within = at + 1 + chance.below(12)
    if (within < layout.table) changed[within] = chance.below(layout.objects + 1)
    return
  }
})

const changeTrailer = withLayout((changed, { trailer }, chance) => {
  changed[trailer + chance.below(32)] = chance.pick([0, 1, 2, 3, 4, 8, 16, 0x7f, 0xff])
})

const changeTop = withLayout((changed, { trailer, objects }, chance) => {
  changed.writeBigUInt64BE(BigInt(chance.below(objects + 1)), trailer + 16)
})

export const binaryMutations: Mutation[] = [
  ...byteMutations,
  changeMarker,
  changeMarker,
  changePayload,
  changePayload,
  changeReal,
  swapOffsets,
  swapOffsets,
  changeOffset,
  changeReference,
  changeReference,
  changeTrailer,
  changeTop,
]
