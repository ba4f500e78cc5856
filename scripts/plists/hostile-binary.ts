import { binary, float64, string, utf16 } from './binary-writer'
import { chain, hostileBinaryGraph } from './hostile-binary-graph'
import {
  data,
  date,
  dict,
  given,
  type HostileCase,
  list,
  real,
  refused,
  text,
  truth,
  whole,
} from './hostile-case'

const yes = [0x09]
/** An integer object: its marker and big-endian bytes. */
const int = (marker: number, ...bytes: number[]) => [marker, ...bytes]
const out = /reaches out of the document/

const trailers: HostileCase[] = [
  refused('S10', 'the head only', Buffer.from('bplist00'), /too short/),
  refused(
    'S10',
    'a head and a trailer',
    Buffer.concat([Buffer.from('bplist00'), Buffer.alloc(32)]),
    /too short/,
  ),
  refused('S10', 'offsets of no bytes', binary([yes], { offsetSize: 0 }), /names a size/),
  refused('S10', 'offsets of three bytes', binary([yes], { offsetSize: 3 }), /names a size/),
  refused('S10', 'references of 16 bytes', binary([yes], { refSize: 16 }), /names a size/),
  refused('S10', 'references of no bytes', binary([yes], { refSize: 0 }), /names a size/),
  refused('S10', 'no objects', binary([yes], { count: 0 }), /beyond the object table/),
  refused(
    'S10',
    'more objects than the table holds',
    binary([yes], { count: 60_000 }),
    /does not fit/,
  ),
  refused('S10', '2^63 objects', binary([yes], { count: 2n ** 63n }), /does not fit/),
  refused(
    'S10',
    'a top object beyond the table',
    binary([yes], { top: 4 }),
    /beyond the object table/,
  ),
  refused(
    'S10',
    'a top object of 2^32, which would wrap to 0',
    binary([yes], { top: 2n ** 32n }),
    /beyond the object table/,
  ),
  refused('S10', 'the table inside the head', binary([yes], { table: 4 }), /does not fit/),
  refused('S10', 'the table inside the trailer', binary([yes], { table: 20 }), /does not fit/),
  refused('S10', 'the table beyond the end', binary([yes], { table: 2n ** 40n }), /does not fit/),
  refused(
    'S10',
    'a reference beyond the table, which would read the head',
    binary([[0xa1, 9]]),
    /beyond the object table/,
  ),
  refused(
    'S10',
    'an object inside the head',
    binary([[0xa1, 1]], { extra: () => [0] }),
    /outside the document/,
  ),
  refused(
    'S10',
    'an object inside the offset table',
    binary([[0xa1, 1]], { extra: ([first = 0]) => [first + 2] }),
    /outside the document/,
  ),
  refused(
    'S3',
    'another version of binary plist',
    Buffer.from(binary([yes])).fill('bplist15', 0, 8),
    /UTF-8|XML/,
  ),
  refused(
    'S3',
    'a binary plist that went through a text decoder',
    Buffer.from(Buffer.from(binary([[0x23, ...float64(-0.93)]])).toString('utf8')),
    /does not fit|outside the document|names a size/,
  ),
  given('S10', 'offsets of eight bytes', binary([yes], { offsetSize: 8 }), truth(true)),
  given(
    'S10',
    'references of four bytes',
    binary([[0xa1, 0, 0, 0, 1], yes], { refSize: 4 }),
    list(truth(true)),
  ),
  given('S10', 'an unreferenced object', binary([yes, [0x80, 5]]), truth(true)),
]

const lengths: HostileCase[] = [
  refused(
    'S10',
    'F23: data longer than the document, which would leak memory',
    binary([[0x4f, 0x11, 0x10, 0x00, 1]]),
    out,
  ),
  refused('S10', 'data longer by one byte', binary([[0x42, 1]]), out),
  refused('S10', 'data of 2^40 bytes', binary([[0x4f, 0x13, 0, 0, 1, 0, 0, 0, 0, 0]]), out),
  refused('S10', 'a text longer than the document', binary([[0x5e, 0x41]]), out),
  refused('S10', 'a wide text longer by half a character', binary([[0x61, 0]]), out),
  refused('S10', 'an array longer than the document', binary([[0xae, 0]]), out),
  refused('S10', 'a dict with half its values', binary([[0xd1, 0]]), out),
  refused('S10', 'an integer cut short', binary([[0x13, 0, 0]]), out),
  refused('S10', 'a real cut short', binary([[0x23, 0, 0]]), out),
  refused('S10', 'a date cut short', binary([[0x33]]), out),
  refused('S10', 'a length that is a real', binary([[0x4f, 0x22, 0, 0, 0, 1]]), /no readable size/),
  refused(
    'S10',
    'a length of 16 bytes',
    binary([[0x5f, 0x14, ...Array(16).fill(0)]]),
    /no readable size/,
  ),
  refused('S10', 'a length cut short', binary([[0x5f, 0x13, 0]]), /no readable size/),
  given('S10', 'a long form for a short length', binary([[0x5f, 0x10, 1, 0x41]]), text('A')),
  given('S10', 'a text that ends where the table begins', binary([string('end')]), text('end')),
]

const kinds: HostileCase[] = [
  ...(
    [
      ['null', [0x00]],
      ['a fill byte', [0x0f]],
      ['a URL', [0x0c, ...string('x')]],
      ['a UUID', [0x0e, ...Array(16).fill(0)]],
      ['a real of two bytes', [0x21, 0, 0]],
      ['a date of four bytes', [0x32, 0, 0, 0, 0]],
      ['UTF-8', [0x71, 0x41]],
      ['a UID', [0x80, 5]],
      ['an ordered set', [0xb1, 0]],
      ['a set', [0xc1, 0]],
      ['an unknown kind', [0xf0]],
    ] as const
  ).map(([name, object]) => refused('S11', name, binary([[...object]]), /object of kind/)),
  refused('S11', 'ASCII above 127', binary([[0x51, 0xe4]]), /not ASCII text/),
  refused('S11', 'ASCII with NUL', binary([[0x51, 0x00]]), /not ASCII text/),
  refused('S11', 'ASCII with ESC', binary([[0x51, 0x1b]]), /not ASCII text/),
  refused('S11', 'DEL', binary([[0x51, 0x7f]]), /not ASCII text/),
  refused('S11', 'a high surrogate alone', binary([[0x61, 0xd8, 0x00]]), /UTF-16/),
  refused('S11', 'a low surrogate alone', binary([[0x61, 0xdc, 0x00]]), /UTF-16/),
  refused(
    'S11',
    'surrogates in the wrong order',
    binary([[0x62, 0xdc, 0x00, 0xd8, 0x00]]),
    /UTF-16/,
  ),
  refused('S11', 'NUL in UTF-16', binary([[0x61, 0x00, 0x00]]), /UTF-16/),
  refused('S11', '2^53', binary([int(0x13, 0, 0x20, 0, 0, 0, 0, 0, 0)]), /too large/),
  refused('S11', '2^63 - 1', binary([int(0x13, 0x7f, ...Array(7).fill(0xff))]), /too large/),
  refused('S11', '-2^63', binary([int(0x13, 0x80, ...Array(7).fill(0))]), /too large/),
  refused(
    'S11',
    'a date that is not a number',
    binary([[0x33, ...float64(Number.NaN)]]),
    /not a date from/,
  ),
  refused('S11', 'a date at infinity', binary([[0x33, ...float64(Infinity)]]), /not a date from/),
  refused(
    'S11',
    'a date before the distant past',
    binary([[0x33, ...float64(-63114076801)]]),
    /not a date from/,
  ),
  refused(
    'S11',
    'a date in the year 10000',
    binary([[0x33, ...float64(252423993600)]]),
    /not a date from/,
  ),
  refused(
    'S11',
    '2^64',
    binary([int(0x14, ...Array(7).fill(0), 1, ...Array(8).fill(0))]),
    /too large/,
  ),
  refused(
    'S11',
    '2^64 - 1, unsigned',
    binary([int(0x14, ...Array(8).fill(0), ...Array(8).fill(0xff))]),
    /too large/,
  ),
]

const values: HostileCase[] = [
  given('S11', 'F24: an integer is no boolean', binary([[0x10, 1]]), whole(1)),
  given('S11', 'one byte is unsigned', binary([[0x10, 0xff]]), whole(255)),
  given(
    'S11',
    'four bytes are unsigned',
    binary([int(0x12, 0xff, 0xff, 0xff, 0xff)]),
    whole(2 ** 32 - 1),
  ),
  given('S11', 'eight bytes are signed', binary([int(0x13, ...Array(8).fill(0xff))]), whole(-1)),
  given(
    'S11',
    'the largest integer that is exact',
    binary([int(0x13, 0, 0x1f, ...Array(6).fill(0xff))]),
    whole(2 ** 53 - 1),
  ),
  given('S11', 'a real of four bytes', binary([[0x22, 0x3f, 0x80, 0, 0]]), real(1)),
  given('S11', 'F25: minus zero', binary([[0x23, ...float64(-0)]]), real(-0)),
  given('S11', 'F25: 1e308 is kept', binary([[0x23, ...float64(1e308)]]), real(1e308)),
  given('S9', 'F25: NaN is unknown', binary([[0x23, ...float64(Number.NaN)]]), real(undefined), [
    '',
  ]),
  given(
    'S9',
    'infinity of four bytes is unknown',
    binary([[0x22, 0x7f, 0x80, 0, 0]]),
    real(undefined),
    [''],
  ),
  given(
    'S9',
    'an unknown real is named by its key',
    binary([[0xd1, 1, 2], string('BatteryLevel'), [0x23, ...float64(-Infinity)]]),
    dict(['BatteryLevel', real(undefined)]),
    ['BatteryLevel'],
  ),
  given(
    'S9',
    'a shared unknown real is named at each place',
    binary([
      [0xa2, 1, 1],
      [0x23, ...float64(Number.NaN)],
    ]),
    list(real(undefined), real(undefined)),
    ['[0]', '[1]'],
  ),
  given('S11', 'a date', binary([[0x33, ...float64(0)]]), date('2001-01-01T00:00:00Z')),
  given(
    'S11',
    'the first date',
    binary([[0x33, ...float64(-978307200)]]),
    date('1970-01-01T00:00:00Z'),
  ),
  given(
    'S11',
    'a small integer in sixteen bytes',
    binary([int(0x14, ...Array(15).fill(0), 5)]),
    whole(5),
  ),
  given(
    'S11',
    'a negative integer in sixteen bytes',
    binary([int(0x14, ...Array(16).fill(0xff))]),
    whole(-1),
  ),
  given(
    'S11',
    'distant past',
    binary([[0x33, ...float64(-63114076800)]]),
    date('0000-12-30T00:00:00Z'),
  ),
  given(
    'S11',
    'distant future',
    binary([[0x33, ...float64(63113904000)]]),
    date('4001-01-01T00:00:00Z'),
  ),
  given('S11', 'empty data', binary([[0x40]]), data()),
  given('S11', 'data', binary([[0x43, 1, 2, 0xff]]), data(1, 2, 255)),
  given('S11', 'tabs and line ends in ASCII', binary([[0x53, 9, 10, 13]]), text('\t\n\r')),
  given('S11', 'a wide text', binary([utf16('ß😀')]), text('ß😀')),
  given('S11', 'U+FEFF in a wide text stays', binary([utf16('\uFEFFa')]), text('\uFEFFa')),
  given(
    'S12',
    'shared objects within the limits',
    binary(chain(2)),
    list(list(truth(true), truth(true)), list(truth(true), truth(true))),
  ),
]

export const hostileBinary: HostileCase[] = [
  ...trailers,
  ...lengths,
  ...kinds,
  ...values,
  ...hostileBinaryGraph,
]
