import { unreadable } from './value'
import {
  type Scan,
  take,
  takeAttributes,
  takeBlanks,
  takeComment,
  takeMisc,
  takeText,
} from './xml-scan'

/** The encoding by which the bytes were decoded; the XML declaration must not name another one. */
export type XmlEncoding = 'utf-8' | 'utf-16' | 'iso-8859-1'

const eq = '[ \\t\\r\\n]*=[ \\t\\r\\n]*'
const declaration = new RegExp(
  `<\\?xml[ \\t\\r\\n]+version${eq}(?:"1\\.0"|'1\\.0')` +
    `(?:[ \\t\\r\\n]+encoding${eq}(?:"([A-Za-z][A-Za-z0-9._-]*)"|'([A-Za-z][A-Za-z0-9._-]*)'))?` +
    `(?:[ \\t\\r\\n]+standalone${eq}(?:"(?:yes|no)"|'(?:yes|no)'))?[ \\t\\r\\n]*\\?>`,
  'y',
)
const names: Record<XmlEncoding, readonly string[]> = {
  'utf-8': ['utf-8', 'us-ascii'],
  'utf-16': ['utf-16', 'utf-16le', 'utf-16be'],
  'iso-8859-1': ['iso-8859-1'],
}

/** Blanks in a public identifier count as one: https://www.w3.org/TR/xml/#sec-external-ent */
const publicId = /^-\/\/Apple(?: Computer)?\/\/DTD PLIST 1\.0\/\/EN$/
/** Only compared, never fetched. Mac OS X 10.0 wrote the last one. */
const systemId =
  /^(?:https?:\/\/www\.apple\.com\/DTDs\/PropertyList-1\.0\.dtd|file:\/\/localhost\/System\/Library\/DTDs\/PropertyList\.dtd)$/
const quoted = /"([^"]*)"|'([^']*)'/y

const wrong = (reason: string): never =>
  unreadable(`the XML does not begin as a plist does: ${reason}`)

/** Reads up to and including the tag `<plist>`; throws if the text begins with anything else. */
export function takePrologue(scan: Scan, encoding: XmlEncoding): void {
  const [whole, double, single] = take(scan, declaration) ?? []
  const said = (double ?? single ?? names[encoding][0] ?? '').toLowerCase()
  if (whole !== undefined && !names[encoding].includes(said))
    wrong(`it says it is ${said} and is ${encoding}`)
  // It is declared as ASCII, so the meaning of any other byte is unknown.
  if (said === 'us-ascii' && /[^\0-\x7F]/.test(scan.text))
    wrong('it says it is us-ascii and holds other letters')
  if (whole === undefined && /^<\?xml[ \t\r\n]/.test(scan.text))
    wrong('its declaration is not one of XML 1.0')
  // Blanks and comments may precede the document type, but not the XML declaration.
  takeMisc(scan)
  if (takeText(scan, '<!DOCTYPE')) {
    takeDoctype(scan)
    takeMisc(scan)
  }
  if (!takeText(scan, '<plist')) wrong('no <plist> stands there')
  const version = takeAttributes(scan).get('version') ?? '1.0'
  if (version !== '1.0') wrong(`a plist of version ${version.slice(0, 20)}`)
  if (!takeText(scan, '>')) wrong('the <plist> is not an opening tag of XML')
}

function takeDoctype(scan: Scan): void {
  if (!takeBlanks(scan) || !takeText(scan, 'plist')) wrong('the document type is not plist')
  const apart = takeBlanks(scan)
  if (apart && takeText(scan, 'PUBLIC')) {
    const [name, place] = [literal(scan), literal(scan)]
    const plain = name.replace(/[ \t\r\n]+/g, ' ').trim()
    if (!publicId.test(plain) || !systemId.test(place)) wrong("somebody else's document type")
  } else if (apart && takeText(scan, 'SYSTEM')) {
    if (!systemId.test(literal(scan))) wrong("somebody else's document type")
  }
  takeBlanks(scan)
  if (takeText(scan, '[')) takeSubset(scan)
  if (!takeText(scan, '>')) wrong('the document type is not one of XML')
}

/** An internal subset must be empty: with entities a small document could expand to a large one. */
function takeSubset(scan: Scan): void {
  while (takeBlanks(scan) || takeComment(scan));
  if (!takeText(scan, ']')) wrong('the document type declares something of its own')
  takeBlanks(scan)
}

const literal = (scan: Scan): string => {
  const apart = takeBlanks(scan)
  const match = apart ? take(scan, quoted) : undefined
  return match ? (match[1] ?? match[2] ?? '') : wrong('the document type names no document')
}
