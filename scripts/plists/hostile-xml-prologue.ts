import { document, given, type HostileCase, head, refused, truth, utf8 } from './hostile-case'

const bare = '<plist version="1.0"><true/></plist>'
const lol = `<!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from(
  { length: 9 },
  (_, i) => `<!ENTITY lol${i + 1} "${`&lol${i || ''};`.repeat(10)}">`,
).join('')}]>`

/** The head of a plist with many blanks and line ends wherever XML allows them. */
const blankHead = `<?xml\n         version = '1.0'\t\tencoding\r\n= "utf-8"   standalone="no"\n?>\n<!DOCTYPE
                    plist      PUBLIC\n\n\n"-//Apple//DTD   PLIST\n1.0//EN"
        'http://www.apple.com/DTDs/PropertyList-1.0.dtd'\n          >`

const prologue: HostileCase[] = [
  given('S3', 'a BOM', utf8(`\uFEFF${head}${bare}`), truth(true)),
  given('S4', 'no declaration and no document type', utf8(bare), truth(true)),
  given(
    'S4',
    'a document type without a declaration',
    utf8(head.split('\n')[1] + bare),
    truth(true),
  ),
  given(
    'S4',
    'the old name of the document type',
    utf8(head.replace('Apple', 'Apple Computer') + bare),
    truth(true),
  ),
  given(
    'S4',
    'https for the document type',
    utf8(head.replace('http:', 'https:') + bare),
    truth(true),
  ),
  given('S4', 'apostrophes for quotes', utf8((head + bare).replaceAll('"', "'")), truth(true)),
  given(
    'S4',
    'an empty internal subset',
    utf8(`${head.replace('dtd">', 'dtd" [ <!-- --> ] >')}${bare}`),
    truth(true),
  ),
  given(
    'S4',
    'a comment before the root',
    utf8(`<!-- x -->${head.split('\n')[1]}<!---->${bare}`),
    truth(true),
  ),
  given(
    'S4',
    'a processing instruction before the root',
    utf8(`<?xml-stylesheet href="x"?>${bare}`),
    truth(true),
  ),
  given('S4', 'a document type that names nothing', utf8(`<!DOCTYPE plist>${bare}`), truth(true)),
  given('S4', 'blanks wherever the head may have them', utf8(blankHead + bare), truth(true)),
  given('S4', 'declared as ASCII', utf8(head.replace('UTF-8', 'us-ascii') + bare), truth(true)),
  refused(
    'S4',
    'other letters in what says it is ASCII',
    utf8(`${head.replace('UTF-8', 'US-ASCII')}<plist><string>\u00fc</string></plist>`),
    /does not begin/,
  ),
  given('S4', 'declared as Latin-1', utf8(head.replace('UTF-8', 'ISO-8859-1') + bare), truth(true)),
  given('S4', 'no version on plist', utf8(`${head}<plist><true/></plist>`), truth(true)),
  given('S4', 'blanks at the end', utf8(`${bare} \r\n\t`), truth(true)),
  ...(
    [
      ['S3', 'two BOMs', `\uFEFF\uFEFF${bare}`],
      ['S4', 'XML 1.1', head.replace('version="1.0"', 'version="1.1"') + bare],
      ['S4', 'declared as UTF-16', head.replace('UTF-8', 'UTF-16') + bare],
      ['S4', 'F23: billion laughs', `${lol}<plist><string>&lol9;</string></plist>`],
      [
        'S4',
        'F23: quadratic blow-up',
        `<!DOCTYPE plist [<!ENTITY a "${'a'.repeat(50_000)}">]><plist><string>${'&a;'.repeat(1000)}</string></plist>`,
      ],
      [
        'S4',
        'F23: an external entity',
        '<!DOCTYPE plist [<!ENTITY x SYSTEM "file:///etc/passwd">]><plist><string>&x;</string></plist>',
      ],
      [
        'S4',
        'F23: a parameter entity',
        '<!DOCTYPE plist [<!ENTITY % x SYSTEM "http://127.0.0.1/x"> %x;]><plist><true/></plist>',
      ],
      ['S4', 'another document type', `<!DOCTYPE plist SYSTEM "http://example.org/x.dtd">${bare}`],
      ['S4', 'HTML', '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>'],
      ['S4', 'another version of plist', '<plist version="0.9"><true/></plist>'],
      ['S4', 'another root', '<dict/>'],
      ['S6', 'a plist that is only its own tag', `${head}<plist version="1.0"/>`],
      ['S4', 'a root in capitals', '<PLIST><true/></PLIST>'],
      ['S3', 'an OpenStep dict', '{ Status = Acknowledged; }'],
      ['S3', 'an OpenStep array', '(Acknowledged)'],
      ['S3', 'JSON', '{"Status":"Acknowledged"}'],
      ['S3', 'a text', 'Acknowledged'],
      ['S3', 'nothing', ''],
      ['S3', 'blanks', ' \n'],
      ['S3', 'a binary head in other letters', 'BPLIST00'],
    ] as const
  ).map(([rule, name, whole]) =>
    refused(rule, name, utf8(whole), /does not begin as a plist does/),
  ),
  refused('S4', 'blanks before the declaration', utf8(` ${head}${bare}`), /instruction at/),
  refused(
    'S4',
    'a namespace',
    utf8('<plist xmlns="http://www.apple.com/x"><true/></plist>'),
    /namespace/,
  ),
  refused(
    'S4',
    'two versions of plist',
    utf8('<plist version="1.0" version="1.0"><true/></plist>'),
    /stands twice/,
  ),
  refused('S15', 'a mebibyte of blanks', utf8(' '.repeat(2 ** 20)), /does not begin/),
  refused(
    'S15',
    'a declaration of half a mebibyte of blanks',
    utf8(`<?xml ${' '.repeat(2 ** 19)}?>${bare}`),
    /does not begin/,
  ),
]

const encodings: HostileCase[] = [
  given('S3', 'F22: UTF-16 little-endian', Buffer.from(`\uFEFF${bare}`, 'utf16le'), truth(true)),
  given(
    'S3',
    'F22: UTF-16 big-endian',
    Buffer.from(`\uFEFF${bare}`, 'utf16le').swap16(),
    truth(true),
  ),
  refused(
    'S3',
    'UTF-16 that says it is UTF-8',
    Buffer.from(`\uFEFF${head}${bare}`, 'utf16le'),
    /does not begin/,
  ),
  refused(
    'S3',
    'half a surrogate in UTF-16',
    Buffer.from([0xff, 0xfe, 0x00, 0xd8, 0x41, 0x00]),
    /nor UTF-8, UTF-16/,
  ),
  given('S3', 'F22: UTF-16 without a BOM', Buffer.from(bare, 'utf16le'), truth(true)),
  refused(
    'S3',
    'F22: Latin-1',
    Buffer.from('<plist><string>grün</string></plist>', 'latin1'),
    /UTF-8/,
  ),
  refused(
    'S3',
    'an overlong slash',
    Buffer.from('<plist><string>\xC0\xAF</string></plist>', 'latin1'),
    /UTF-8/,
  ),
  refused(
    'S3',
    'a surrogate in UTF-8',
    Buffer.from('<plist><string>\xED\xA0\x80</string></plist>', 'latin1'),
    /UTF-8/,
  ),
  refused(
    'S3',
    'beyond U+10FFFF',
    Buffer.from('<plist><string>\xF4\x90\x80\x80</string></plist>', 'latin1'),
    /UTF-8/,
  ),
  refused(
    'S3',
    'a character cut in two',
    Buffer.from('<plist><string>\xE2\x82', 'latin1'),
    /UTF-8/,
  ),
  refused('S5', 'F22: NUL', document('<string>a\u0000b</string>'), /XML 1.0/),
  refused('S5', 'NUL outside of everything', utf8(`${bare}\u0000`), /XML 1.0/),
  refused('S5', 'a control character', document('<string>\u0001</string>'), /XML 1.0/),
  refused('S5', 'a vertical tab', document('<string>\u000B</string>'), /XML 1.0/),
  refused('S5', 'ESC, for a log', document('<string>\u001B[2J</string>'), /XML 1.0/),
  refused('S5', 'U+FFFE', document('<string>\uFFFE</string>'), /XML 1.0/),
  refused('S5', 'U+FFFF', document('<key>\uFFFF</key>'), /XML 1.0/),
  refused('S5', 'a reference to NUL', document('<string>&#0;</string>'), /names no XML character/),
  refused(
    'S5',
    'a reference to a surrogate',
    document('<string>&#xD800;</string>'),
    /names no XML character/,
  ),
  refused(
    'S5',
    'a pair of surrogates by reference',
    document('<string>&#xD83D;&#xDE00;</string>'),
    /names no XML character/,
  ),
  refused(
    'S5',
    'a reference to U+FFFF',
    document('<string>&#xFFFF;</string>'),
    /names no XML character/,
  ),
  refused(
    'S5',
    'a reference beyond Unicode',
    document('<string>&#x110000;</string>'),
    /names no XML character/,
  ),
  refused(
    'S5',
    'a reference of a hundred digits',
    document(`<string>&#${'1'.repeat(100)};</string>`),
    /entity/,
  ),
  refused('S5', 'an undefined entity', document('<string>&zz;</string>'), /entity/),
  refused('S5', 'an entity of HTML', document('<string>&nbsp;</string>'), /entity/),
  refused('S5', 'a bare ampersand', document('<string>a & b</string>'), /entity/),
  refused('S5', 'an entity without its end', document('<string>&amp</string>'), /entity/),
  refused('S5', 'a reference with capital X', document('<string>&#X41;</string>'), /entity/),
  refused('S5', 'an empty reference', document('<string>&#;</string>'), /entity/),
  refused('S5', 'the end of a CDATA section in a text', document('<string>]]></string>'), /]]>/),
]

/** Cases of the prologue and the encoding. */
export const hostileXmlPrologue: HostileCase[] = [...prologue, ...encodings]
