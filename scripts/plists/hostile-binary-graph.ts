import { binary, bytesOf, string, utf16 } from './binary-writer'
import { type HostileCase, refused } from './hostile-case'

const yes = [0x09]
const two = (name: string) => [[0xd1, 1, 2], string(name), yes]
/** Each array references the next one twice, so every level doubles the expanded size. */
export const chain = (levels: number) => [
  ...Array.from({ length: levels }, (_, i) => [0xa2, i + 1, i + 1]),
  yes,
]
const deep = (levels: number) => [...Array.from({ length: levels }, (_, i) => [0xa1, i + 1]), yes]
/** 40 levels that are read at depth 2, and referenced again below 40 others. */
const sharedDepth = () => [
  [0xa2, 41, 1],
  ...Array.from({ length: 79 }, (_, i) => [0xa1, i + 2]),
  yes,
]

/** 9,999 overlapping arrays of 9,999 references each: 10^8 steps for a reader that checks limits too late. */
const overlapping = () => {
  const references = Array.from({ length: 9_999 }, (_, i) => [(i + 2) >> 8, (i + 2) & 0xff]).flat()
  const array = [0xaf, 0x11, 0x27, 0x0f]
  const slide = [...array, ...Array.from({ length: 19_998 }, (_, i) => i % 2)]
  return binary([[...array, ...references], yes, slide], {
    refSize: 2,
    extra: (offsets) => Array.from({ length: 9_999 }, () => offsets[2] ?? 0),
  })
}

/** Overlapping strings of 512 KiB: gigabytes for a reader that checks limits too late. */
const overlappingStrings = () => {
  const references = Array.from({ length: 999 }, (_, i) => [(i + 1) >> 8, (i + 1) & 0xff]).flat()
  const long = [0x5f, 0x12, 0x00, 0x08, 0x00, 0x00, ...Array(0x80000).fill(0x41)]
  return binary([[0xaf, 0x11, 0x03, 0xe7, ...references], long], {
    refSize: 2,
    extra: (offsets) => Array.from({ length: 998 }, () => offsets[1] ?? 0),
  })
}

/** Keys, cycles, sharing and overlap, which show only when references are followed. */
export const hostileBinaryGraph: HostileCase[] = [
  refused('S8', '__proto__ in binary', binary(two('__proto__')), /__proto__/),
  refused('S8', 'constructor in binary', binary(two('constructor')), /constructor/),
  refused('S8', 'an empty key in binary', binary(two('')), /empty key/),
  refused('S8', 'a key that is an integer', binary([[0xd1, 1, 2], [0x10, 5], yes]), /not a string/),
  refused('S8', 'a key that is an array', binary([[0xd1, 1, 2], [0xa0], yes]), /not a string/),
  refused('S8', 'a key that is data', binary([[0xd1, 1, 2], [0x41, 0x41], yes]), /not a string/),
  refused(
    'S8',
    'one key object used twice',
    binary([[0xd2, 1, 1, 2, 2], string('a'), yes]),
    /stands twice/,
  ),
  refused(
    'S8',
    'two key objects of one text',
    binary([[0xd2, 1, 2, 3, 3], string('a'), string('a'), yes]),
    /stands twice/,
  ),
  refused(
    'S8',
    'a key twice, once as UTF-16',
    binary([[0xd2, 1, 2, 3, 3], string('a'), utf16('a'), yes]),
    /stands twice/,
  ),
  refused('S12', 'an array in itself', binary([[0xa1, 0]]), /contains itself/),
  refused('S12', 'a dict in itself', binary([[0xd1, 1, 0], string('a')]), /contains itself/),
  refused(
    'S12',
    'a cycle of three',
    binary([
      [0xa1, 1],
      [0xa1, 2],
      [0xa1, 0],
    ]),
    /contains itself/,
  ),
  refused('S12', 'a dict that is its own key', binary([[0xd1, 0, 1], yes]), /contains itself/),
  refused(
    'S12',
    'F23: 143 bytes that expand to 2^20 values',
    binary(chain(20)),
    /more than 10000 values/,
  ),
  refused('S12', 'F23: 2^60 values', binary(chain(60)), /more than 10000 values/),
  refused('S12', 'F23: 65 levels', binary(deep(65)), /nested deeper than 64/),
  refused('S12', 'F23: 250 levels', binary(deep(250)), /nested deeper than 64/),
  refused(
    'S12',
    'a depth that only sharing reaches',
    binary(sharedDepth()),
    /nested deeper than 64/,
  ),
  refused(
    'S12',
    'shared text that expands to more than a mebibyte',
    binary([[0xaf, 0x10, 200, ...Array(200).fill(1)], bytesOf(0x4f, 8_000)]),
    /too much text and data/,
  ),
  refused('S12', 'F23: overlapping arrays', overlapping(), /more than 10000 values/),
  refused('S12', 'F23: overlapping strings', overlappingStrings(), /too much text and data/),
]
