import type { OfferedUpdate, ReadingField, ReadingSource, ReadingValues } from './reading'

const yesNo = (value: boolean): string => (value ? 'yes' : 'no')
const plain = (value: string): string => value
/** To the hundredth of a percent, so that two levels which a rule distinguishes are not shown as equal. */
const percent = (value: number): string => `${Number((value * 100).toFixed(2))} %`
// Devices changed from GB to GiB, or the other way round, in an unknown release between iOS 13 and 17. GB is the smaller, so it is a lower bound.
const gigabytes = (value: number): string => `${Number(value.toFixed(2))} GB`
const capacity = (value: number): string => `${gigabytes(value)} or more`

/** Bytes in decimal megabytes or gigabytes, as Apple's Settings shows them. */
export function describeBytes(bytes: number): string {
  if (Math.abs(bytes) >= 1e9) return `${(bytes / 1e9).toFixed(2)} GB`
  return `${(bytes / 1e6).toFixed(0)} MB`
}

/** The version of an offer, or its product key if the device reported no version. */
export const nameOffer = ({ version, productKey }: OfferedUpdate): string =>
  version?.trim() || productKey

export function describeOffer(offer: OfferedUpdate): string {
  const name = nameOffer(offer)
  const build = offer.build ? ` (${offer.build})` : ''
  const { downloadBytes, installBytes } = offer
  const sizes =
    downloadBytes === undefined || installBytes === undefined
      ? ', size not reported'
      : `, needs ${describeBytes(downloadBytes + installBytes)}`
  return `${name}${build}${sizes}${offer.securityResponse ? ', rapid security response' : ''}`
}

const describers: {
  [F in ReadingField]: (value: ReadingValues[F], source?: ReadingSource) => string
} = {
  osVersion: plain,
  osBuild: plain,
  osVersionExtra: plain,
  osSupplementalBuild: plain,
  supervised: yesNo,
  depEnrolled: yesNo,
  mdmEnrolled: yesNo,
  appInstallationRight: yesNo,
  userEnrollment: yesNo,
  sharedIpad: yesNo,
  userLoggedIn: yesNo,
  freeCapacity: capacity,
  // Over USB the size of the disk is told in bytes.
  totalCapacity: (value, source) => (source === 'usb' ? gigabytes(value) : capacity(value)),
  batteryLevel: percent,
  externalPower: (value) => (value ? 'connected' : 'not connected'),
  network: (value) =>
    ({ wifi: 'Wi-Fi', cellular: 'cellular', wired: 'wired', none: 'none' })[value],
  networkName: plain,
  networkCaptive: yesNo,
  passcodePresent: (value) => (value ? 'set' : 'not set'),
  activeDeclaration: yesNo,
  automaticUpdatesOff: (value) => (value ? 'off' : 'on'),
  timeZone: plain,
  updateActivity: (value) =>
    ({
      none: 'nothing under way',
      idle: 'idle',
      downloading: 'downloading or preparing',
      installing: 'installing, or scheduled',
      other: 'a status that is new to Oneway',
    })[value],
  // Sorted, because devices may list the same offers in another order.
  availableUpdates: (value) =>
    value.length === 0 ? 'none offered' : value.map(describeOffer).toSorted().join('; '),
}

/** A reading's value in words, with its unit where it has one; the same on every page and in every verdict. */
export function describeReading<F extends ReadingField>(
  field: F,
  value: ReadingValues[F],
  source?: ReadingSource,
): string {
  return describers[field](value, source)
}

/** A reading in words, whether its value is known or not. */
export const describeReported = ({ field, value, unknownReason, source }: Reported): string =>
  value === undefined
    ? `unknown (${unknownReason ?? 'not reported'})`
    : // A reading carries the value of its own field; the union has lost which.
      describeReading(field, value as never, source)

type Reported = {
  field: ReadingField
  value: ReadingValues[ReadingField] | undefined
  unknownReason?: string | undefined
  source?: ReadingSource | undefined
}
