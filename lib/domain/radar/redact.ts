/** A text that identifies a device or a person, and the word that takes its place. */
export type KnownIdentifier = { text: string; word: string }

const generation = String.raw`(?: \(?\d{1,2}(?:st|nd|rd|th) gen(?:eration)?\)?)?`
/** What Apple calls its models and systems; "iPhone Max" is none, and may be the phone of somebody called Max. */
const commonNames = [
  String.raw`iphone(?: (?:se|xr|xs(?: max)?|x|air|\d{1,2}[cse]?)(?: plus| mini| pro(?: max)?)?)?`,
  String.raw`ipad(?: (?:air|mini|pro))?(?: \d{1,2}(?:\.\d)?(?:-inch)?)?`,
  'ipod(?: touch)?',
  'apple ?tv(?: 4k| hd)?',
  String.raw`(?:iphone|ipad|ipod|appletv)\d{1,2},\d{1,2}`,
  String.raw`(?:ios|ipados|tvos)(?: \d{1,2}(?:\.\d{1,2}){0,2})?`,
].map((form) => new RegExp(`^${form}${generation}$`, 'i'))

/**
 * Whether the name of a device is only the name of a model or of an OS. It says nothing of this device, and replacing it
 * would take every such word out of a report.
 */
export const isCommonName = (name: string): boolean =>
  commonNames.some((form) => form.test(name.trim()))

/** Shorter texts occur inside other words. */
const minKnownLength = 3

/** Texts that may have a name within them, so they are replaced before the names. */
const wholeForms: readonly (readonly [RegExp, string])[] = [
  [/\boneway_[\w-]+/g, 'token'],
  [/\bBearer\s+[\w.~+/=-]{8,}/gi, 'token'],
  // It starts where no such character precedes: tried at each of them, a long text would be read once per character.
  [/(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, 'mail address'],
]

/** What Apple's own identifiers and those of people look like. The order matters: a UDID is no phone number. */
const forms: readonly (readonly [RegExp, string])[] = [
  // 40 hexadecimal digits, or 8 and 16 since the A12: https://developer.apple.com/documentation/devicemanagement/authenticaterequest
  [/\b[0-9a-f]{40}\b/gi, 'UDID'],
  [/\b[0-9a-f]{8}-[0-9a-f]{16}\b/gi, 'UDID'],
  [/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, 'UUID'],
  [/\b(?:[0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, 'MAC address'],
  // 3GPP TS 23.003: an IMEI has 15 digits, written in groups of 2, 6, 6 and 1; an ICCID 19 or 20 and begins with 89.
  [/\b89\d{17,18}\b/g, 'ICCID'],
  [/\b\d{2}[ -]?\d{6}[ -]?\d{6}[ -]?\d{1,2}\b/g, 'IMEI'],
  // International form, https://www.itu.int/rec/T-REC-E.164: a plus, then at most 15 digits.
  [/\+\d(?:[ ().-]{0,2}\d){6,14}\b/g, 'phone number'],
]

/** Keys of a plist whose values identify the device, its user or its line. */
const identifyingKeys =
  /^(UDID|EnrollmentID|UserID|UserLongName|UserShortName|UserName|SerialNumber|IMEI|MEID|ICCID|DeviceID|DeviceName|PhoneNumber|BluetoothMAC|WiFiMAC|EthernetMACs?|EASDeviceIdentifier|iTunesStoreAccountHash|CommandUUID|HostName|LocalHostName|SubscriberMCC|SubscriberMNC|OrganizationName|AppleID)$/i

/** The value that follows such a key in an XML plist. */
const xmlValue = /(<key>([^<]{1,80})<\/key>\s*<(string|data)>)([^<]+)(<\/\3>)/g

/**
 * A text with what identifies devices and people replaced by "[serial number]" and the like. What the lab knows about
 * the device comes first, in any letter case; the forms find what nobody listed.
 */
export const redactIdentifiers = (text: string, known: readonly KnownIdentifier[] = []): string =>
  identifierRedactor(known)(text)

/** `redactIdentifiers` for many texts: what the lab knows is prepared once. */
export function identifierRedactor(known: readonly KnownIdentifier[]): (text: string) => string {
  const longest = known
    .filter(({ text: value }) => value.trim().length >= minKnownLength)
    .toSorted((a, b) => b.text.length - a.text.length)
    .map(({ text: value, word }) => [asWord(value.trim()), word] as const)
  const steps = [...wholeForms, ...longest, ...forms]
  return (text) => replaceForms(withoutKeyed(text), steps)
}

/** A plist without the values of keys that identify. */
const withoutKeyed = (text: string): string =>
  text.replace(xmlValue, (all, open: string, key: string, _type, _value, close: string) =>
    identifyingKeys.test(key) ? `${open}[${key}]${close}` : all,
  )

const replaceForms = (text: string, all: typeof forms): string =>
  all.reduce((done, [form, word]) => done.replace(form, `[${word}]`), text)

/** The text where no letter or digit continues it, in any letter case. */
function asWord(text: string): RegExp {
  const plain = text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, String.raw`\$&`)
  return new RegExp(String.raw`(?<![\p{L}\p{N}])${plain}(?![\p{L}\p{N}])`, 'giu')
}
