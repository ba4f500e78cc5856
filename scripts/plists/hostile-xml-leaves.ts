import {
  data,
  date,
  document,
  given,
  type HostileCase,
  list,
  real,
  refused,
  text,
  truth,
  whole,
} from './hostile-case'

const leaf = (name: string) => (content: string) => document(`<${name}>${content}</${name}>`)

const reasons = {
  integer: /^not an integer, at character \d+$/,
  real: /^not a real, at/,
  date: /^not a date/,
  data: /^not data in standard base64/,
}

const refusedLeaves = (
  rule: string,
  name: keyof typeof reasons,
  contents: [what: string, content: string][],
) =>
  contents.map(([what, content]) =>
    refused(rule, `${name}: ${what}`, leaf(name)(content), reasons[name]),
  )

const badIntegers = refusedLeaves('S7', 'integer', [
  ['letters behind it', '5abc'],
  ['a fraction', '1.9'],
  ['an exponent', '1e3'],
  ['hexadecimal', '0x1F'],
  ['letters', 'abc'],
  ['nothing', ''],
  ['blanks only', '  \n'],
  ['a sign only', '-'],
  ['two signs', '+-1'],
  ['a blank after the sign', '- 1'],
  ['an underscore, which plistlib takes', '1_000'],
  ['a comma', '1,000'],
  ['two numbers', '1 2'],
  ['U+FEFF before it, which String.trim eats', '\uFEFF5'],
  ['U+FEFF behind it', '5\uFEFF'],
  ['a no-break space', '\u00A05'],
  ['a line separator', '5\u2028'],
  ['NEL', '5\u0085'],
  ['Arabic digits, which Python takes', '٣'],
  ['full-width digits', '５'],
  ['nan', 'nan'],
  ['a boolean word', 'true'],
])

const badReals = refusedLeaves('S7', 'real', [
  ['letters behind it', '0.8x'],
  ['a decimal comma', '1,5'],
  ['nothing', ''],
  ['a point only', '.'],
  ['an exponent only', 'e5'],
  ['half an exponent', '1e'],
  ['hexadecimal', '0x1p3'],
  ['two points', '1.2.3'],
  ['an underscore, which Python takes', '1_0.5'],
  ['U+FEFF', '\uFEFF0.5'],
  ['a no-break space', '0.5\u00A0'],
  ['a percentage', '93%'],
  ['nan with a payload', 'nan(1)'],
  ['half of infinity', 'infin'],
])

const badDates = refusedLeaves('S7', 'date', [
  ['words', 'yesterday'],
  ['nothing', ''],
  ['31 February, which is not 3 March', '2018-02-31T00:00:00Z'],
  ['29 February of no leap year', '2018-02-29T00:00:00Z'],
  ['local time', '2018-02-01T00:00:00'],
  ['an offset', '2018-02-01T00:00:00+01:00'],
  ['milliseconds', '2018-02-01T00:00:00.000Z'],
  ['a day only', '2018-02-01'],
  ['no seconds, which plistlib takes', '2018-02-01T10:00Z'],
  ['hour 24', '2018-02-01T24:00:00Z'],
  ['a leap second', '2016-12-31T23:59:60Z'],
  ['month 13', '2018-13-01T00:00:00Z'],
  ['month 0', '2018-00-01T00:00:00Z'],
  ['a day before Apple’s distant past', '0000-12-29T23:59:59Z'],
  ['five digits of a year', '12018-02-01T00:00:00Z'],
  ['a blank for the T', '2018-02-01 00:00:00Z'],
  ['lower case', '2018-02-01t00:00:00z'],
  ['something behind it, which plistlib takes', '2018-02-01T00:00:00Zx'],
  ['the form of RFC 2822', 'Thu, 01 Feb 2018 00:00:00 GMT'],
])

const tooLarge: HostileCase[] = [
  ...(
    [
      ['2^53', 'integer', '9007199254740992'],
      ['2^53 + 1, which would be rounded', 'integer', '9007199254740993'],
      ['-2^53', 'integer', '-9007199254740992'],
      ['2^63', 'integer', '9223372036854775808'],
      ['a thousand digits', 'integer', '1'.repeat(1000)],
    ] as const
  ).map(([what, name, content]) =>
    refused('S7', `integer: ${what}`, leaf(name)(content), /too large to be read exactly/),
  ),
  refused('S7', 'real: overflow', leaf('real')('1e309'), /a real is too large/),
  refused('S7', 'real: negative overflow', leaf('real')('-1e309'), /a real is too large/),
]

const badData = refusedLeaves('S7', 'data', [
  ['no padding', 'AQI'],
  ['too much padding', 'AQID='],
  ['padding in the middle', 'AQ==AQ=='],
  ['base64url', '-_-_'],
  ['an asterisk', 'AQ*D'],
  ['one character', 'A'],
  ['padding only', '===='],
  ['bits that no encoder writes', 'AQJ='],
  ['a no-break space', 'AQ\u00A0ID'],
  ['hexadecimal in angle brackets, escaped', '&lt;0102&gt;'],
])

const booleans: HostileCase[] = [
  refused('S6', 'text inside true', document('<true>x</true>'), /<true> has content/),
  refused('S6', 'text inside false', document('<false>0</false>'), /<false> has content/),
  given('S6', 'a blank inside true', document('<true> </true>'), truth(true)),
  refused('S6', 'true closed by false', document('<true></false>'), /<\/true> is missing/),
  refused('S6', 'an upper-case boolean', document('<True/>'), /no plist value/),
  given('S6', 'a long boolean', document('<false></false>'), truth(false)),
  given(
    'S14',
    'F24: 0 and 1 stay integers',
    document('<array><integer>0</integer><integer>1</integer></array>'),
    list(whole(0), whole(1)),
  ),
  given('S14', 'F24: "true" stays a string', document('<string>true</string>'), text('true')),
]

const numbers: HostileCase[] = [
  given(
    'S7',
    'the largest integer that is exact',
    leaf('integer')('9007199254740991'),
    whole(2 ** 53 - 1),
  ),
  given(
    'S7',
    'the smallest integer that is exact',
    leaf('integer')('-9007199254740991'),
    whole(1 - 2 ** 53),
  ),
  given('S7', 'minus zero is zero', leaf('integer')('-0'), whole(0)),
  given('S7', 'a plus sign', leaf('integer')('+5'), whole(5)),
  given('S7', 'leading zeros are decimal, not octal', leaf('integer')('010'), whole(10)),
  given(
    'S7',
    '17 digits, 16 of them leading zeros',
    leaf('integer')('00000000000000001'),
    whole(1),
  ),
  given('S4', 'a comment does not split an integer', leaf('integer')('5<!--x-->6'), whole(56)),
  given('S4', 'CDATA in a real', leaf('real')('<![CDATA[0.8]]>'), real(0.8)),
  given(
    'S5',
    'a character reference with leading zeros',
    leaf('integer')('&#000000000053;'),
    whole(5),
  ),
  given('S7', 'ASCII blanks around an integer', leaf('integer')('\r\n\t 7 \n'), whole(7)),
  given('S7', 'a digit as a reference', leaf('integer')('&#53;6'), whole(56)),
  given('S7', 'a real without a fraction stays a real', leaf('real')('1'), real(1)),
  given('S7', 'a real that begins with its point', leaf('real')('.5'), real(0.5)),
  given('S7', 'a real that ends with its point', leaf('real')('5.'), real(5)),
  given('S7', 'a real with an exponent', leaf('real')('-1.5E+2'), real(-150)),
  given('S7', 'F25: minus zero as a real', leaf('real')('-0.0'), real(-0)),
  given('S7', 'F25: a battery level above 1 is kept', leaf('real')('1.7'), real(1.7)),
  given('S7', 'F25: a battery level of -1.0 is kept', leaf('real')('-1.0'), real(-1)),
  given('S7', 'F25: a capacity of 1e308 is kept', leaf('real')('1e308'), real(1e308)),
  given('S9', 'F25: nan is unknown', leaf('real')('nan'), real(undefined), ['']),
  given('S9', 'NaN in capitals is unknown', leaf('real')('NaN'), real(undefined), ['']),
  given('S9', 'inf is unknown', leaf('real')('inf'), real(undefined), ['']),
  given('S9', '-infinity is unknown', leaf('real')('-infinity'), real(undefined), ['']),
  given('S9', '+INF is unknown', leaf('real')('+INF'), real(undefined), ['']),
  given(
    'S9',
    'two unknown reals are named by their places',
    document('<array><real>nan</real><real>1</real><real>inf</real></array>'),
    list(real(undefined), real(1), real(undefined)),
    ['[0]', '[2]'],
  ),
]

const textAndData: HostileCase[] = [
  given('S5', 'the five entities', leaf('string')('&amp;&lt;&gt;&quot;&apos;'), text('&<>"\'')),
  given('S5', 'an escaped entity is not read twice', leaf('string')('&amp;lt;'), text('&lt;')),
  given('S5', 'a reference beyond the BMP', leaf('string')('&#x1F600;'), text('😀')),
  given('S5', 'a reference to CR stays CR', leaf('string')('&#13;&#10;'), text('\r\n')),
  given('S5', 'line ends are normalized to LF', leaf('string')('a\r\nb\rc'), text('a\nb\nc')),
  given(
    'S5',
    'NEL and the line separator stay',
    leaf('string')('\u0085\u2028'),
    text('\u0085\u2028'),
  ),
  given('S5', 'U+FEFF in a text stays', leaf('string')('\uFEFFa'), text('\uFEFFa')),
  given(
    'S5',
    'DEL and C1 controls are XML characters',
    leaf('string')('\u007F\u0080'),
    text('\u007F\u0080'),
  ),
  given('S6', 'blanks of a text stay', leaf('string')(' \t '), text(' \t ')),
  given('S6', 'an empty text', document('<string/>'), text('')),
  given('S6', 'F36: right-to-left override stays', leaf('string')('a\u202Eb'), text('a\u202Eb')),
  given('S7', 'empty data', document('<data/>'), data()),
  given('S7', 'data over several lines', leaf('data')('\n\tAQ\n\tID\n'), data(1, 2, 3)),
  given('S7', 'padded data', leaf('data')('AQI='), data(1, 2)),
  given('S7', 'a leap day', leaf('date')('2020-02-29T12:00:00Z'), date('2020-02-29T12:00:00Z')),
  given(
    'S7',
    'F26: a device clock at 1970',
    leaf('date')('1970-01-01T00:00:00Z'),
    date('1970-01-01T00:00:00Z'),
  ),
  given(
    'S7',
    'F26: a device clock at 2107',
    leaf('date')('2107-01-01T00:00:00Z'),
    date('2107-01-01T00:00:00Z'),
  ),
  given(
    'S7',
    'distant past, as Apple calls the year 1',
    leaf('date')('0001-01-01T00:00:00Z'),
    date('0001-01-01T00:00:00Z'),
  ),
  given(
    'S7',
    'distant past, as Foundation writes it',
    leaf('date')('0000-12-30T00:00:00Z'),
    date('0000-12-30T00:00:00Z'),
  ),
  given('S7', 'distant future', leaf('date')('4001-01-01T00:00:00Z'), date('4001-01-01T00:00:00Z')),
  given('S4', 'a comment in a text', leaf('string')('a<!-- < & ]]> -->b'), text('ab')),
  given(
    'S4',
    'CDATA in a text',
    leaf('string')('a<![CDATA[<b>&amp;\r\n]]>c'),
    text('a<b>&amp;\nc'),
  ),
  given('S4', 'two CDATA sections', leaf('string')('<![CDATA[]]]]><![CDATA[>]]>'), text(']]>')),
  given('S4', 'a processing instruction in a text', leaf('string')('a<?x <y> ?>b'), text('ab')),
  given('S4', 'CDATA in data', leaf('data')('<![CDATA[AQID]]>'), data(1, 2, 3)),
]

export const hostileXmlLeaves: HostileCase[] = [
  ...badIntegers,
  ...badReals,
  ...badDates,
  ...badData,
  ...tooLarge,
  ...booleans,
  ...numbers,
  ...textAndData,
]
