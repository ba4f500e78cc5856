import {
  dict,
  document,
  given,
  type HostileCase,
  list,
  refused,
  text,
  truth,
  utf8,
} from './hostile-case'

const bare = '<plist version="1.0"><true/></plist>'
const nested = (levels: number, name = 'array') =>
  document(`<${name}>`.repeat(levels) + `</${name}>`.repeat(levels))
const structure: HostileCase[] = (
  [
    [
      'S4',
      'a comment in a key, which would cut it',
      '<dict><key>Sta<!--x-->tus</key><true/></dict>',
      /<\/key> is missing/,
    ],
    [
      'S4',
      'a comment in an integer, which would cut it',
      '<integer>5<!--x-->6</integer>',
      /<\/integer> is missing/,
    ],
    ['S4', 'a comment in a text', '<string>a<!--x-->b</string>', /<\/string> is missing/],
    ['S4', 'a comment between elements', '<array><!--x--><true/></array>', /no plist value/],
    ['S4', 'CDATA in a text', '<string><![CDATA[a]]></string>', /]]>/],
    ['S4', 'CDATA in data', '<data><![CDATA[AQID]]></data>', /]]>/],
    ['S4', 'CDATA in a real', '<real><![CDATA[0.8]]></real>', /]]>/],
    [
      'S4',
      'a CDATA section without its end',
      '<string><![CDATA[a</string>',
      /<\/string> is missing/,
    ],
    ['S4', 'a processing instruction in a dict', '<dict><?x y?></dict>', /<\/dict> is missing/],
    ['S4', 'an attribute on a string', '<string xml:space="preserve">a</string>', /no plist value/],
    [
      'S4',
      'an attribute on a key',
      '<dict><key id="1">a</key><true/></dict>',
      /<\/dict> is missing/,
    ],
    ['S4', 'a prefix', '<p:true/>', /no plist value/],
    ['S6', 'no value', '', /no plist value/],
    ['S6', 'blanks for a value', '  ', /no plist value/],
    ['S6', 'two values', '<true/><true/>', /<\/plist> is missing/],
    ['S6', 'a text for a value', 'Acknowledged', /no plist value/],
    ['S6', 'null', '<null/>', /no plist value/],
    ['S6', 'null in an array, which would vanish', '<array><null/></array>', /no plist value/],
    ['S6', 'an unknown element', '<foo/>', /no plist value/],
    ['S6', 'a set', '<set><true/></set>', /no plist value/],
    ['S6', 'a name in capitals', '<Dict/>', /no plist value/],
    ['S6', 'a longer name', '<integers>1</integers>', /no plist value/],
    ['S6', 'a blank before the name', '< true/>', /no plist value/],
    [
      'S6',
      'an element in a string, which would drop it',
      '<string>a<true/>b</string>',
      /<\/string> is missing/,
    ],
    [
      'S6',
      'an element in an integer',
      '<integer><real>1</real></integer>',
      /<\/integer> is missing/,
    ],
    ['S6', 'text in a dict', '<dict>x<key>a</key><true/></dict>', /<\/dict> is missing/],
    ['S6', 'text in an array', '<array>x<true/></array>', /no plist value/],
    ['S6', 'a no-break space in an array', '<array>\u00A0<true/></array>', /no plist value/],
    ['S6', 'U+FEFF in a dict', '<dict>\uFEFF</dict>', /<\/dict> is missing/],
    ['S6', 'a key without a value', '<dict><key>a</key></dict>', /no plist value/],
    ['S6', 'a value without a key', '<dict><true/></dict>', /value without a key/],
    [
      'S6',
      'two keys in a row',
      '<dict><key>a</key><key>b</key><true/></dict>',
      /key stands where a value/,
    ],
    ['S6', 'two values in a row', '<dict><key>a</key><true/><true/></dict>', /value without a key/],
    ['S6', 'a key in an array', '<array><key>a</key></array>', /key stands where a value/],
    ['S6', 'a key for a root', '<key>a</key>', /key stands where a value/],
    ['S6', 'a dict closed by an array', '<dict></array>', /<\/dict> is missing/],
    ['S6', 'crossed elements', '<array><dict></array></dict>', /<\/dict> is missing/],
    ['S6', 'a string without its end', '<string>a', /<\/string> is missing/],
    ['S6', 'an array without its end', '<array><true/>', /<\/array> is missing/],
    ['S6', 'plist in plist', '<plist><true/></plist>', /no plist value/],
    ['S8', 'an empty key', '<dict><key/><true/></dict>', /empty key/],
    ['S8', '__proto__', '<dict><key>__proto__</key><dict/></dict>', /__proto__/],
    ['S8', '__proto__ by reference', '<dict><key>&#95;_proto__</key><dict/></dict>', /__proto__/],
    ['S8', 'constructor', '<dict><key>constructor</key><dict/></dict>', /constructor/],
    [
      'S8',
      'prototype, deep inside',
      '<array><dict><key>a</key><dict><key>prototype</key><true/></dict></dict></array>',
      /prototype/,
    ],
    [
      'S8',
      'Status twice',
      '<dict><key>Status</key><string>Error</string><key>Status</key><string>Acknowledged</string></dict>',
      /stands twice/,
    ],
    [
      'S8',
      'a key twice, once by reference',
      '<dict><key>a</key><true/><key>&#97;</key><false/></dict>',
      /stands twice/,
    ],
    [
      'S8',
      'a key twice with one value',
      '<dict><key>a</key><true/><key>a</key><true/></dict>',
      /stands twice/,
    ],
  ] as const
).map(([rule, name, inside, because]) => refused(rule, name, document(inside), because))

const readable: HostileCase[] = [
  given(
    'S6',
    'blanks between elements',
    document('\n<array> <true/>\t</array>\r\n'),
    list(truth(true)),
  ),
  given('S6', 'blanks in tags', document('<array ><true /></array >'), list(truth(true))),
  given(
    'S6',
    'an empty dict, both ways',
    document('<array><dict/><dict> </dict></array>'),
    list(dict(), dict()),
  ),
  given(
    'S8',
    'keys that differ only in blanks and case',
    document('<dict><key>a</key><true/><key>a </key><true/><key>A</key><true/></dict>'),
    dict(['a', truth(true)], ['a ', truth(true)], ['A', truth(true)]),
  ),
  given(
    'S8',
    'keys that plain objects inherit',
    document('<dict><key>toString</key><true/><key>hasOwnProperty</key><string>x</string></dict>'),
    dict(['toString', truth(true)], ['hasOwnProperty', text('x')]),
  ),
  given(
    'S8',
    'keys that look like numbers keep their order',
    document('<dict><key>2</key><true/><key>1</key><false/></dict>'),
    dict(['2', truth(true)], ['1', truth(false)]),
  ),
  given(
    'S8',
    'composed and decomposed keys are two',
    document('<dict><key>\u00e9</key><true/><key>e\u0301</key><false/></dict>'),
    dict(['\u00e9', truth(true)], ['e\u0301', truth(false)]),
  ),
  given(
    'S1',
    'ten thousand values',
    document(`<array>${'<true/>'.repeat(9_999)}</array>`),
    list(...Array.from({ length: 9_999 }, () => truth(true))),
  ),
]

const limits: HostileCase[] = [
  refused(
    'S1',
    'a byte over a mebibyte',
    utf8(bare + ' '.repeat(2 ** 20 + 1 - bare.length)),
    /larger than/,
  ),
  refused(
    'S1',
    '10,001 values',
    document(`<array>${'<true/>'.repeat(10_000)}</array>`),
    /more than 10000 values/,
  ),
  refused(
    'S1',
    'F23: 10^5 keys',
    document(
      `<dict>${Array.from({ length: 40_000 }, (_, i) => `<key>${i}</key><true/>`)
        .join('')
        .slice(0, 900_000)}`,
    ),
    /more than 10000 values/,
  ),
  refused('S1', 'F23: 65 levels', nested(65), /nested deeper than 64/),
  refused(
    'S1',
    'F23: 20,000 levels of dict',
    document('<dict><key>a</key>'.repeat(20_000)),
    /nested deeper than 64/,
  ),
  refused(
    'S1',
    'F23: 10^5 levels without an end',
    document('<array>'.repeat(100_000)),
    /nested deeper than 64/,
  ),
  refused(
    'S7',
    'an integer among a mebibyte of blanks',
    document(`<integer>${' '.repeat(900_000)}5</integer>`),
    /not a integer/,
  ),
  refused('S6', 'something after the end', utf8(`${bare}x`), /something stands after/),
  refused('S6', 'a second document', utf8(bare + bare), /something stands after/),
  refused('S4', 'a comment after the end', utf8(`${bare}<!-- x -->`), /something stands after/),
  refused('S6', 'a cut document', document('<string>a</string>').subarray(0, -12), /missing/),
]

export const hostileXmlGrammar: HostileCase[] = [...structure, ...readable, ...limits]
