import { acceptedBuild, acceptedVersion, isBuild, splitVersion } from '../device/os-version'
import { isIanaZone } from '../import/zones'
import { type NetworkKind, type ReadingField, type ReadingValues, readingFields } from './reading'

/** The fields that a person can read off a device or a table; the others only occur in replies. */
export const typeableFields = [
  'osVersion',
  'osBuild',
  'batteryLevel',
  'externalPower',
  'freeCapacity',
  'totalCapacity',
  'network',
  'networkName',
  'networkCaptive',
  'passcodePresent',
  'automaticUpdatesOff',
  'supervised',
  'depEnrolled',
  'mdmEnrolled',
  'appInstallationRight',
  'userEnrollment',
  'sharedIpad',
  'userLoggedIn',
  'activeDeclaration',
  'timeZone',
] as const satisfies readonly ReadingField[]
export type TypeableField = (typeof typeableFields)[number]
type TypedValue = ReadingValues[TypeableField]

/** The value of a typed text, or why it cannot be used. `note` is set if the text was understood differently from how it is written. */
export type TypedReading =
  | { status: 'value'; value: TypedValue; note?: string }
  | { status: 'notKnown' }
  | { status: 'refused'; reason: string; accepted: string }

type Reader = { accepted: string; read: (text: string) => TypedReading | undefined }

const value = (read: TypedValue, note?: string): TypedReading =>
  note === undefined ? { status: 'value', value: read } : { status: 'value', value: read, note }

/** Parses a plain number, also with a decimal comma; undefined for anything else. */
const number = (text: string): number | undefined =>
  /^\d{1,6}([.,]\d{1,9})?$/.test(text) ? Number(text.replace(',', '.')) : undefined

/** Reads yes or no, and the additional words of either list. */
const yesNo = (yes: readonly string[] = [], no: readonly string[] = []): Reader => ({
  accepted: [['yes', ...yes].join(', '), ['no', ...no].join(', ')].join(' or '),
  read: (text) => {
    if (['yes', 'y', 'true', '1', ...yes].includes(text)) return value(true)
    return ['no', 'n', 'false', '0', ...no].includes(text) ? value(false) : undefined
  },
})

/** "50" is 0.50, never 50. Between 1 and 2 a percentage cannot be told from a fraction, so the text is refused. */
const battery: Reader = {
  accepted: 'a fraction from 0 to 1 such as 0.5, or a percentage such as 50 %',
  read: (text) => {
    const percent = text.endsWith('%')
    const read = number(text.replace(/(?<!\s)\s*%$/, ''))
    if (read === undefined || read > 100) return undefined
    if (!percent && read <= 1) return value(read)
    if (!percent && read < 2) return undefined
    const fraction = Number((read / 100).toFixed(4))
    return value(fraction, `${text} is read as ${fraction.toFixed(2)} of a full charge`)
  },
}

const capacity: Reader = {
  accepted: 'a number of GB such as 12.5',
  read: (text) => {
    const read = number(text.replace(/(?<!\s)\s*gi?b$/, ''))
    return read === undefined || read > 100_000 ? undefined : value(read)
  },
}

const networkWords: Record<string, NetworkKind> = {
  wifi: 'wifi',
  'wi-fi': 'wifi',
  wlan: 'wifi',
  cellular: 'cellular',
  mobile: 'cellular',
  wired: 'wired',
  ethernet: 'wired',
  none: 'none',
}

/** Fields that are read and stored in the case they were typed; all others are read in lower case. */
const exact: Partial<Record<TypeableField, Reader>> = {
  osVersion: {
    accepted: acceptedVersion,
    read: (text) => (splitVersion(text) ? value(text) : undefined),
  },
  osBuild: {
    accepted: `${acceptedBuild}, in the letters shown in Settings > General > About`,
    read: (text) => (isBuild(text) ? value(text) : undefined),
  },
  timeZone: {
    accepted: 'the name of a time zone such as Europe/Berlin, or UTC',
    read: (text) => (isIanaZone(text) ? value(text) : undefined),
  },
  networkName: {
    accepted: 'the name of the network, at most 64 characters on one line',
    read: (text) => (/^[^\p{Cc}]{1,64}$/u.test(text) ? value(text) : undefined),
  },
}

const folded: Record<
  Exclude<TypeableField, 'osVersion' | 'osBuild' | 'networkName' | 'timeZone'>,
  Reader
> = {
  batteryLevel: battery,
  externalPower: yesNo(['connected'], ['not connected']),
  freeCapacity: capacity,
  totalCapacity: capacity,
  network: {
    accepted: 'Wi-Fi, cellular, wired or none',
    read: (text) => {
      const kind = networkWords[text]
      return kind ? value(kind) : undefined
    },
  },
  networkCaptive: yesNo(),
  passcodePresent: yesNo(['set'], ['not set']),
  automaticUpdatesOff: yesNo(['off'], ['on']),
  supervised: yesNo(),
  depEnrolled: yesNo(),
  mdmEnrolled: yesNo(),
  appInstallationRight: yesNo(),
  userEnrollment: yesNo(),
  sharedIpad: yesNo(),
  userLoggedIn: yesNo(),
  activeDeclaration: yesNo(),
}
// Together they have every typeable field once: the type of `folded` has all except the four of `exact`.
const readers = { ...folded, ...exact } as Record<TypeableField, Reader>

/** The accepted form of a field, for the hint at its input and for the manual of the import. */
export const acceptedForm = (field: TypeableField): string => readers[field].accepted

/** Reads a typed or imported text. "not known" and "unknown" mean that somebody looked and could not tell. */
export function readTyped(field: TypeableField, text: string): TypedReading {
  const trimmed = text.trim()
  const word = trimmed.toLowerCase()
  if (word === 'not known' || word === 'unknown') return { status: 'notKnown' }
  const { accepted, read } = readers[field]
  const understood = read(field in exact ? trimmed : word)
  if (understood) return understood
  const reason = `“${trimmed}” cannot be read as ${readingFields[field].label}.`
  return { status: 'refused', reason, accepted }
}
