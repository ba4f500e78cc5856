import { build, buildBinary } from 'plist'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { cpuMs } from '@/lib/cpu-time.testing'
import { listCaptures, payloadCapture } from '../captures.testing'
import { buildPlist, readPlist } from './plist'
import type { PlistReading } from './value'

const noisy = ['log', 'warn', 'error'] as const
beforeEach(() => {
  for (const method of noisy) vi.spyOn(console, method)
})
afterEach(() => {
  for (const method of noisy) expect(console[method]).not.toHaveBeenCalled()
  vi.restoreAllMocks()
})

const utf8 = (text: string) => new TextEncoder().encode(text)
const xml = (inside: string) =>
  utf8(`<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">${inside}</plist>
`)
const valueIn = (reading: PlistReading) => {
  if (!reading.ok) throw new Error(reading.reason)
  return reading.value
}
const ok = expect.objectContaining({ ok: true })

test.each(listCaptures('webhook'))('the device payload of %s is read without oddities', (name) => {
  const reading = readPlist(payloadCapture(name))
  expect(reading).toMatchObject({ ok: true, value: { type: 'dict' }, oddities: [] })
})

test.each([
  ['integer', '<integer>1</integer>', { type: 'integer', value: 1 }],
  ['real', '<real>1</real>', { type: 'real', value: 1 }],
  ['real with an exponent', '<real>-1.5e2</real>', { type: 'real', value: -150 }],
  ['boolean', '<true/>', { type: 'boolean', value: true }],
  ['long boolean', '<false></false>', { type: 'boolean', value: false }],
  ['string of one blank', '<string> </string>', { type: 'string', value: ' ' }],
  ['empty string', '<string/>', { type: 'string', value: '' }],
  ['references', '<string>a&amp;b&#39;&#x1F600;</string>', { type: 'string', value: "a&b'😀" }],
  [
    'line separator',
    '<string>a\u2028b\u0085c</string>',
    { type: 'string', value: 'a\u2028b\u0085c' },
  ],
  ['line ends', '<string>a\r\nb\rc</string>', { type: 'string', value: 'a\nb\nc' }],
  [
    'date',
    '<date>2018-02-28T10:00:00Z</date>',
    { type: 'date', value: new Date('2018-02-28T10:00:00Z') },
  ],
  ['data', '<data>\n\tAQID\n</data>', { type: 'data', value: Uint8Array.of(1, 2, 3) }],
  ['empty array', '<array/>', { type: 'array', items: [] }],
  ['blanks around a number', '<integer> 7\n</integer>', { type: 'integer', value: 7 }],
])('XML: %s keeps its type and value', (_, inside, value) => {
  expect(valueIn(readPlist(xml(inside)))).toEqual(value)
})

test('nested values keep their keys and order', () => {
  const value = valueIn(
    readPlist(
      xml(
        '<dict><key>a</key><array><integer>1</integer><true/></array><key>b&amp;</key><dict/></dict>',
      ),
    ),
  )
  expect(value).toEqual({
    type: 'dict',
    entries: new Map([
      [
        'a',
        {
          type: 'array',
          items: [
            { type: 'integer', value: 1 },
            { type: 'boolean', value: true },
          ],
        },
      ],
      ['b&', { type: 'dict', entries: new Map() }],
    ]),
  })
})

test.each([
  ['no declaration', '<plist version="1.0"><true/></plist>'],
  ['no version', '<plist><true/></plist>'],
  ['a byte order mark', '\uFEFF<?xml version="1.0"?><plist version="1.0"><true/></plist>'],
  [
    "Apple Computer's document type",
    '<!DOCTYPE plist PUBLIC "-//Apple Computer//DTD PLIST 1.0//EN" "https://www.apple.com/DTDs/PropertyList-1.0.dtd"><plist><true/></plist>',
  ],
])('XML with %s is read', (_, text) => {
  expect(readPlist(utf8(text))).toEqual(ok)
})

const declared = (encoding: string, text: string) =>
  `<?xml version="1.0" encoding="${encoding}"?><plist><string>${text}</string></plist>`
const bigEndian = (text: string) => Buffer.from(text, 'utf16le').swap16()
test.each([
  ['UTF-16 without a mark', Buffer.from(declared('UTF-16', 'Prüf'), 'utf16le')],
  ['UTF-16LE, as it says itself', Buffer.from(declared('UTF-16LE', 'Prüf'), 'utf16le')],
  ['UTF-16 with the high byte first', bigEndian(declared('utf-16be', 'Prüf'))],
  ['ISO 8859-1', Buffer.from(declared('ISO-8859-1', 'Prüf'), 'latin1')],
])('XML in %s is read', (_, bytes) => {
  expect(readPlist(bytes)).toMatchObject({ ok: true, value: { type: 'string', value: 'Prüf' } })
})

test('an encoding that the bytes contradict is unreadable', () => {
  expect(readPlist(utf8(declared('UTF-16', 'a')))).toMatchObject({ ok: false })
  expect(readPlist(Buffer.from(declared('iso-8859-1', 'a'), 'utf16le'))).toMatchObject({
    ok: false,
  })
})

test('blanks around a date and in a boolean say nothing', () => {
  expect(valueIn(readPlist(xml('<date>\n 2026-01-31T12:00:00Z\t</date>')))).toEqual({
    type: 'date',
    value: new Date('2026-01-31T12:00:00Z'),
  })
  expect(valueIn(readPlist(xml('<false>\n</false>')))).toEqual({ type: 'boolean', value: false })
})

test.each([
  ['duplicate key', '<dict><key>Status</key><true/><key>Status</key><false/></dict>'],
  ['key without value', '<dict><key>a</key></dict>'],
  ['value without key', '<dict><true/></dict>'],
  ['empty key', '<dict><key/><true/></dict>'],
  ['__proto__', '<dict><key>__proto__</key><dict/></dict>'],
  ['constructor', '<dict><key>constructor</key><dict/></dict>'],
  ['integer with letters', '<integer>5abc</integer>'],
  ['integer with a fraction', '<integer>1.9</integer>'],
  ['hexadecimal integer', '<integer>0x1F</integer>'],
  ['integer beyond 2^53', '<integer>9007199254740993</integer>'],
  ['integer with U+FEFF', '<integer>\uFEFF5</integer>'],
  ['empty integer', '<integer/>'],
  ['real with letters', '<real>0.8x</real>'],
  ['real with a comma', '<real>1,5</real>'],
  ['real that overflows', '<real>1e999</real>'],
  ['a date that is none', '<date>2018-02-31T00:00:00Z</date>'],
  ['a local date', '<date>2018-02-01T00:00:00</date>'],
  ['unpadded data', '<data>AQI</data>'],
  ['base64url data', '<data>-_-_</data>'],
  ['element in a string', '<string>a<true/></string>'],
  ['text in a boolean', '<true>x</true>'],
  ['stray text in a dict', '<dict>x<key>a</key><true/></dict>'],
  ['null', '<array><null/></array>'],
  ['unknown element', '<foo/>'],
  ['two roots', '<true/><true/>'],
  ['no root', ''],
  ['undefined entity', '<string>&zz;</string>'],
  ['bare ampersand', '<string>a & b</string>'],
  ['reference to NUL', '<string>&#0;</string>'],
  ['reference to a surrogate', '<string>&#xD800;</string>'],
  ['control character', '<string>\u0001</string>'],
  ['unclosed element', '<string>a'],
])('XML: %s is unreadable, with a reason', (_, inside) => {
  expect(readPlist(xml(inside))).toEqual({ ok: false, reason: expect.stringMatching(/\w/) })
})

const bomb = `<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><plist><string>&b;</string></plist>`
test.each([
  ['entities of its own', utf8(bomb)],
  [
    'an external entity',
    utf8(
      '<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><string>&x;</string></plist>',
    ),
  ],
  [
    "somebody else's document type",
    utf8('<!DOCTYPE plist SYSTEM "http://example.org/x.dtd"><plist><true/></plist>'),
  ],
  ['an OpenStep plist', utf8('{ Status = Acknowledged; }')],
  ['text after the end', utf8('<plist><true/></plist>x')],
  ['broken UTF-8', Uint8Array.of(0x3c, 0xff, 0xfe)],
  ['nothing', new Uint8Array()],
  ['blanks only', utf8(' '.repeat(1024 * 1024))],
])('%s is unreadable, with a reason', (_, bytes) => {
  expect(readPlist(bytes)).toEqual({ ok: false, reason: expect.stringMatching(/\w/) })
})

test.each([
  ['<integer>9007199254740993</integer>', 'an integer is too large to be read exactly'],
  ['<integer>1.5</integer>', 'not an integer'],
  ['<real>1e999</real>', 'a real is too large to be read'],
  ['<date>2018-02-31T00:00:00Z</date>', 'not a date: no calendar has it'],
])('the reason why %s is not read is true and in words', (inside, reason) => {
  expect(readPlist(xml(inside))).toMatchObject({ reason: expect.stringContaining(reason) })
})

test('XML and binary read one and the same range of dates', () => {
  for (const text of ['0000-12-30T00:00:00Z', '0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z']) {
    const value = { type: 'date', value: new Date(text) }
    expect(valueIn(readPlist(xml(`<date>${text}</date>`)))).toEqual(value)
    expect(valueIn(readPlist(buildBinary(new Date(text))))).toEqual(value)
  }
  const before = readPlist(xml('<date>0000-12-29T23:59:59Z</date>'))
  const inBinary = readPlist(buildBinary(new Date('0000-12-29T23:59:59Z')))
  expect(before).toMatchObject({ reason: expect.stringContaining('distant past') })
  expect(inBinary).toMatchObject({ reason: expect.stringContaining('distant past') })
})

test('a plist over the limits of size, count and depth is unreadable within a second', () => {
  const took = cpuMs(() => {
    expect(readPlist(utf8(' '.repeat(1024 * 1024 + 1)))).toMatchObject({ ok: false })
    expect(readPlist(xml(`<array>${'<true/>'.repeat(10_000)}</array>`))).toMatchObject({
      ok: false,
    })
    expect(readPlist(xml('<array>'.repeat(65) + '</array>'.repeat(65)))).toMatchObject({
      ok: false,
    })
    expect(readPlist(xml(`<integer>${' '.repeat(900_000)}</integer>`))).toMatchObject({ ok: false })
    expect(readPlist(xml(`<array>${'<true/>'.repeat(9_999)}</array>`))).toEqual(ok)
    expect(readPlist(xml('<array>'.repeat(64) + '</array>'.repeat(64)))).toEqual(ok)
  })
  expect(took).toBeLessThan(1000)
})

test('a real that is not a number is unknown, and its key path is named', () => {
  const reading = readPlist(xml('<dict><key>a</key><array><real>nan</real></array></dict>'))
  expect(reading).toMatchObject({ ok: true, oddities: [{ path: 'a[0]' }] })
  expect(readPlist(xml('<real>-Infinity</real>'))).toMatchObject({
    ok: true,
    value: { type: 'real', value: undefined },
    oddities: [{ path: '' }],
  })
})

const mixed = {
  Text: 'iPad',
  Wide: 'größer 😀',
  Count: 3,
  Big: 2 ** 31,
  Level: 0.93,
  On: true,
  When: new Date('2018-10-24T10:00:00Z'),
  Bytes: Uint8Array.of(1, 2, 3),
  List: Array.from({ length: 20 }, (_, i) => ({ Key: `k${i}` })),
}

test('the same content reads the same from XML and from binary', () => {
  const binary = valueIn(readPlist(buildBinary(mixed)))
  expect(binary).toEqual(valueIn(readPlist(utf8(build(mixed)))))
})

test('a cut binary plist is unreadable at every length, and never leaks what lies behind it', () => {
  const whole = Buffer.concat([buildBinary(mixed), Buffer.from('secret'.repeat(100))])
  const length = whole.byteLength - 600
  for (let cut = 0; cut < length; cut += 1)
    expect(readPlist(whole.subarray(0, cut))).toMatchObject({ ok: false })
  expect(readPlist(whole.subarray(0, length))).toEqual(ok)
})

/** A binary plist of hand-made objects, with one-byte offsets and references. */
const binaryOf = (objects: number[][], { top = 0, count = objects.length } = {}) => {
  const offsets: number[] = []
  const body = [...utf8('bplist00')]
  for (const object of objects) {
    offsets.push(body.length)
    body.push(...object)
  }
  const table = body.length
  const eight = (n: number) => [0, 0, 0, 0, 0, 0, n >> 8, n & 0xff]
  const trailer = [0, 0, 0, 0, 0, 0, 1, 1, ...eight(count), ...eight(top), ...eight(table)]
  return Uint8Array.from([...body, ...offsets, ...trailer])
}
const text = (letters: string) => [0x50 | letters.length, ...utf8(letters)]
const shared = (levels: number) => [
  ...Array.from({ length: levels }, (_, i) => [0xa2, i + 1, i + 1]),
  [0x09],
]

test('hand-made binary objects are read', () => {
  expect(valueIn(readPlist(binaryOf([[0x09]])))).toEqual({ type: 'boolean', value: true })
  expect(valueIn(readPlist(binaryOf([[0x13, ...Array(8).fill(0xff)]])))).toEqual({
    type: 'integer',
    value: -1,
  })
  expect(readPlist(binaryOf(shared(5)))).toEqual(ok)
})

test('a binary real that is not a number is unknown, and its key path is named', () => {
  const nan = binaryOf([[0xd1, 1, 2], text('a'), [0x23, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]])
  expect(readPlist(nan)).toMatchObject({ ok: true, oddities: [{ path: 'a' }] })
})

test.each([
  ['shared objects that expand to millions', binaryOf(shared(22))],
  ['a cycle', binaryOf([[0xa1, 0]])],
  ['a reference beyond the table', binaryOf([[0xa1, 9]])],
  ['a top object beyond the table', binaryOf([[0x09]], { top: 4 })],
  ['more objects than the table has', binaryOf([[0x09]], { count: 60_000 })],
  ['data that reaches out of the document', binaryOf([[0x4f, 0x11, 0x10, 0x00, 1]])],
  ['a string that reaches out of the document', binaryOf([[0x5e, 0x41]])],
  ['__proto__', binaryOf([[0xd1, 1, 2], text('__proto__'), [0x09]])],
  ['a duplicate key', binaryOf([[0xd2, 1, 1, 2, 3], text('a'), [0x08], [0x09]])],
  ['a key that is a number', binaryOf([[0xd1, 1, 2], [0x10, 5], [0x09]])],
  ['a 128-bit integer that is too large', binaryOf([[0x14, 1, ...Array(15).fill(0)]])],
  ['an integer beyond 2^53', binaryOf([[0x13, 0x7f, ...Array(7).fill(0xff)]])],
  ['null', binaryOf([[0x00]])],
  ['a UID', binaryOf([[0x80, 5]])],
  ['a set', binaryOf([[0xc1, 1], [0x09]])],
  ['ASCII above 127', binaryOf([[0x51, 0xe4]])],
  ['ASCII with NUL', binaryOf([[0x51, 0x00]])],
  ['a lone surrogate', binaryOf([[0x61, 0xd8, 0x00]])],
  ['UTF-16 NUL', binaryOf([[0x61, 0x00, 0x00]])],
  ['a date that is not a number', binaryOf([[0x33, 0x7f, 0xf8, 0, 0, 0, 0, 0, 0]])],
  ['a date in another age', binaryOf([[0x33, 0x42, 0xff, 0, 0, 0, 0, 0, 0]])],
])('binary: %s is unreadable at once', (_, bytes) => {
  const took = cpuMs(() => {
    expect(readPlist(bytes)).toEqual({ ok: false, reason: expect.stringMatching(/\w/) })
  })
  expect(took).toBeLessThan(500)
})

test('what is built is read back as it was', () => {
  const built = buildPlist({
    Command: { RequestType: 'X & <Y>', On: true, N: -3, List: ['a\r\nb', ' '] },
  })
  expect(valueIn(readPlist(built))).toMatchObject({ type: 'dict' })
})

test.each([
  ['a fraction', 1.5],
  ['NaN', Number.NaN],
  ['a number too large to be exact', 2 ** 60],
  ['a date', new Date(0)],
  ['undefined', { a: undefined }],
  ['null', [null]],
  ['a Map', new Map([['a', 1]])],
  ['a control character', 'a\u0001'],
  ['a lone surrogate', 'a\uD800'],
  ['a key that JavaScript knows', { constructor: 'x' }],
])('nothing is built from %s', (_, value) => {
  // The types already refuse these; what reaches this point has slipped past them.
  expect(() => buildPlist(value as string)).toThrow()
})
