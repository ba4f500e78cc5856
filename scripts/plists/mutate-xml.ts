import type { Chance } from './chance'
import { byteMutations, type Mutation, splice } from './mutate-bytes'

/** Fragments that have caused bugs in XML readers. */
const fragments = [
  '<!--x-->',
  '<![CDATA[x]]>',
  '<?x y?>',
  '&amp;',
  '&zz;',
  '&#0;',
  '&#xD800;',
  '&#x1F600;',
  '&#13;',
  ']]>',
  '\uFEFF',
  '\u0000',
  '\u0001',
  '\u0085',
  '\u2028',
  '\r\n',
  '\u00A0',
  '<true/>',
  '<null/>',
  '<key>Status</key>',
  '<key>Status</key><string>Error</string>',
  '<integer>0x1F</integer>',
  '<real>nan</real>',
  '<real>1e400</real>',
  '<date>2018-02-31T00:00:00Z</date>',
  '<data>AQ=</data>',
  '<dict/>',
  '<array>',
  '</dict>',
  '</plist>',
  ' xml:space="preserve"',
  ' xmlns="x"',
]

const numbers = [
  ...['0', '1', '-0', '+1', '007', '-1', '1.9', '1.', '.5', '1e3', '1E-3', '0x1F', '1_000', '1,5'],
  ...['9007199254740991', '9007199254740993', '1e308', '1e309', 'nan', '-inf', 'Infinity'],
  ...[
    '',
    ' 5 ',
    '5abc',
    '\uFEFF5',
    '\u00A05',
    '٣',
    '--1',
    '0.1e',
    '123456789012345678901234567890',
  ],
]

const dates = [
  ...[
    '2018-02-28T10:00:00Z',
    '2018-02-31T00:00:00Z',
    '0000-01-01T00:00:00Z',
    '9999-12-31T23:59:59Z',
  ],
  ...['2018-02-28', '2018-02-28T24:00:00Z', '2018-02-28T10:00:60Z', '2018-02-28T10:00:00+01:00'],
  ...['2018-2-28T10:00:00Z', '1969-12-31T23:59:59Z', '2016-12-31T23:59:60Z', '2018-02-28T10:00Z'],
]

const names = ['dict', 'array', 'string', 'integer', 'real', 'true', 'false', 'date', 'data', 'key']

/** A random match of a pattern. Bytes are read as Latin-1, so that indexes are byte offsets. */
const choose = (bytes: Buffer, pattern: RegExp, chance: Chance) => {
  const found = [...bytes.toString('latin1').matchAll(pattern)]
  if (found.length === 0) return undefined
  const match = chance.pick(found)
  return { at: match.index, text: match[0] }
}

/** Replaces one match; changes nothing if there is none. */
const replacing =
  (pattern: RegExp, by: (text: string, chance: Chance) => string): Mutation =>
  (bytes, chance) => {
    const found = choose(bytes, pattern, chance)
    if (!found) return bytes
    return splice(bytes, found.at, found.text.length, Buffer.from(by(found.text, chance)))
  }

const insertFragment: Mutation = (bytes, chance) =>
  splice(bytes, chance.below(bytes.length + 1), 0, Buffer.from(chance.pick(fragments)))

/** Inserts into a leaf, where readers make most mistakes. */
const insertInLeaf: Mutation = (bytes, chance) => {
  const found = choose(bytes, /(?<=<(?:key|string|integer|real|data|date)>)[^<]+/g, chance)
  if (!found) return bytes
  const at = found.at + chance.below(found.text.length + 1)
  return splice(bytes, at, 0, Buffer.from(chance.pick(fragments)))
}

const editNumber = replacing(/(?<=<(?:integer|real)>)[^<]*/g, (_, chance) => chance.pick(numbers))
const editDigit = replacing(/(?<=<(?:integer|real)>)[^<]*/g, (text, chance) => {
  const at = chance.below(text.length + 1)
  return `${text.slice(0, at)}${chance.below(10)}${text.slice(at)}`
})
const editDate = replacing(/(?<=<date>)[^<]*/g, (_, chance) => chance.pick(dates))
const retype = replacing(/<(?:integer|real|string|date|data)>[^<]*/g, (text, chance) => {
  const name = chance.pick(names)
  return `<${name}>${text.slice(text.indexOf('>') + 1)}`
})
const swapTag = replacing(/<\/?[a-z]+\/?>/g, (text, chance) =>
  text.replace(/[a-z]+/, chance.pick(names)),
)
const newBoolean = replacing(/<(?:true|false)\/>/g, (_, chance) =>
  chance.pick(['<true/>', '<false/>', '<true></false>', '<true>x</true>', '<integer>1</integer>']),
)

/** Changes both tags of an element to another type, which often stays readable. */
const retypeWhole = replacing(
  /<(?:integer|real|string)>[^<]*<\/(?:integer|real|string)>/g,
  (text, chance) => {
    const name = chance.pick(['integer', 'real', 'string', 'data', 'date'])
    return text.replace(/(?<=<\/?)[a-z]+/g, name)
  },
)

const repeatEntry: Mutation = (bytes, chance) => {
  const found = choose(bytes, /<key>[^<]*<\/key>\s*<[a-z]+(?:\/>|>[^<]*<\/[a-z]+>)/g, chance)
  if (!found) return bytes
  return splice(bytes, found.at, 0, bytes.subarray(found.at, found.at + found.text.length))
}

const swapTags: Mutation = (bytes, chance) => {
  const [one, other] = [0, 1].map(() => choose(bytes, /<\/?[a-z]+\/?>/g, chance))
  if (!one || !other || one.at >= other.at) return bytes
  const swapped = splice(bytes, other.at, other.text.length, Buffer.from(one.text))
  return splice(swapped, one.at, one.text.length, Buffer.from(other.text))
}

const editHead = replacing(/^<\?xml[^<>]*>|<!DOCTYPE[^<>]*>|<plist[^<>]*>/g, (text, chance) =>
  chance.pick([
    '',
    `${text} `,
    `\uFEFF${text}`,
    text.replace('1.0', '1.1'),
    text.replace('UTF-8', 'UTF-16'),
    text.replace(/"/g, "'"),
    text.replace('>', ' [<!ENTITY x "y">]>'),
    text.toLowerCase(),
  ]),
)

export const xmlMutations: Mutation[] = [
  ...byteMutations,
  insertFragment,
  insertInLeaf,
  insertInLeaf,
  editNumber,
  editNumber,
  editDigit,
  editDate,
  retype,
  retypeWhole,
  retypeWhole,
  swapTag,
  swapTags,
  newBoolean,
  repeatEntry,
  editHead,
]
